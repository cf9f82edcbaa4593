"""Everything else, by count; with a warning for what was kept out as phishing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from service.briefing.conversations import bare_subject
from service.briefing.desk import Desk
from service.briefing.kinds import Kind
from service.briefing.sources import cite, cite_post, cite_task
from service.briefing.standing import standing
from service.briefing.tasks import long_overdue
from service.briefing.versions import version
from service.briefing.wording import clean, clip, count, listed, quote, sentence
from service.domain.facts import Basis, Fact, Section, Sensitivity, SourceRef
from service.domain.rules import Rule
from service.domain.verdicts import Judged

MOST_WARNINGS = 2
NAMED = 2
_WORDS = {
    Kind.NEWSLETTER: ("newsletter", "newsletters"),
    Kind.NOTIFICATION: ("notification", "notifications"),
    Kind.LIST: ("mailing-list message", "mailing-list messages"),
}

_SUPPRESSED = _WORDS | {
    Kind.MUTED: ("muted", "muted"),
    Kind.SPAM: ("spam", "spam"),
    Kind.PHISHING: ("phishing", "phishing"),
}
_LEFT = {
    Section.NEEDS_YOU: ("needs you", "need you"),
    Section.MEETINGS: ("meeting",),
    Section.COMMITMENTS: ("due", "due"),
    Section.WAITING: ("waiting", "waiting"),
    Section.SLACK: ("on Slack", "on Slack"),
}


def facts(desk: Desk, told: Mapping[str, Sequence[Fact]], repeated: Sequence[Fact], rules: Sequence[Rule]) -> tuple[Fact, ...]:
    """What no candidate of another section tells of; `repeated` are facts that were told before and have not changed."""
    threads = {desk.thread_of[s.id] for some in told.values() for f in some for s in f.sources if s.id in desk.thread_of}
    left = [j for j in desk.fresh if desk.thread_of.get(j.message.id) not in threads]
    found = (_by_count(desk, left), _other_chats(desk, told.get(Section.SLACK, ()), rules), _old_tasks(desk), _told(repeated))
    return (*_warnings(desk), *(f for f in found if f))


def left_out(left: Mapping[str, Sequence[Fact]]) -> Fact | None:
    """What had no room, by section; None where nothing was left out."""
    said = [count(len(left[name]), *words) for name, words in _LEFT.items() if left.get(name)]
    if not said:
        return None
    more = _counted("rest:more", f"not shown: {', '.join(said)}", said, _of(f for name in _LEFT for f in left.get(name, ())))
    return replace(more, speech=sentence(f"beyond these, {listed(said)}"))


def _of(facts: Iterable[Fact]) -> list[SourceRef]:
    """Where to begin to look; what is private is left out, since others may read a count."""
    open_ones = (f.sources[0] for f in facts if f.sources and f.sensitivity is not Sensitivity.PRIVATE)
    return list(islice(open_ones, NAMED))


def suppressed(desk: Desk) -> tuple[tuple[str, int], ...]:
    """For coverage: what was not told, by kind, the most first."""
    tally = Counter(k for j in desk.fresh if (k := desk.kinds[j.message.id]) is not Kind.PERSON)
    said = ((_SUPPRESSED[k][number > 1], number) for k, number in tally.items())
    return tuple(sorted(said, key=lambda pair: (-pair[1], pair[0])))


def _by_count(desk: Desk, left: Sequence[Judged]) -> Fact | None:
    """What people wrote that asks nothing. Newsletters and the like are counted in coverage, and aloud."""
    tally = Counter(desk.kinds[j.message.id] for j in left)
    people = _unanswered(desk, left)
    named = _most_relevant(people)
    if not people:
        return None
    said = f"{len(people)} FYI{_named(desk, named)}"
    fact = _counted("rest:mail", said, [said, *(j.message.id for j in named)], [cite(j) for j in named])
    return replace(fact, speech=_aloud(tally, len(people)))


def _unanswered(desk: Desk, left: Sequence[Judged]) -> list[Judged]:
    """Mail from people that the person has not answered, most relevant first."""
    answered = {j.message.id for c in desk.conversations if c.mine_is_newest for j in c.messages}
    people = [j for j in left if desk.kinds[j.message.id] is Kind.PERSON and j.message.id not in answered]
    return sorted(people, key=lambda j: -_relevance(desk, j))


def _aloud(tally: Counter[Kind], people: int) -> str:
    parts = [count(tally[k], *_WORDS[k]) for k in _WORDS if tally[k]]
    parts += [count(people, "message for your information", "messages for your information")] if people else []
    return sentence(f"beyond that, {listed(parts)}")


def _named(desk: Desk, named: Sequence[Judged]) -> str:
    said = ((desk.called(j.message.sender), clean(bare_subject(j.message.subject))) for j in named)
    words = [f"{who} on {quote(subject, 40)}" if subject else who for who, subject in said]
    return f": {', '.join(words)}" if words else ""


def _most_relevant(people: Sequence[Judged]) -> list[Judged]:
    """Three, each of another talk. What is private is counted and not named, since others may read this line."""
    found: dict[tuple[str, str], Judged] = {}
    for one in people:
        if not one.verdict.private:
            found.setdefault((one.message.sender.email, bare_subject(one.message.subject)), one)
    return list(found.values())[:NAMED]


def _relevance(desk: Desk, one: Judged) -> float:
    relation = desk.relations.get(one.message.sender.email)
    close = 0.1 * (relation.known + bool(relation.sent)) if relation else 0.0
    return one.verdict.urgency + close


def _other_chats(desk: Desk, told: Sequence[Fact], rules: Sequence[Rule]) -> Fact | None:
    keys = {f.key for f in told}
    others = [t for t in desk.chats if t.at >= desk.since_at and not t.direct and f"chat:{t.id}" not in keys]
    heard = [(t, bound) for t in others if not (bound := standing(rules, t)).muted]
    if not heard:
        return None
    shown = [replace(cite_post(t, t.posts[-1]), quote="") for t, bound in heard if not bound.private][:1]
    return _counted("rest:chat", count(len(heard), "other Slack thread"), [len(heard)], shown)


def _old_tasks(desk: Desk) -> Fact | None:
    old = long_overdue(desk)
    said = f"{count(len(old), 'task')} overdue for more than a week"
    return _counted("rest:tasks", said, [t.id for t in old], [cite_task(t) for t in old[:NAMED]]) if old else None


def _told(repeated: Sequence[Fact]) -> Fact | None:
    """Named by whom they are about; what is private is counted only."""
    if not repeated:
        return None
    names = dict.fromkeys(p for f in repeated if f.sensitivity is not Sensitivity.PRIVATE for p in f.people[:1])
    who = f" ({', '.join(list(names)[:NAMED])})" if names else ""
    return _counted("rest:told", f"{len(repeated)} told before, unchanged{who}", [f.key for f in repeated], _of(repeated))


def _counted(key: str, text: str, parts: Iterable[object], sources: Iterable[SourceRef] = ()) -> Fact:
    return Fact(key, version(*parts), sentence(text), tuple(sources), topic="count", basis=Basis.DERIVED)


def _warnings(desk: Desk) -> Iterable[Fact]:
    found = [j for j in desk.fresh if desk.kinds[j.message.id] is Kind.PHISHING]
    yield from (_warning(j) for j in found[:MOST_WARNINGS])
    if len(found) > MOST_WARNINGS:
        more = len(found) - MOST_WARNINGS
        sources = [cite(j) for j in found[MOST_WARNINGS : MOST_WARNINGS + NAMED]]
        yield _counted("rest:phishing", f"{count(more, 'more suspected phishing message')} kept out", [more], sources)


def _warning(one: Judged) -> Fact:
    message = one.message
    domain = clip(clean(message.sender.domain), 60)
    shown = clip(clean(message.sender.name), 50)
    who = f"{quote(shown)} from {domain or 'no address'}" if shown else f"from {domain or 'no address'}"
    return Fact(
        key=f"phishing:{message.id}",
        version=version(message.id),
        text=sentence(f"suspected phishing, kept out: {who}"),
        sources=(cite(one),),
        at=message.at,
        importance=0.2,
        basis=Basis.INFERRED,
        speech="A suspected phishing message was kept out.",
        why=", ".join(clip(clean(r), 80) for r in one.verdict.reasons[:2]),
    )
