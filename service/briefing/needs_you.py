"""Mail that waits for the person: asked of them, or urgent, and not answered since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.briefing.asking import open_requests, words_of
from service.briefing.conversations import Conversation, bare_subject
from service.briefing.desk import Desk
from service.briefing.due import Deadline, deadline, near_day
from service.briefing.kinds import Kind, insists
from service.briefing.ranking import Weight, weigh
from service.briefing.relative import clause
from service.briefing.sources import cite
from service.briefing.versions import version
from service.briefing.wording import about, breath, clean, clip, lead, listed, quote, requote, sentence
from service.domain.facts import Basis, Fact, Sensitivity
from service.domain.verdicts import Category, Judged, Request
from service.triage.closing import delivers, withdraws

OPEN_FOR = timedelta(days=14)
VAGUE_FOR = timedelta(days=3)
"""How long something counts that asks nothing in exact words."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What a conversation wants of the person. `request` is None where triage finds it urgent or due a reply in no exact words."""

    thread: str
    one: Judged
    request: Request | None
    newest: Judged

    @property
    def words(self) -> str:
        """Exact, from the message."""
        message = self.one.message
        return words_of(message, self.request) if self.request else lead(message.reply_text or message.text)


def facts(desk: Desk, met: Mapping[str, str]) -> tuple[Fact, ...]:
    """Most important first, then the newest; one for each thing asked."""
    found: dict[tuple[str, str], Fact] = {}
    for conversation in desk.conversations:
        ask = open_ask(desk, conversation) if conversation.newest.message.at >= desk.as_of - OPEN_FOR else None
        if ask and ask.newest.message.at >= _since(desk, ask) and not _is_strangers_hint(desk, ask):
            fact = _fact(desk, ask, met)
            same = (ask.one.message.sender.email, clean(ask.words).casefold())
            if same not in found or found[same].importance < fact.importance:
                found[same] = fact
    return tuple(sorted(found.values(), key=lambda f: (-f.importance, -(f.at.timestamp() if f.at else 0), f.key)))


def _since(desk: Desk, ask: Ask) -> datetime:
    return desk.as_of - OPEN_FOR if ask.request else min(desk.since_at, desk.as_of - VAGUE_FOR)


def _is_strangers_hint(desk: Desk, ask: Ask) -> bool:
    """Nothing is asked in exact words, nothing is urgent, and the person never had to do with the sender."""
    relation = desk.relations.get(ask.one.message.sender.email)
    known = relation and (relation.sent or relation.known or relation.received > 1)
    return not (ask.request or known or ask.one.verdict.priority or ask.one.verdict.category is Category.URGENT)


def open_ask(desk: Desk, conversation: Conversation) -> Ask | None:
    """None where nothing is asked, or it was answered, settled or taken back."""
    waiting = [j for j in conversation.since_mine if _counts(j, desk.kinds[j.message.id])]
    if not waiting or "answered" in waiting[-1].message.flags:
        return None
    for number in range(len(waiting) - 1, -1, -1):
        one = waiting[number]
        request = next((r for r in open_requests(one, desk.as_of, desk.zone) if r.of_me), None) if _may_ask(one) else None
        if request:
            settled = "answered" in one.message.flags or any(_settles(later, one) for later in waiting[number + 1 :])
            return None if settled else Ask(conversation.id, one, request, waiting[-1])
    newest = waiting[-1]
    return Ask(conversation.id, newest, None, newest) if _calls(newest) else None


def _counts(one: Judged, is_a: Kind) -> bool:
    return is_a is Kind.PERSON or insists(one, is_a)


def _may_ask(one: Judged) -> bool:
    return one.verdict.priority != "low" or one.verdict.category in {Category.URGENT, Category.NEEDS_REPLY}


def _calls(one: Judged) -> bool:
    verdict = one.verdict
    if verdict.priority in {"urgent", "high"}:
        return True
    return verdict.category in {Category.URGENT, Category.NEEDS_REPLY} and verdict.priority != "low"


