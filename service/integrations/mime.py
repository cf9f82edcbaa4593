"""A notice as an e-mail message (RFC 5322, MIME), safe whatever its strings hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from service.domain.delivery import IdempotencyKey, Notice, Rendered

HTML_LIMIT = 85 * 1024
"""Gmail clips a message whose HTML is above 102 KB; with its headers and our own margin the encoded part stays below this."""
SUBJECT_LIMIT = 200
NOTICE_HEADER = "X-Reveille-Notice"
POLICY = SMTP.clone(cte_type="7bit", raise_on_defect=False)


def compose(
    notice: Notice, key: IdempotencyKey, *, sender: str, to: Sequence[str], at: datetime, audio: bool = True, note: str = ""
) -> bytes:
    """The message with CRLF line ends, 7 bit, no line above 998 octets. `note` is added to the text as a last paragraph.

    HTML that would be clipped is attached as a file, and the text stands alone in its place.
    """
    message = EmailMessage(policy=POLICY)
    message["From"] = _mailbox(sender, "Reveille")
    message["To"] = [_mailbox(address) for address in to]
    message["Subject"] = header(notice.subject)[:SUBJECT_LIMIT]
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{_token(key.value)}{key.message_id.removeprefix(key.value)}>"
    message[NOTICE_HEADER] = _token(key.value)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation reply answers it
    _fill(message, notice, note)
    if audio:
        for file in notice.files:
            if file.role == "audio":
                _attach(message, file)
    return message.as_bytes()


def header(text: str) -> str:
    """One line of printable text: nothing in it can end a header and begin another."""
    clean = "".join(c if c.isprintable() else " " for c in _encodable(text))
    return " ".join(clean.split())


def _fill(message: EmailMessage, notice: Notice, note: str) -> None:
    text = _encodable(notice.text) + (f"\n\n{note}\n" if note else "")
    message.set_content(text, charset="utf-8", cte=_encoding(text))
    if not notice.html:
        return
    html = _encodable(notice.html)
    message.add_alternative(html, subtype="html", charset="utf-8", cte=_encoding(html))
    *_, part = message.iter_parts()
    if len(part.as_bytes()) <= HTML_LIMIT:
        return
    message.clear_content()
    message.set_content(text, charset="utf-8", cte=_encoding(text))
    message.add_attachment(html.encode(), maintype="text", subtype="html", filename="briefing.html")


def _encoding(text: str) -> str:
    """Whichever is shorter; both keep every line below 998 octets (RFC 5322, 2.1.1) and every octet below 128."""
    raw = text.encode()
    wide = sum(1 for byte in raw if byte > 126 or byte == 61)
    return "base64" if len(raw) + 2 * wide > len(raw) * 4 / 3 + 4 else "quoted-printable"


def _attach(message: EmailMessage, file: Rendered) -> None:
    main, _, sub = file.media_type.partition("/")
    if not re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", file.media_type) or main in {"text", "message", "multipart"}:
        main, sub = "application", "octet-stream"
    name = header(file.name.replace("\\", "/").rpartition("/")[2])[:100] or "audio.mp3"
    message.add_attachment(file.data, maintype=main, subtype=sub, filename=name)


def _mailbox(address: str, name: str = "") -> Address:
    local, _, domain = header(address).rpartition("@")
    return Address(name, local, ascii_domain(domain))


def ascii_domain(domain: str) -> str:
    """As it travels in SMTP (IDNA). Raises ValueError where it has no such form."""
    return domain if domain.isascii() else domain.encode("idna").decode("ascii")


def _token(text: str) -> str:
    """A dot-atom (RFC 5322, 3.2.3). Keys are one already; what is none is made into one rather than into a broken header."""
    return re.sub(r"\.{2,}", ".", re.sub(r"[^A-Za-z0-9._+=-]", "-", text)).strip(".") or "-"


def _encodable(text: str) -> str:
    """Lone surrogates (broken text from outside) become question marks; line ends become one."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
