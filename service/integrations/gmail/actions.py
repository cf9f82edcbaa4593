"""What can be done in a mailbox: each returns a receipt, and takes one to undo it. Whether it may be done is decided elsewhere
(https://developers.google.com/workspace/gmail/api/guides/drafts, …/guides/sending, …/guides/labels).
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.errors import Rejected, Unavailable
from service.http import Refused
from service.integrations.gmail.box import Box
from service.integrations.gmail.labels import ids

_GONE = 404


@dataclass(frozen=True, slots=True)
class Placed:
    """`draft` is the draft's own id, `message` that of what it holds for now: each edit makes another one."""

    draft: str
    message: str


@dataclass(frozen=True, slots=True)
class Sent:
    """Nothing takes it back."""

    message: str


@dataclass(frozen=True, slots=True)
class Marked:
    ref: str
    label: str  # its id
    on: bool
    changed: bool  # False: it was so already


def place_draft(box: Box, message: bytes, thread: str = "") -> Placed:
    """An RFC 5322 message as a draft. `thread`: Gmail's id of the conversation that it answers, "" for a new one. Raises Unavailable
    with `arrived` None where nobody can know: look with `find` before it is tried again.
    """
    said = _once(box, box.users.drafts().create(userId="me", body={"message": _body(message, thread)}))
    return Placed(str(said["id"]), str(said.get("message", {}).get("id", "")))


def undo_draft(box: Box, placed: Placed) -> bool:
    """Deletes it for good. False: it is gone already, sent or deleted by hand."""
    try:
        box.api.call(box.users.drafts().delete(userId="me", id=placed.draft))
    except Refused as error:
        if error.status != _GONE:
            raise
        return False
    return True


def send(box: Box, message: bytes, thread: str = "") -> Sent:
    """Sends an RFC 5322 message to whom its headers name. Raises as `place_draft` does."""
    return Sent(str(_once(box, box.messages.send(userId="me", body=_body(message, thread)))["id"]))


def find(box: Box, message_id: str) -> str | None:
    """The message with this Message-ID, without <>; None where there is none: whether a doubtful draft or mail got there."""
    if not message_id or not message_id.isascii() or not message_id.isprintable() or any(c in message_id for c in ' "()'):
        return None
    said = box.api.call(box.messages.list(userId="me", q=f"rfc822msgid:{message_id}", maxResults=1, fields="messages/id")) or {}
    return next((str(one["id"]) for one in said.get("messages", ())), None)


def mark(box: Box, ref: str, label: str, *, on: bool = True) -> Marked:
    """Gives the message that a ref names a label, or takes it off. Raises Rejected where there is no such label or message."""
    (id,) = ids([label], box.names, "label")
    try:
        had = box.api.call(box.messages.get(userId="me", id=ref, format="minimal", fields="labelIds")) or {}
        if (id in had.get("labelIds", ())) == on:
            return Marked(ref, id, on, changed=False)
        box.api.call(box.messages.modify(userId="me", id=ref, body={"addLabelIds" if on else "removeLabelIds": [id]}))
    except Refused as error:
        if error.status == _GONE:
            raise Rejected("the message is no longer in this mailbox: nothing was labelled") from error
        raise
    return Marked(ref, id, on, changed=True)


def undo_mark(box: Box, marked: Marked) -> None:
    """As it was before; nothing where it was so already."""
    if marked.changed:
        mark(box, marked.ref, marked.label, on=not marked.on)


def _body(message: bytes, thread: str) -> Mapping[str, str]:
    return {"raw": urlsafe_b64encode(message).decode()} | ({"threadId": thread} if thread else {})


def _once(box: Box, request: Any) -> Mapping[str, Any]:
    try:
        said: Mapping[str, Any] = box.api.call(request) or {}
    except Unavailable as error:
        error.in_doubt()
        raise
    if "id" not in said:
        raise Unavailable("Gmail does not say what became of it: look into the mailbox", arrived=None)
    return said
