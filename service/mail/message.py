"""One message: bytes to what a person reads and what the rest of the house wants to know."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import quote

from service.domain.items import Authentication, Bulk, Message, Provenance
from service.domain.mailing import Card, Carried, Invitation
from service.domain.people import Address
from service.domain.raw import RawMessage
from service.mail import addresses, body, cards, charsets, dates, headers, invisible, limits, mime, reports
from service.mail.body import Body
from service.mail.headers import Headers
from service.mail.mime import Part

_ID = re.compile(r"<([^<>\s]+)>")
_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"(?:^|[;\s])(spf|dkim|dmarc)\s*=\s*([a-z]+)", re.IGNORECASE)
_CARD_LINES = 16
_CARD_REACH = 60_000
"""Lines below a reply in which its signature stands; characters of a text among which it is looked for."""
_THREAD_INDEX = 22
_NO_SENDER = Address("")
SOON = timedelta(days=1)


def read_message(raw: RawMessage, own: frozenset[str], *, attached: bool = False) -> Message:
    """What can't be read is named in `problems`. `own` holds the person's addresses in lower case; `attached` asks for the text
    of attachments too. Never raises.
    """
    try:
        return _read(raw, own, attached=attached)
    except Exception as error:  # outside bytes found a hole: this message alone is the poorer for it
        return _unread(raw, f"could not be read ({type(error).__name__})")


def _read(raw: RawMessage, own: frozenset[str], *, attached: bool) -> Message:
    tree = mime.parse(raw.data[: limits.MESSAGE_BYTES])
    fields = tree.root.headers
    found = body.read(tree.root)
    text, reply = _text(found)
    problems = [*tree.problems, *found.problems]
    if attached and found.attached:
        from service.mail.attached_text import with_texts

        found.attachments = with_texts(found.attachments, found.attached, problems)
    if len(raw.data) > limits.MESSAGE_BYTES:
        problems.append(f"longer than {limits.MESSAGE_BYTES} bytes; the rest was left out")
    message_id = _one_id(fields.raw("message-id"))
    sent_at = dates.parse(fields.raw("date"))
    if sent_at is None:
        problems.append("no readable Date")
        sent_at = dates.newest_received(fields.raws("received")) or raw.stored_at
    arrived_at = _arrived(raw, fields, sent_at)
    sender = _sender(fields)
    thread_id, answers = _thread(raw, fields, message_id)
    authentication = _authentication(fields)
    subject = invisible.clean(fields.get("subject"))
    automatic, report = reports.read(tree.root, text)
    return Message(
        id=_identity(raw, message_id, sender.email, text),
        account=raw.account,
        message_id=message_id,
        thread_id=thread_id,
        sent_at=sent_at,
        sender=sender,
        subject=" ".join(subject.text.split()),
        text=text,
        reply_text=reply,
        to=_addresses(fields, "to"),
        cc=_addresses(fields, "cc"),
        reply_to=next(iter(_addresses(fields, "reply-to")), None),
        in_reply_to=answers,
        folder=raw.folder,
        flags=raw.flags,
        provenance=Provenance.OWN if sender.email in own and not _forged(authentication) else Provenance.OUTSIDE,
        bulk=_bulk(fields),
        authentication=authentication,
        attachments=tuple(found.attachments),
        links=tuple(dict.fromkeys(link for block in found.blocks for link in block.links))[: limits.LINKS],
        hidden_chars=sum(block.hidden for block in found.blocks) + subject.hidden,
        own_briefing="x-reveille-notice" in fields,
        problems=tuple(dict.fromkeys(problems)),
        url=raw.url or _mid(message_id),
        arrived_at=arrived_at,
        conversation=raw.conversation or _conversation(fields),
        automatic=automatic,
        report=report,
        invitations=_invitations(found.calendars) if found.calendars else (),
        carried=tuple(_carried(part) for part in found.messages[: limits.CARRIED]),
        card=_card(sender, text, reply) if sender.name and not (automatic or "list-unsubscribe" in fields) else None,
        noticed=tuple(dict.fromkeys(found.noticed)),
    )


def _card(sender: Address, text: str, reply: str) -> Card | None:
    """From the sender's words and the lines that follow them: most signatures are cut from a reply, not all."""
    last = reply.rpartition("\n")[2] if reply else ""
    at = text.rfind(last, 0, _CARD_REACH) if last else 0
    below: list[str] = []
    for line in text[at : at + 2_000].split("\n")[1:_CARD_LINES] if at >= 0 else ():
        if line.startswith((">", "-----")):
            break
        below.append(line)
    return cards.card_of("\n".join([reply[-3_000:], *below]), sender.name)


def _invitations(parts: list[Part]) -> tuple[Invitation, ...]:
    """Each event once, though most programs attach the same calendar twice."""
    from service.calendar.invitations import read_invitations

    found: dict[tuple[str, str, str], Invitation] = {}
    for part in parts[: limits.CALENDARS]:
        data = charsets.decode(part.decoded(limits.TEXT_BYTES), part.params.get("charset", "")).encode()
        for one in read_invitations(data, part.params.get("method", "")):
            found.setdefault((one.uid, one.event_id, one.method), one)
    return tuple(found.values())[: limits.CALENDARS]


