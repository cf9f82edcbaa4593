"""The least that Google has to allow (https://developers.google.com/workspace/gmail/api/auth/scopes and
https://developers.google.com/workspace/calendar/api/auth).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from service.ports import Right

_AUTH = "https://www.googleapis.com/auth/"
GMAIL_READ, GMAIL_MODIFY = f"{_AUTH}gmail.readonly", f"{_AUTH}gmail.modify"
GMAIL_COMPOSE, GMAIL_SEND = f"{_AUTH}gmail.compose", f"{_AUTH}gmail.send"
CALENDAR_READ, CALENDAR_EVENTS = f"{_AUTH}calendar.readonly", f"{_AUTH}calendar.events"
MAIL, CALENDAR = "gmail", "google_calendar"
PUBSUB = f"{_AUTH}pubsub"
WATCHING = "gmail.watch"
KINDS = frozenset({MAIL, CALENDAR})


def rights(kinds: Collection[str], acts: Collection[str]) -> tuple[Right, ...]:
    """For these kinds of source and actions, without what another scope includes. A config that has no Google kind yet gets both."""
    wanted = KINDS.intersection(kinds) or KINDS
    rings = (Right(PUBSUB, "hear from your own Pub/Sub subscription that mail has come"),) if WATCHING in kinds else ()
    return (*(_mail(acts) if MAIL in wanted else ()), *(_calendar(acts) if CALENDAR in wanted else ()), *rings)


def _mail(acts: Collection[str]) -> Iterable[Right]:
    if "label" in acts:  # it includes the three others
        more = [word for act, word in (("draft", "write drafts"), ("send", "send mail that you approved")) if act in acts]
        words = " and ".join(["read your mail, set and take off labels", *more])
        yield Right(GMAIL_MODIFY, f"{words}; Google has no smaller right for labels, nothing is deleted for good")
        return
    yield Right(GMAIL_READ, "read your mail and its labels; nothing is changed")
    if "draft" in acts:
        yield Right(GMAIL_COMPOSE, "write drafts; Google has no right for drafts alone, this one could send them too")
    elif "send" in acts:
        yield Right(GMAIL_SEND, "send mail that you approved")


def _calendar(acts: Collection[str]) -> Iterable[Right]:
    yield Right(CALENDAR_READ, "read your calendars and their events")
    if "event" in acts:
        yield Right(CALENDAR_EVENTS, "make events that you approved, and take them out again")
