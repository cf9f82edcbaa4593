"""Files attached to a mail: what they are called, what they are, how large they are."""

from __future__ import annotations

import re

from service.domain.items import Attachment
from service.mail import invisible
from service.mail.mime import Part

_MAGIC = (
    (b"%PDF-", "application/pdf", ("pdf",)),
    (b"PK\x03\x04", "application/zip", ("zip", "docx", "xlsx", "pptx", "odt", "ods", "odp", "jar", "apk", "epub", "docm", "xlsm", "pptm", "dotx", "kmz", "vsdx", "ipa", "xps", "pages", "numbers", "key")),
    (b"\x89PNG", "image/png", ("png",)),
    (b"\xff\xd8\xff", "image/jpeg", ("jpg", "jpeg", "jpe", "jfif")),
    (b"GIF8", "image/gif", ("gif",)),
    (b"MZ", "application/x-msdownload", ("exe", "dll", "scr", "com", "cpl", "sys", "ocx")),
    (b"\xd0\xcf\x11\xe0", "application/x-ole-storage", ("doc", "xls", "ppt", "msg", "msi", "dot", "xlt", "pps", "pub", "vsd", "mpp")),
    (b"Rar!", "application/vnd.rar", ("rar",)),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed", ("7z",)),
    (b"\x7fELF", "application/x-elf", ("elf", "so", "bin", "o")),
    (b"{\\rtf", "application/rtf", ("rtf", "doc")),
)  # fmt: skip
_KIND_OF_NAME = {ending: media_type for _, media_type, endings in _MAGIC for ending in endings}
_RUNS = frozenset(
    [
        "exe",
        "scr",
        "com",
        "bat",
        "cmd",
        "pif",
        "js",
        "jse",
        "vbs",
        "vbe",
        "wsf",
        "hta",
        "lnk",
        "ps1",
        "msi",
        "jar",
        "cpl",
        "reg",
        "iso",
        "img",
        "vhd",
    ]
)
_DOUBLE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|txt|jpe?g|png|zip|html?)[\s_]*\.(\w{2,4})\Z", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\\/]+")


def describe(part: Part, noticed: list[str]) -> Attachment:
    """Its last path component, for a name with folders in it is a trap; what lies about itself is added to `noticed`."""
    cleaned = invisible.clean(part.filename)
    name = _SEPARATORS.split(" ".join(cleaned.text.split()).rstrip("\\/"))[-1][:300]
    ending = name.rpartition(".")[2].lower()
    double = _DOUBLE.search(name)
    if double and double[1].lower() in _RUNS:
        noticed.append(f"the attachment {name!r} is a program that calls itself a document")
    elif cleaned.hidden:
        noticed.append(f"the name of the attachment {name!r} holds characters that nobody sees")
    found = _content_of(part)
    if found == "application/x-msdownload" and ending not in _RUNS | {"dll", "sys", "ocx"}:
        noticed.append(f"the attachment {name!r} is a program")
    elif (
        found
        and ending in _KIND_OF_NAME
        and found != _KIND_OF_NAME[ending]
        and found not in {"application/rtf", "application/x-ole-storage"}
    ):
        noticed.append(f"the attachment {name!r} is not what its name says but {found}")
    return Attachment(name, part.media_type, part.size)


def _content_of(part: Part) -> str:
    """By the first bytes; "" where they tell nothing."""
    if part.children:
        return ""
    head = part.decoded(64)
    return next((media_type for mark, media_type, _ in _MAGIC if head.startswith(mark)), "")
