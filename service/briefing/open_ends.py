"""What is open between the person and those they meet: questions unanswered both ways, promises, deals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from service.briefing.attendees import Guest
from service.briefing.due import Deadline, deadline, near_day
from service.briefing.last_said import about_subject, sensitivity_of
from service.briefing.lines import cite, line
from service.briefing.preparation import Background, Encounter, is_own, partner
from service.briefing.quoting import with_lead
from service.briefing.records import deal_line
from service.briefing.wording import count, sentence
from service.domain.facts import Basis, Fact, Sensitivity
from service.domain.verdicts import Commitment, Judged, Request
from service.triage.closing import delivers, withdraws

REMEMBERED = timedelta(days=45)
"""How long a question or a promise without a date stays open."""
SHOWN = 2
"""Of one kind and person; the rest is counted."""
_WEIGHT = {"asks": 0.8, "mine": 0.75, "theirs": 0.55, "asked": 0.55}
_SAYS = {
    "asks": "{who} asked you {when}{about}",
    "asked": "You asked {who} {when}{about}, no answer",
    "mine": "You promised {who} {when}{about}",
    "theirs": "{who} promised {when}{about}",
}
_MORE = {
    "asks": "{n} of {who} {verb} not answered either",
    "asked": "{n} of yours to {who} {verb} not answered either",
    "mine": "{n} of yours to {who} {verb} open too",
    "theirs": "{n} of {who} {verb} open too",
}


@dataclass(frozen=True, slots=True)
class Loose:
    """One end that hangs loose. `topic`: "asks" (they ask me), "asked" (I asked), "mine" and "theirs" (promises)."""

    topic: str
    guest: Guest
    one: Judged
    what: Request | Commitment


def open_ends(meeting: Encounter, known: Background) -> list[Fact]:
    """Most pressing first."""
    lines = [
        *_told(list(_ends(meeting, known)), meeting, known),
        *(deal_line(d, meeting, known) for d in known.deals_of(meeting)[:3]),
    ]
    return sorted(lines, key=lambda f: f.importance, reverse=True)


def _ends(meeting: Encounter, known: Background) -> Iterator[Loose]:
    """Newest first; at most one of a kind in a conversation."""
    seen = set()
    for one in known.mail_with(meeting):
        guest = partner(one, meeting)
        if guest is None or known.as_of - one.message.at > REMEMBERED:
            continue
        later = known.later(one)
        found: list[tuple[str, Request | Commitment]] = [*_question(one, later), *_promise(one, later)]
        for topic, what in found:
            place = (one.message.thread_id, topic)
            if place not in seen:
                seen.add(place)
                yield Loose(topic, guest, one, what)


def _question(one: Judged, later: Sequence[Judged]) -> Iterator[tuple[str, Request]]:
    mine = is_own(one)
    over = "answered" in one.message.flags or any(is_own(j) != mine or withdraws(j.message) for j in later)
    request = next((r for r in one.verdict.requests if (mine or r.of_me) and r.span.text.strip()), None)
    if request and not over:
        yield "asked" if mine else "asks", request


def _promise(one: Judged, later: Sequence[Judged]) -> Iterator[tuple[str, Commitment]]:
    """Nothing later by the same side delivers it."""
    mine = is_own(one)
    promise = next((c for c in one.verdict.commitments if c.mine == mine and c.span.text.strip()), None)
    if promise and not any(is_own(j) == mine and delivers(j.message) for j in later):
        yield "mine" if mine else "theirs", promise


def _told(ends: Sequence[Loose], meeting: Encounter, known: Background) -> Iterator[Fact]:
    groups: dict[tuple[str, str], list[Loose]] = {}
    for end in ends:
        groups.setdefault((end.topic, end.guest.email), []).append(end)
    for (topic, _), some in groups.items():
        some.sort(key=lambda end: _importance(end, meeting, known), reverse=True)
        yield from (_line(end, meeting, known) for end in some[:SHOWN])
        if len(some) > SHOWN:
            yield _more(topic, some[SHOWN:], meeting)


def _line(end: Loose, meeting: Encounter, known: Background) -> Fact:
    message = end.one.message
    quote = with_lead(message.text, end.what.span.text, end.what.span.offset)
    due = deadline(end.what.due, known.as_of, known.person.zone)
    about = about_subject(message, meeting, quote)
    when = near_day(message.at, known.as_of, known.person.zone)
    said = _SAYS[end.topic].format(who=meeting.called(end.guest), when=when, about=about)
    return line(
        f"open:{end.topic}:{message.id}",
        f"{said}: {quote}{_due(end.what, due)}",
        cite(message, quote.exact),
        at=message.at,
        importance=_importance(end, meeting, known),
        topic=end.topic,
        people=(end.guest.name,),
        basis=Basis.INFERRED,
        sensitivity=sensitivity_of(end.one),
        speech=sentence(f"{said}: {quote.shown}"),
        why="nothing in its conversation answers it" if end.topic in {"asks", "asked"} else "nothing later delivers it",
    )


def _importance(end: Loose, meeting: Encounter, known: Background) -> float:
    """What is due now presses; what is old and about something else fades, as both sides let it lie."""
    message = end.one.message
    due = deadline(end.what.due, known.as_of, known.person.zone)
    pressing = 0.15 if due and -7 <= due.days <= 2 else 0.0
    about = meeting.is_touched_by(f"{message.subject} {end.what.span.text}")
    age = max(0.0, (known.as_of - message.at) / timedelta(days=1))
    fading = min(0.4, max(0.0, age - 3) / 40) * (0.5 if about or due else 1.0)
    aside = 0.2 if meeting.external and not end.guest.external and not about else 0.0
    return round(min(0.97, _WEIGHT[end.topic] + pressing + 0.08 * about - fading - aside), 3)


def _more(topic: str, left: Sequence[Loose], meeting: Encounter) -> Fact:
    """In numbers, what is not told in words; private where any of it is."""
    guest = left[0].guest
    what = count(len(left), "older request" if topic in {"asks", "asked"} else "older promise")
    said = _MORE[topic].format(n=what, who=meeting.called(guest), verb="is" if len(left) == 1 else "are")
    return line(
        f"open:{topic}:more:{guest.email}",
        f"{said}.",
        *(cite(end.one.message, end.what.span.text) for end in left[:3]),
        importance=0.3,
        topic=f"{topic}_more",
        people=(guest.name,),
        basis=Basis.INFERRED,
        sensitivity=max((sensitivity_of(end.one) for end in left), key=lambda s: s is Sensitivity.PRIVATE),
    )


def _due(what: Request | Commitment, due: Deadline | None) -> str:
    """Said beside the quote only where the quote does not say it well enough by itself."""
    if due is None or (not due.overdue and due.days > 1 and what.due and what.due.words in what.span.text):
        return ""
    return f" {due.clause}"
