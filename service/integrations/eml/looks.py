"""Which files are messages: by name, and where the name says nothing, by their first lines."""

from __future__ import annotations

import re

_NAMED = re.compile(r"\.(eml|mail|mime|rfc822)$", re.IGNORECASE)
_NAMELESS = re.compile(r"^[^.]+$|\.([0-9]+|[0-9a-fA-F]{8,}|[0-9]+_?)$|\.$|[,:=]")  # no ending, or a number or digest for one
_FIELD = re.compile(rb"^(?:From [^\r\n]*\r?\n)?(?:[!-9;-~]+[ \t]*:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){2,}")
_TELLING = re.compile(
    rb"^(?:received|return-path|delivered-to|message-id|from|date|subject|mime-version|x-envelope-from)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)


def named_as_mail(name: str) -> bool:
    return not name.startswith(".") and bool(_NAMED.search(name))


def may_be_mail(name: str) -> bool:
    return not name.startswith(".") and bool(_NAMED.search(name) or _NAMELESS.search(name))


def no_message(data: bytes) -> str:
    """Why a file that is named as one holds no message; "" where it may."""
    if not data.strip():
        return "is empty"
    return "" if b"\0" not in data[:8000] or looks_like_mail(data[:8000]) else "is no message, whatever its name says"


def looks_like_mail(head: bytes) -> bool:
    """At least two header fields at the very start, two of them such as mail has."""
    head = head.lstrip(b"\r\n")
    fields = _FIELD.match(head if head.endswith(b"\n") else head + b"\n")
    return fields is not None and len({m[0].lower() for m in _TELLING.finditer(fields[0])}) >= 2
