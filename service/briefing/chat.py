"""Slack: what waits for the person's word first, then threads on what they care about or that are lively."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from service.briefing.desk import Desk
from service.briefing.ranking import touched, weigh
from service.briefing.relative import clause
from service.briefing.sources import cite_post
from service.briefing.standing import Standing, standing
from service.briefing.versions import version
from service.briefing.wording import breath, clean, clip, count, quote, sentence
from service.domain.facts import Basis, Fact, Sensitivity
from service.domain.items import Post, Provenance, Thread
from service.domain.rules import Rule
from service.people import is_machine
from service.triage.manipulation import speaks_to_a_machine

LIVELY = 4  # posts since the last briefing
_THANKS = re.compile(
    r"\W*(?:(?:ok(?:ay)?|k|thanks?(?: you)?(?: so much| a lot)?|thx|ty|cheers|great|perfect|nice|cool|done|sure|got it|will do|sounds good|yes|yep|yup"
    r"|no problem|np|welcome|danke|merci|gracias|super|lol|haha|\+1|:[\w+-]+:|@[\w.-]+)\W*){1,4}",
    re.IGNORECASE,
)
_PRESSING = re.compile(
    r"\b(?:urgent|asap|today|now|blocked|blocking|down|outage|deadline|eod|cob|before (?:noon|lunch)|dringend"
    r"|(?:before|by|until|vor|bis) (?:the |our |your )?\d{1,2}[:.h]\d{2})\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Open:
    """A thread with the post that waits, and all that others wrote since the person's last word, in order."""

    thread: Thread
    post: Post
    pending: Sequence[Post]


def facts(desk: Desk, rules: Sequence[Rule]) -> tuple[Fact, ...]:
    said = [(t, standing(rules, t)) for t in desk.chats]
    bound = {t.id: s for t, s in said}
    heard = [t for t, s in said if not s.muted and t.posts]
    waiting = [_waiting_fact(desk, one, bound[one.thread.id]) for one in (*_direct(desk, heard), *_mentions(desk, heard))]
    others = [_lively_fact(desk, t, bound[t.id]) for t in _lively(desk, heard)]
    return (*_ranked(waiting), *_ranked(others))


def _ranked(facts: Iterable[Fact]) -> list[Fact]:
    return sorted(facts, key=lambda f: (-f.importance, -(f.at.timestamp() if f.at else 0), f.key))


def _direct(desk: Desk, chats: Sequence[Thread]) -> Iterator[Open]:
    """A direct message is answered anywhere in it: all its threads are one talk."""
    talks: dict[tuple[str, str], list[Thread]] = {}
    for thread in chats:
        if thread.direct:
            talks.setdefault((thread.account, thread.channel), []).append(thread)
    for threads in talks.values():
        posts = sorted((p for t in threads for p in t.posts), key=lambda p: (p.at, p.id))
        found = _open(replace(threads[0], posts=tuple(posts)), _since_mine(desk, posts))
        if found:
            yield found


def _mentions(desk: Desk, chats: Sequence[Thread]) -> Iterator[Open]:
    for thread in chats:
        if thread.mentions_me and not thread.direct:
            pending = _since_mine(desk, thread.posts)
            naming = [p for p in pending if _names(desk, p)]
            known = any(_names(desk, p) for p in thread.posts)
            found = _open(thread, naming if known else pending)
            if found:
                yield found


def _open(thread: Thread, pending: Sequence[Post]) -> Open | None:
    telling = [p for p in pending if p.text.strip() and not _is_thanks(p.text) and speaks_to_a_machine(p.text) is None]
    if not telling:
        return None
    asking = [p for p in telling if "?" in p.text]
    return Open(thread, (asking or telling)[-1], pending)


def _is_thanks(text: str) -> bool:
    return len(text) < 80 and bool(_THANKS.fullmatch(text))


def _since_mine(desk: Desk, posts: Sequence[Post]) -> list[Post]:
    mine = [i for i, p in enumerate(posts) if _is_mine(desk, p)]
    return [p for p in posts[mine[-1] + 1 if mine else 0 :] if not is_machine(p.author)]


