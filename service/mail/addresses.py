"""Address lists (RFC 5322, section 3.4) as people and programs really write them."""

from __future__ import annotations

import re

from service.domain.people import Address
from service.mail import invisible, limits
from service.mail.headers import decode_words

_SIMPLE = re.compile(r'\s*(?:"([^"\\<>,]*)"|([^"\\<>,;:()@]*))\s*<\s*([^\s<>@",;:()]+@[^\s<>@",;:()]+)\s*>\s*\Z')
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"?|\((?:[^()\\]|\\.)*\)?|<[^<>]*>?|[,;:]|[^",;:(<]+|.', re.DOTALL)
_MAILBOX = re.compile(r"[^\s<>@\"',;:()\[\]]{1,100}@(?:\[[\w.:]+\]|[^\s<>@\"',;:()\[\]]{1,255})")


def parse(value: str) -> tuple[Address, ...]:
    """Every mailbox of the list in order, those of groups included. Without a mailbox, a lone name is an address without e-mail."""
    if not value:
        return ()
    simple = _SIMPLE.match(value)
    if simple:
        return (Address(simple[3].lower(), _name(simple[1] or simple[2] or "")),)
    found: list[Address] = []
    name, comment, email = "", "", ""
    for match in _PIECE.finditer(value):
        piece = match[0]
        if piece in {",", ";"}:
            found += _address(name, comment, email)
            name = comment = email = ""
            if len(found) >= limits.ADDRESSES:
                break
        elif piece == ":":
            # What stands before is a group's name, or "mailto".
            name = name[:-6] + " " if name.endswith("mailto") else name if "@" in name else ""
        elif piece.startswith("<"):
            email = email or piece.strip("<> \t")
        elif piece.startswith("("):
            comment = comment or piece.strip("() ")
        else:
            name += _unquoted(piece)
    return tuple(found + _address(name, comment, email))


def _unquoted(piece: str) -> str:
    return re.sub(r"\\(.)", r"\1", piece.strip('"')) if piece.startswith('"') else piece


def _name(text: str) -> str:
    return invisible.clean(decode_words(text.strip(" \t'"))).text.strip(" '\"")


def _address(name: str, comment: str, email: str) -> list[Address]:
    name = name.strip()
    if not email or "@" not in email:
        bare = _MAILBOX.search(email or name) if "@" in (email or name) else None
        if bare:
            rest = name.replace(bare[0], " ").strip(" []")
            return [Address(bare[0].lower(), _name(rest or comment))]
    email = email.removeprefix("mailto:").rpartition(":")[2].strip().lower()  # a source route (RFC 5322, 4.4) ends at the colon
    if "@" not in email:
        name, email = name or email, ""
    return [Address(email, _name(name or comment))] if name or comment or email else []