def _settles(later: Judged, asked: Judged) -> bool:
    """The asker takes it back, or somebody else delivers."""
    if later.message.sender.email == asked.message.sender.email:
        return withdraws(later.message)
    return delivers(later.message)


def _fact(desk: Desk, ask: Ask, met: Mapping[str, str]) -> Fact:
    message, verdict = ask.one.message, ask.one.verdict
    due = deadline(ask.request.due, desk.as_of, desk.zone) if ask.request else None
    weight = _weigh(desk, ask, due, met)
    private = verdict.private or ask.newest.verdict.private
    return Fact(
        key=f"reply:{ask.thread}",
        version=version(ask.newest.message.id, ask.words, due.bucket if due else ""),
        text=_text(desk, ask, due),
        sources=tuple(cite(m, q) for m, q in _sources(ask)),
        people=(desk.name(message.sender),),
        at=due.moment if due else message.at,
        importance=weight.importance,
        topic=weight.topic or clean(message.subject),
        basis=Basis.STATED if ask.request else Basis.INFERRED,
        sensitivity=Sensitivity.PRIVATE if private else Sensitivity.NORMAL,
        speech=_speech(desk, ask, due),
        why=_why(desk, ask, weight),
    )


def _weigh(desk: Desk, ask: Ask, due: Deadline | None, met: Mapping[str, str]) -> Weight:
    message = ask.one.message
    urgency = max(ask.one.verdict.urgency, ask.newest.verdict.urgency)
    age = (desk.as_of - ask.newest.message.at).days
    return weigh(
        desk,
        0.22 + 0.38 * urgency - (0 if ask.request else 0.1) - (0 if due else 0.015 * max(0, age - 1)),
        due=due,
        email=message.sender.email,
        text=f"{message.subject}\n{message.reply_text}",
        priority=ask.one.verdict.priority or ask.newest.verdict.priority,
        met=met.get(desk.name(message.sender), "") or met.get(message.sender.email, ""),
    )


def _text(desk: Desk, ask: Ask, due: Deadline | None) -> str:
    message, said = ask.one.message, ask.words
    lead = f"{desk.introduction(message.sender)}{_about(ask)}"
    if not said:
        return sentence(f"{lead} writes" if lead.endswith(desk.introduction(message.sender)) else lead)
    when = clause(said, message.at, due, desk.as_of, desk.zone, ask.one.verdict.dates)
    return sentence(f"{lead}: {quote(said)}") + when


def _about(ask: Ask) -> str:
    subject = bare_subject(ask.one.message.subject)
    return about(subject, ask.words if ask.request else "")


def _speech(desk: Desk, ask: Ask, due: Deadline | None) -> str:
    who, context = desk.called(ask.one.message.sender), requote(_about(ask), 60).replace(" on ", " about ", 1)
    said = sentence(breath(ask.words, 80)) if ask.words else ""
    verb = "asks" if ask.request else "writes"
    aloud = f"{who} {verb}{context}: {said}" if said else sentence(f"{who} {verb}{context}")
    return f"{aloud} {sentence(due.spoken)}" if due else aloud


def _sources(ask: Ask) -> Iterator[tuple[Judged, str]]:
    yield ask.one, ask.words
    if ask.newest.message.id != ask.one.message.id:
        yield ask.newest, ""


def _why(desk: Desk, ask: Ask, weight: Weight) -> str:
    """Triage's reasons, then ours; the due date is said once, and since when it waits where that is longer than a day."""
    reasons = [clip(clean(r), 90) for r in ask.one.verdict.reasons[:2] if not r.startswith(("due ", "overdue "))]
    waits = [f"waiting since {near_day(ask.one.message.at, desk.as_of, desk.zone)}"] if _is_old(desk, ask) else []
    return clip(listed(list(dict.fromkeys((*reasons, *weight.why, *waits)))[:5]), 240)


def _is_old(desk: Desk, ask: Ask) -> bool:
    return desk.as_of - ask.one.message.at > timedelta(days=1)
