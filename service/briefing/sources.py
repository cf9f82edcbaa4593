"""Items as the sources of a fact."""

from __future__ import annotations

from service.briefing.wording import clean, clip
from service.domain.facts import SourceRef
from service.domain.items import Deal, Post, Task, Thread
from service.domain.verdicts import Judged


def cite(one: Judged, words: str = "") -> SourceRef:
    """A message; `words` stand in it exactly so."""
    message = one.message
    return SourceRef("message", message.id, _title(message.subject, "(no subject)"), message.url, words, message.at)


def cite_post(thread: Thread, post: Post) -> SourceRef:
    return SourceRef("thread", thread.id, _title(thread.title, "chat"), post.url or thread.url, post.text, post.at)


def cite_task(task: Task) -> SourceRef:
    return SourceRef("task", task.id, _title(task.title, "(no title)"), task.url, task.title, task.updated_at)


def cite_deal(deal: Deal) -> SourceRef:
    return SourceRef("deal", deal.id, _title(deal.name, "(no name)"), deal.url, "", deal.updated_at)


def _title(text: str, otherwise: str) -> str:
    return clip(clean(text), 120) or otherwise
