"""How a message was read, for whoever wants to see it: its parts, what was chosen, what was left out and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from service.domain.items import Message
from service.domain.raw import RawMessage
from service.mail import body, invisible, limits, mime
from service.mail.body import Body
from service.mail.message import read_message
from service.mail.mime import Part


@dataclass(frozen=True, slots=True)
class PartSeen:
    """One part of the tree, in order; the root has depth 0."""

    depth: int
    media_type: str
    name: str
    size: int  # bytes, decoded
    charset: str
    encoding: str
    use: str
    """One of "read", "another form", "attachment", "calendar", "report", "attached message", or "" of what only holds others."""


@dataclass(frozen=True, slots=True)
class Anatomy:
    parts: tuple[PartSeen, ...] = ()
    chosen: str = ""  # which of several forms of the same words was read
    hidden: tuple[str, ...] = ()  # the first pieces of text that no person sees
    cut: str = ""  # what of the text is not the sender's words of this time
    disagreements: tuple[str, ...] = ()


def read_closely(raw: RawMessage, own: frozenset[str]) -> tuple[Message, Anatomy]:
    """As `read_message`, with its anatomy. Never raises."""
    message = read_message(raw, own)
    try:
        return message, _dissected(raw, message)
    except Exception:  # outside bytes found a hole, of which the message's own problems tell
        return message, Anatomy()


def _dissected(raw: RawMessage, message: Message) -> Anatomy:
    root = mime.parse(raw.data[: limits.MESSAGE_BYTES]).root
    found = body.read(root)
    return Anatomy(
        parts=tuple(_parts(root, found)),
        chosen=found.why,
        hidden=tuple(invisible.clean(text).text for block in found.blocks for text in block.hidden_texts)[: limits.HIDDEN_TEXTS],
        cut=_cut(message),
        disagreements=message.noticed,
    )


def _parts(root: Part, found: Body) -> Iterator[PartSeen]:
    read = {id(part) for block in found.blocks for part in block.parts}
    calendars = {id(part) for part in found.calendars}
    attached = {id(part) for part in found.attached}
    waiting = [(0, root)]
    while waiting:
        depth, part = waiting.pop()
        use = ""
        if part.children:
            use = "" if part.is_multipart else "attached message"
        elif id(part) in read:
            use = "read"
        elif id(part) in calendars:
            use = "calendar"
        elif part.media_type.startswith("message/"):
            use = "report"
        elif id(part) in attached:
            use = "attachment"
        elif not part.is_multipart:
            use = "another form"
        name = invisible.clean(part.filename).text
        yield PartSeen(depth, part.media_type, name, part.size, part.params.get("charset", ""), part.encoding, use)
        waiting += [(depth + 1, child) for child in reversed(part.children)]


def _cut(message: Message) -> str:
    """The lines of the text that its reply does not hold, in order."""
    kept = message.reply_text.split("\n")
    if not message.reply_text or message.reply_text == message.text:
        return ""
    left: list[str] = []
    at = 0
    for line in message.text.split("\n"):
        if at < len(kept) and line.strip() == kept[at].strip():
            at += 1
        elif line.strip():
            left.append(line)
    return "\n".join(left)
