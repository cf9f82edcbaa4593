"""What attached files say, where a person wants them read: text of many kinds, and PDF by way of an optional package."""

from __future__ import annotations

import time
from dataclasses import replace
from io import BytesIO

from service.domain.items import Attachment
from service.mail import charsets, invisible, limits, visible
from service.mail.mime import Part

_ENDINGS = (".txt", ".text", ".md", ".csv", ".tsv", ".log", ".json", ".xml", ".yaml", ".yml", ".rst", ".tex", ".srt", ".vtt")
_TYPES = frozenset({"application/json", "application/xml", "application/yaml", "application/x-yaml", "application/csv"})
_NOT_READ = frozenset({"text/calendar", "text/x-vcard", "text/vcard", "text/rfc822-headers", "text/css", "text/javascript"})
MISSING = "the text of PDF files is not read: install reveille[pdf]"


def with_texts(attached: list[Attachment], parts: list[Part], problems: list[str]) -> list[Attachment]:
    """`attached` with the text of those that have one; `parts` are theirs. Never raises: what can't be read is a problem."""
    left = limits.ATTACHED_TEXT
    found: list[Attachment] = []
    for number, (one, part) in enumerate(zip(attached, parts, strict=True)):
        text = ""
        if number < limits.ATTACHED_FILES and left > 0 and not part.children:
            try:
                text = _text(one, part, left)
            except ImportError:
                problems.append(MISSING)
            except Exception as error:  # outside bytes found a hole in whatever reads this kind
                problems.append(f"the attachment {one.name!r} could not be read ({type(error).__name__})")
        left -= len(text)
        found.append(replace(one, text=text) if text else one)
    return found


def _text(one: Attachment, part: Part, most: int) -> str:
    name = one.name.lower()
    if len(part.body) > limits.ATTACHED_BYTES:
        return ""
    if one.media_type == "application/pdf" or name.endswith(".pdf"):
        return _cleaned(_pdf(part.decoded(limits.ATTACHED_BYTES), most), most)
    if one.media_type == "text/html" or name.endswith((".html", ".htm")):
        return _cleaned(visible.visible_text(_decoded(part)).text, most)
    if (
        (one.media_type.startswith("text/") and one.media_type not in _NOT_READ)
        or one.media_type in _TYPES
        or name.endswith(_ENDINGS)
    ):
        return _cleaned(_decoded(part), most)
    return ""


def _decoded(part: Part) -> str:
    data = part.decoded(limits.TEXT_BYTES)
    return (
        ""
        if b"\x00" in data[:1000] and not data.startswith((b"\xff\xfe", b"\xfe\xff"))
        else charsets.decode(data, part.params.get("charset", ""))
    )


def _cleaned(text: str, most: int) -> str:
    text = invisible.clean(text[: most * 2].replace("\r\n", "\n").replace("\r", "\n")).text
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()[:most]


def _pdf(data: bytes, most: int) -> str:
    """Page by page until there is enough, or it has taken long enough. Raises ImportError without the package, whatever it raises."""
    import logging

    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is wrong with a stranger's file is no news
    ends = time.process_time() + limits.ATTACHED_SECONDS
    pages: list[str] = []
    length = 0
    for page in PdfReader(BytesIO(data), strict=False).pages[: limits.ATTACHED_PAGES]:
        pages.append(page.extract_text())
        length += len(pages[-1])
        if length > most or time.process_time() > ends:
            break
    return "\n\n".join(pages)
