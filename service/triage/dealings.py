"""What lies between the person and those who wrote: letters, how fast they are answered, the next meeting, open deals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median

from service.domain.items import Event, Message, Provenance
from service.domain.verdicts import Relation
from service.ports import Items

LATELY = timedelta(days=3)
"""For older messages letters alone are looked at: meetings and deals of today say nothing of them."""
_AHEAD = timedelta(hours=24)
_ENOUGH = 3  # answers from which on there is a habit
_LETTERS = 120  # newest ones that answers are looked for in


def dealings(items: Items, messages: Sequence[Message], now: datetime) -> Mapping[str, Relation]:
    """By sender, for those with whom there are any."""
    relations = dict(items.relations({m.sender.email for m in messages}))
    lately = {m.sender.email for m in messages if m.provenance is not Provenance.OWN and m.at > now - LATELY} - {""}
    if not lately:
        return relations
    speeds = _answer_times(items, {e for e in lately if relations.get(e, Relation()).answered >= _ENOUGH}, now)
    meetings = _next_meetings(
        items.events(now - LATELY, now + _AHEAD), lately, min(m.at for m in messages if m.at > now - LATELY)
    )
    deals = {email: deal.name for deal in reversed(items.deals(lately, ())) if deal.open for email in deal.people}
    for email in lately:
        meeting = meetings.get(email)
        found = replace(
            relations.get(email, Relation()),
            answers_in=speeds.get(email),
            meets_at=meeting.start_at if meeting else None,
            meeting=meeting.title if meeting and not meeting.private else "",
            deal=deals.get(email, ""),
        )
        if found != Relation():
            relations[email] = found
    return relations


def _next_meetings(events: Iterable[Event], emails: set[str], since: datetime) -> dict[str, Event]:
    found: dict[str, Event] = {}
    for event in events:
        if event.start_at > since and not event.all_day and event.status != "cancelled":
            for attendee in event.attendees:
                if attendee.address.email in emails:
                    found.setdefault(attendee.address.email, event)
    return found


def _answer_times(items: Items, emails: set[str], now: datetime) -> dict[str, timedelta]:
    """The median time to an answer, of those who were answered often enough."""
    if not emails:
        return {}
    letters = [j.message for j in items.correspondence(emails, now, _LETTERS)]
    theirs = {m.message_id: m for m in letters if m.provenance is not Provenance.OWN and m.message_id}
    waits: dict[str, list[float]] = {}
    for mine in letters:
        asked = theirs.get(mine.in_reply_to) if mine.provenance is Provenance.OWN else None
        if asked is not None and mine.at > asked.at:
            waits.setdefault(asked.sender.email, []).append((mine.at - asked.at).total_seconds())
    return {email: timedelta(seconds=median(some)) for email, some in waits.items() if len(some) >= _ENOUGH}
