"""A notice as an e-mail message (RFC 5322, MIME), safe whatever its strings hold."""

from __future__ import annotations

import re
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Sequence
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from service.domain.delivery import IdempotencyKey, Notice, Rendered

HTML_LIMIT = 85 * 1024
"""Gmail clips a message whose HTML is above 102 KB; with its headers and our own margin the encoded part stays below this."""
SUBJECT_LIMIT = 200
CRLF = "\r\n"
NOTICE_HEADER = "X-Reveille-Notice"
POLICY = SMTP.clone(cte_type="7bit", raise_on_defect=False)
_WIDE = bytes((*range(127, 256), ord("=")))
"""Octets that take three in quoted-printable."""


def compose(
    notice: Notice, key: IdempotencyKey, *, sender: str, to: Sequence[str], at: datetime, audio: bool = True, note: str = ""
) -> bytes:
    """The message with CRLF line ends, 7 bit, no line above 998 octets. `note` is added to the text as a last paragraph.

    HTML that would be clipped is attached as a file, and the text stands alone in its place. Put together here and not by the
    standard library, which parses every header anew and goes through each body line by line: ten times the work.
    """
    head = (
        _line("From", str(_mailbox(sender, "Reveille"))),
        _line("To", ", ".join(str(_mailbox(address)) for address in to)),
        _line("Subject", header(notice.subject)[:SUBJECT_LIMIT]),
        _line("Date", format_datetime(at)),
        _line("Message-ID", f"<{_token(key.value)}{key.message_id.removeprefix(key.value)}>"),
        _line(NOTICE_HEADER, _token(key.value)),
        _line("Auto-Submitted", "auto-generated"),  # RFC 3834: no vacation reply answers it
        b"MIME-Version: 1.0\r\n",
    )
    files = [_attachment(file) for file in notice.files if file.role == "audio"] if audio else []
    return b"".join(head) + _content(notice, note, files)


def header(text: str) -> str:
    """One line of printable text: nothing in it can end a header and begin another."""
    clean = "".join(c if c.isprintable() else " " for c in _encodable(text))
    return " ".join(clean.split())


def _content(notice: Notice, note: str, files: list[bytes]) -> bytes:
    body = _text("plain", _encodable(notice.text) + (f"\n\n{note}\n" if note else ""))
    if notice.html:
        html = _encodable(notice.html)
        part = _text("html", html)
        if len(part) <= HTML_LIMIT:
            body = _multipart("alternative", body, part)
        else:
            files = [_attachment(Rendered("html", "briefing.html", "text/html", html.encode())), *files]
    return _multipart("mixed", body, *files) if files else body


def _text(subtype: str, text: str) -> bytes:
    """A part in whichever encoding is shorter; both keep every line below 998 octets (RFC 5322, 2.1.1) and every octet below 128."""
    raw = (text if text.endswith("\n") else f"{text}\n").encode()
    wide = len(raw) - len(raw.translate(None, _WIDE))
    if len(raw) + 2 * wide > len(raw) * 4 / 3 + 4:
        encoding, lines = b"base64", encodebytes(raw.replace(b"\n", b"\r\n"))
    else:
        encoding, lines = b"quoted-printable", b2a_qp(raw)
    head = b'Content-Type: text/%b; charset="utf-8"\r\nContent-Transfer-Encoding: %b\r\n\r\n' % (subtype.encode(), encoding)
    return head + lines.replace(b"\n", b"\r\n")


def _multipart(subtype: str, *parts: bytes) -> bytes:
    """`=_` can stand in no part, encoded as they are (RFC 2045, 6.7)."""
    mark = b"=_%b" % subtype.encode()
    head = b'Content-Type: multipart/%b; boundary="%b"\r\n\r\n' % (subtype.encode(), mark)
    return head + b"".join(b"--%b\r\n%b\r\n" % (mark, part) for part in parts) + b"--%b--\r\n" % mark


def _attachment(file: Rendered) -> bytes:
    main, _, sub = file.media_type.partition("/")
    own_text = file.role == "html"
    if not re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", file.media_type) or (main in {"text", "message", "multipart"} and not own_text):
        main, sub = "application", "octet-stream"
    name = header(file.name.replace("\\", "/").rpartition("/")[2])[:100] or "audio.mp3"
    part = EmailMessage(policy=POLICY)
    part.set_content(file.data, maintype=main, subtype=sub, filename=name)
    return part.as_bytes()


def _line(name: str, value: str) -> bytes:
    """A header. What is short and plain is written as it is; the rest is encoded and folded by the standard library, a subject by
    the part of it that takes it for the plain text it is.
    """
    if value.isascii() and len(name) + len(value) < 76 and "=?" not in value:
        return f"{name}: {value}\r\n".encode()
    if name == "Subject":
        return f"{name}: {Header(value, 'utf-8', header_name=name).encode(linesep=CRLF)}{CRLF}".encode()
    return POLICY.fold_binary(name, POLICY.header_store_parse(name, value)[1])


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
