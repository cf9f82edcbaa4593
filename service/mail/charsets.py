"""Bytes to text where the declared character set may be missing, unknown or a lie."""

from __future__ import annotations

import codecs
from functools import lru_cache

# What senders write, and what mail clients take it for (WHATWG Encoding Standard, section 4.2, and common misnomers).
_TAKEN_FOR = {
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "unknown-8bit": "utf-8",
    "x-unknown": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "iso8859-1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "big5": "cp950",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "utf-16": "utf-16",
}
_NOT_TEXT = frozenset({"base64", "hex", "bz2", "zip", "zlib", "rot13", "uu", "quopri", "punycode", "idna", "unicode_escape"})
_NOT_TEXT_CODECS = _NOT_TEXT | {"raw_unicode_escape", "undefined", "mbcs", "oem"}


@lru_cache(maxsize=512)
def codec_for(name: str) -> str | None:
    """Python's name for a declared character set; None where there is none or it does not turn bytes into text."""
    cleaned = name.strip("\"' \t;,").lower()
    cleaned = _TAKEN_FOR.get(cleaned, cleaned)
    try:
        found = codecs.lookup(cleaned).name
    except (LookupError, ValueError):
        return None
    return None if found.replace("-", "_") in _NOT_TEXT_CODECS else found


def decode(data: bytes, declared: str = "") -> str:
    """Never raises. Valid UTF-8 wins over a declared single-byte set: such bytes hardly ever mean anything else."""
    if data.isascii() and not declared:
        return data.decode("ascii")
    codec = codec_for(declared) if declared else None
    if codec is None or codec in {"utf-8", "cp1252", "latin-1", "iso8859-1", "cp1254", "iso8859-15"}:
        try:
            return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
        except UnicodeDecodeError:
            pass
    if codec is not None and codec != "utf-8":
        return _strictly_or_not(data, codec)
    return _guess(data, cut=codec == "utf-8")


def _strictly_or_not(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        pass
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode(codec, "replace")


def _guess(data: bytes, *, cut: bool) -> str:
    """Bytes that are no UTF-8. A text that is UTF-8 but for a few bytes stays so; else Windows' western set."""
    lenient = data.decode("utf-8", "replace")
    wrong = lenient.count("\ufffd")
    right = sum(1 for c in lenient[:20_000] if c > "\x7f") - min(wrong, 20_000)
    if right > 3 * wrong or (cut and wrong == 1 and lenient.endswith("\ufffd")):
        return lenient
    return data.decode("cp1252", "replace")