def _carried(part: Part) -> Carried:
    fields = part.headers
    subject = " ".join(invisible.clean(fields.get("subject")).text.split())
    return Carried(_sender(fields), subject, dates.parse(fields.raw("date")), _one_id(fields.raw("message-id")))


def _arrived(raw: RawMessage, fields: Headers, sent_at: datetime) -> datetime | None:
    """By the topmost Received, which the person's own server wrote; else by when it was stored, if that was soon after it was
    sent: a mailbox that was copied has files younger than their mail.
    """
    received = dates.newest_received(fields.raws("received")[:1])
    if received is not None:
        return received
    return raw.stored_at if timedelta() <= raw.stored_at - sent_at <= SOON else None


def _unread(raw: RawMessage, why: str) -> Message:
    id_ = _digest(raw.data)
    return Message(
        id_,
        raw.account,
        "",
        id_,
        raw.stored_at,
        _NO_SENDER,
        "",
        "",
        "",
        folder=raw.folder,
        flags=raw.flags,
        problems=(why,),
        url=raw.url,
    )


def _text(found: Body) -> tuple[str, str]:
    """The text, and its own words. A message that only carries another shows that one, as clients do."""
    blocks = [block for block in found.blocks if block.text.strip()]
    if blocks or not found.messages:
        return "\n\n".join(b.text for b in blocks), "\n\n".join(b.reply for b in blocks if b.reply)
    parts = [_forwarded(message) for message in found.messages[:20]]
    return "\n\n".join(parts), ""


def _forwarded(message: Part) -> str:
    inner = body.read(message)
    lines = ["---------- Forwarded message ----------"]
    lines += [f"{label}: {value}" for label in ("From", "Date", "Subject", "To") if (value := message.headers.get(label.lower()))]
    text = "\n\n".join(block.text for block in inner.blocks if block.text.strip())
    return invisible.clean("\n".join(lines)).text + "\n\n" + text


def _sender(fields: Headers) -> Address:
    for name in ("from", "sender", "return-path"):
        found = _addresses(fields, name)
        if found:
            return found[0]
    return _NO_SENDER


def _addresses(fields: Headers, name: str) -> tuple[Address, ...]:
    values = fields.raws(name)
    if len(values) == 1:
        return addresses.parse(values[0])
    return tuple(dict.fromkeys(a for value in values[:20] for a in addresses.parse(value)))[: limits.ADDRESSES]


def _one_id(value: str) -> str:
    """RFC 5322, section 3.6.4; without angle brackets what stands there is taken as it is."""
    match = _ID.search(value)
    return match[1] if match else value.strip("<> ").partition(" ")[0]


def _identity(raw: RawMessage, message_id: str, sender: str, text: str) -> str:
    """The same in every folder. Who wrote it and its words are in it: a Message-ID is anybody's to write, and a forged one
    must not take the place of the message it was copied from.
    """
    said = f"{message_id}\x00{sender}\x00{text}"
    return _digest(said.encode("utf-8", "replace")) if message_id else _digest(raw.data)


def _forged(authentication: Authentication) -> bool:
    """The receiving server says that whoever wrote the person's address there had no right to."""
    failed = {authentication.dmarc, authentication.spf} & {"fail", "softfail"}
    return bool(failed) and authentication.dkim != "pass" and authentication.dmarc != "pass"


def _thread(raw: RawMessage, fields: Headers, message_id: str) -> tuple[str, str]:
    """Its thread's id, and the Message-ID it answers."""
    references = _ID.findall(" ".join(fields.raws("references")))
    answered = _ID.findall(fields.raw("in-reply-to"))
    answers = answered[0] if answered else (references[-1] if references else "")
    root = references[0] if references else answers
    first = root or message_id
    return _digest(b"mid:" + first.encode("utf-8", "replace")) if first else _digest(raw.data), answers


def _conversation(fields: Headers) -> str:
    """Exchange's: the first 22 bytes of Thread-Index stay the same in all answers ([MS-OXOMSG], section 2.2.1.3)."""
    index = fields.raw("thread-index")
    found = headers.base64(index.encode("ascii", "ignore")[:400])[:_THREAD_INDEX] if index else b""
    return f"ti:{found.hex()}" if len(found) == _THREAD_INDEX else ""


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()[:32]


def _mid(message_id: str) -> str:
    """RFC 2392."""
    return "mid:" + quote(message_id, safe="@!$&'()*+,;=:-._~") if message_id else ""


def _bulk(fields: Headers) -> Bulk:
    list_id = fields.get("list-id")
    named = _ID.search(list_id)
    return Bulk(
        list_id=(named[1] if named else list_id).lower(),
        precedence=fields.raw("precedence").lower(),
        auto_submitted=fields.raw("auto-submitted").partition(";")[0].strip().lower(),
        unsubscribe="list-unsubscribe" in fields,
        feedback_id="feedback-id" in fields,
    )


def _authentication(fields: Headers) -> Authentication:
    """Only the topmost header of each kind: those below it came with the message and may be forged (RFC 8601, section 7.1)."""
    said = _COMMENT.sub(" ", _COMMENT.sub(" ", fields.raw("authentication-results")))
    results: dict[str, str] = {}
    for method, result in _RESULT.findall(said):
        results.setdefault(method.lower(), result.lower())
    spf = results.get("spf") or fields.raw("received-spf").partition(" ")[0].strip(";:").lower()
    return Authentication(spf, results.get("dkim", ""), results.get("dmarc", ""))
