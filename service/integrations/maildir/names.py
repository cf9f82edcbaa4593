"""What the names of maildir files and folders say."""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache

from service.integrations.files.letters import flags_of_folder

_FLAGS = {"S": "seen", "R": "answered", "F": "flagged", "D": "draft", "T": "trashed"}
_INFO = re.compile(r"[:;!][12],")  # `:` is not allowed everywhere; `;` and `!` stand for it there
_SHIFTED = re.compile(r"&([^-]*)-")


def split_info(name: str) -> tuple[str, str]:
    """The unique part of a file name, and the letters after `:2,`."""
    marks = list(_INFO.finditer(name))
    return (name[: marks[-1].start()], name[marks[-1].end() :]) if marks else (name, "")


@lru_cache(maxsize=1000)  # few differ, and a mailbox of 200,000 shares them
def flags_of(letters: str, folder: str) -> frozenset[str]:
    """By the letters of the file's name and by where it lies. Letters of other programs are passed over."""
    return frozenset(_FLAGS[letter] for letter in letters if letter in _FLAGS) | flags_of_folder(folder)


def folder_name(rel: str) -> str:
    """What a person calls the folder: `.Archive.2024` of Maildir++ is "Archive/2024", the root is "INBOX"."""
    parts = [part for piece in rel.split("/") for part in (piece[1:].split(".") if piece.startswith(".") else [piece])]
    return "/".join(_utf7(part) for part in parts if part) or "INBOX"


def _utf7(name: str) -> str:
    """Modified UTF-7 of mailbox names (RFC 3501, 5.1.3); what is none stays as it is."""
    return _SHIFTED.sub(_shifted, name)


def _shifted(match: re.Match[str]) -> str:
    coded = match[1]
    if not coded:
        return "&"
    try:
        data = base64.b64decode(coded.replace(",", "/") + "=" * (-len(coded) % 4), validate=True)
        return data.decode("utf-16-be")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return match[0]
