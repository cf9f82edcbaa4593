"""The part of `reveille explain` that says how a message was read: its parts, files, calendar parts, what is hidden or cut."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from service.domain.items import Message
from service.domain.mailing import Invitation
from service.mail.anatomy import Anatomy, PartSeen

_SHOWN = 160  # characters of a line for the eye
_CUT_LINES = 4


def fields(message: Message, anatomy: Anatomy) -> dict[str, Any]:
    """For JSON. Everything is there for every message, empty where there is nothing."""
    report = message.report
    return {
        "thread_id": message.thread_id,
        "in_reply_to": message.in_reply_to,
        "body": {"chosen": anatomy.chosen, "parts": [asdict(part) for part in anatomy.parts]},
        "hidden": {
            "characters": message.hidden_chars
        },  # its words are for the eye only: who reads JSON must not be steered by them
        "cut": anatomy.cut,
        "attachments": [{"name": a.name, "type": a.media_type, "size": a.size, "text": a.text} for a in message.attachments],
        "calendar": [_invitation(one) for one in message.invitations],
        "carried": [
            {"from": c.sender.label, "subject": c.subject, "sent_at": _moment(c.sent_at), "message_id": c.message_id}
            for c in message.carried
        ],
        "card": asdict(message.card) if message.card else None,
        "automatic": str(message.automatic),
        "report": None
        if report is None
        else {"about": report.about, "deliveries": [asdict(delivery) for delivery in report.deliveries]},
        "noticed": list(message.noticed),
        "problems": list(message.problems),
    }


def _invitation(one: Invitation) -> dict[str, Any]:
    return {
        "method": one.method,
        "uid": one.uid,
        "event_id": one.event_id,
        "title": one.title,
        "start": _moment(one.start),
        "end": _moment(one.end),
        "location": one.location,
        "sequence": one.sequence,
        "organizer": one.organizer.label if one.organizer else "",
        "replies": [{"who": who.label, "reply": reply} for who, reply in one.replies],
    }


def _moment(moment: datetime | date | None) -> str | None:
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return moment.isoformat() if moment is not None else None


def lines(message: Message, anatomy: Anatomy) -> list[str]:
    """For the eye: only what is there."""
    found = [f"read: {anatomy.chosen}"] if anatomy.chosen else []
    if len(anatomy.parts) > 1:
        found += [_part(part) for part in anatomy.parts]
    found += [f"attached: {a.name or '(no name)'} ({a.media_type}, {a.size:,} bytes)" for a in message.attachments]
    found += [f"calendar: {_meeting(one)}" for one in message.invitations]
    found += [f"carries: {c.subject or '(no subject)'}, from {c.sender.label or 'nobody'}" for c in message.carried]
    if message.card:
        card = message.card
        found.append(f"signed: {', '.join(filter(None, (card.name, card.title, card.company, *card.phones)))}")
    if message.automatic:
        found.append(f"automatic: {message.automatic}")
    if message.report is not None:
        found += [f"  {' '.join(filter(None, (d.email, d.status, d.why)))}" for d in message.report.deliveries]
    if message.hidden_chars:
        found.append(f"hidden: {message.hidden_chars:,} characters that nobody sees")
        found += [f"  {text[:_SHOWN]}" for text in anatomy.hidden[:_CUT_LINES]]
    cut = anatomy.cut.split("\n") if anatomy.cut else []
    if cut:
        found.append(f"cut as quoted, signed or boilerplate: {len(cut)} lines")
        found += [f"  {line[:_SHOWN]}" for line in cut[:_CUT_LINES]]
    found += [f"noticed: {what}" for what in message.noticed]
    return found + [f"problem: {what}" for what in message.problems]


def _part(part: PartSeen) -> str:
    said = ", ".join(filter(None, (part.charset, part.encoding, part.name)))
    return f"  {'  ' * part.depth}{part.media_type}{f' ({said})' if said else ''}{f': {part.use}' if part.use else ''}"


def _meeting(one: Invitation) -> str:
    when = _moment(one.start)
    replies = ", ".join(f"{who.label} {reply}" for who, reply in one.replies)
    return "; ".join(filter(None, (f"{one.method or 'event'} {one.title!r}", f"starts {when}" if when else "", replies)))