def _is_mine(desk: Desk, post: Post) -> bool:
    return post.provenance is Provenance.OWN or desk.person.is_me(post.author.email)


def _names(desk: Desk, post: Post) -> bool:
    if post.mentions & set(desk.person.emails):
        return True
    text = post.text.casefold()
    first = desk.person.name.partition(" ")[0].casefold()
    return f"@{first}" in text or desk.person.name.casefold() in text


def _waiting_fact(desk: Desk, one: Open, bound: Standing) -> Fact:
    thread, post = one.thread, one.post
    asks, pressing = "?" in post.text, bool(_PRESSING.search(post.text))
    base = (0.42 if thread.direct else 0.36) + 0.1 * asks + 0.12 * pressing
    weight = weigh(desk, base, email=post.author.email, text=post.text, priority=bound.priority)
    where, room = ("in a direct message", " directly") if thread.direct else (f"in {_channel(thread)}", f" in {_channel(thread)}")
    verb = "asks you" if asks else "writes to you" if thread.direct else "mentions you"
    who, more = (
        desk.introduction(post.author),
        f" ({count(len(one.pending), 'message')})" if len(one.pending) > 2 else "",
    )
    return Fact(
        key=f"chat:{thread.id}",
        version=version(post.id, post.text, one.pending[-1].id),
        text=sentence(f"{who}{room}{more}: {quote(post.text, 130)}") + clause(post.text, post.at, None, desk.as_of, desk.zone),
        sources=(cite_post(thread, post),),
        people=(desk.name(post.author),),
        at=post.at,
        importance=weight.importance,
        topic=weight.topic or _channel(thread),
        basis=Basis.STATED,
        sensitivity=Sensitivity.PRIVATE if bound.private else Sensitivity.NORMAL,
        speech=sentence(f"{desk.called(post.author)} {verb} {where}: {breath(post.text, 80)}"),
        why=", ".join(("not answered by you", *(["it sounds pressing"] if pressing else []), *weight.why)),
    )


def _lively(desk: Desk, chats: Sequence[Thread]) -> Iterator[Thread]:
    for thread in chats:
        fresh = [p for p in thread.posts if p.at >= desk.since_at and not is_machine(p.author)]
        if thread.direct or thread.mentions_me or not fresh or _is_mine(desk, fresh[-1]):
            continue
        if len(fresh) >= LIVELY or touched((*desk.person.priorities, *desk.person.goals), _text(thread)):
            yield thread


def _lively_fact(desk: Desk, thread: Thread, bound: Standing) -> Fact:
    fresh = [p for p in thread.posts if p.at >= desk.since_at and not is_machine(p.author)]
    last = fresh[-1]
    weight = weigh(desk, 0.12 + 0.01 * min(10, len(fresh)), text=_text(thread), priority=bound.priority)
    said, when = quote(last.text, 100), clause(last.text[:100], last.at, None, desk.as_of, desk.zone)
    about = f" on {quote(thread.posts[0].text, 40)}" if thread.posts[0].id != last.id and thread.posts[0].text.strip() else ""
    more = f" ({count(len(fresh), 'message')}{about})" if about else ""
    return Fact(
        key=f"chat:{thread.id}",
        version=version(last.id, last.text),
        text=sentence(f"{desk.introduction(last.author)} in {_channel(thread)}{more}: {said}") + when,
        sources=(cite_post(thread, last),),
        people=(desk.name(last.author),),
        at=last.at,
        importance=weight.importance,
        topic=weight.topic or _channel(thread),
        basis=Basis.STATED,
        sensitivity=Sensitivity.PRIVATE if bound.private else Sensitivity.NORMAL,
        speech=sentence(
            f"in the channel {clip(clean(thread.channel), 40)}, {desk.called(last.author)} says: {breath(last.text, 70)}"
        ),
        why=", ".join(weight.why) or f"lively: {count(len(fresh), 'new message')}",
    )


def _channel(thread: Thread) -> str:
    return clip(clean(thread.title), 40)


def _text(thread: Thread) -> str:
    return "\n".join([thread.channel, *(p.text for p in thread.posts)])
