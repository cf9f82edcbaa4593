"""Header blocks: fields, encoded words (RFC 2047) and parameters (RFC 2045, RFC 2231), as lenient as mail clients are."""

from __future__ import annotations

import binascii
import re
from urllib.parse import unquote_to_bytes

from service.mail import charsets, limits

_FOLD = re.compile(rb"(?:\r\n|\n|\r)(?=[ \t])")
_BREAK = re.compile(rb"\r\n|\n|\r")
_FIELD = re.compile(rb"[!-9;-~]{1,100}[ \t]*:")
_KNOWN = re.compile(
    rb"(?:from|to|date|subject|received|return-path|message-id|mime-version|content-type|delivered-to|sender|x-[!-9;-~]+):", re.I
)
_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?]{0,40})?\?([bBqQ])\?(.*?)\?=(?:\s+(?==\?))?", re.DOTALL)
_CUT_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?]{0,40})?\?([bBqQ])\?([^?]*)\Z")
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,80})\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)', re.DOTALL)
_SECTION = re.compile(r"(.+?)(?:\*(\d{1,3}))?(\*)?\Z")


class Headers:
    """Fields of one block in order, names in lower case, values as bytes until somebody asks for them."""

    __slots__ = ("_fields", "_first")

    def __init__(self, fields: list[tuple[str, bytes]]) -> None:
        self._fields = fields
        self._first = dict(reversed(fields))

    def __len__(self) -> int:
        return len(self._fields)

    def __contains__(self, name: str) -> bool:
        return name in self._first

    def raw(self, name: str) -> str:
        """The first field of this name, unfolded, encoded words still encoded; "" where there is none."""
        value = self._first.get(name)
        return "" if value is None else _text(value)

    def raws(self, name: str) -> list[str]:
        return [_text(value) for found, value in self._fields if found == name] if name in self._first else []

    def get(self, name: str) -> str:
        """As `raw`, with encoded words decoded."""
        return decode_words(self.raw(name))


def _text(value: bytes) -> str:
    return charsets.decode(value[: limits.HEADER_VALUE]).strip()


def parse(data: bytes, start: int = 0, stop: int | None = None) -> tuple[Headers, int]:
    """The header block at `start` and where the body after it begins. A line that is no field ends the block,
    unless more fields follow it directly (a broken relay's line).
    """
    stop = len(data) if stop is None else stop
    if data.startswith((b"\r\n", b"\n"), start):  # a part without headers
        return Headers([]), start + (2 if data.startswith(b"\r\n", start) else 1)
    block_end, body = _block(data, start, min(stop, start + limits.HEADER_BYTES))
    block = data[start:block_end].rstrip(b"\r\n")
    fields: list[tuple[str, bytes]] = []
    lines = _BREAK.split(_FOLD.sub(b"", block))
    for number, line in enumerate(lines[: limits.HEADERS]):
        name, colon, value = line.partition(b":")
        if colon and _FIELD.match(line):
            fields.append((name.rstrip().decode("ascii").lower(), value))
        elif line.startswith(b"--") or not _goes_on(lines, number):
            at = 0 if number == 0 else block.find(b"\n" + line) + 1
            return Headers(fields), start + at if at or not number else body
    return Headers(fields), body


def _block(data: bytes, start: int, stop: int) -> tuple[int, int]:
    """Where the block ends and the body begins: at the first empty line."""
    found = [(at, at + len(mark)) for mark in (b"\n\n", b"\n\r\n", b"\r\r") if (at := data.find(mark, start, stop)) >= 0]
    return min(found, default=(stop, stop))


def _goes_on(lines: list[bytes], number: int) -> bool:
    following = lines[number + 1 : number + 3]
    return bool(following) and any(_KNOWN.match(line) for line in following)


def message_start(data: bytes) -> int:
    """Where the headers begin: after a byte order mark, blank lines, an mbox "From " line or a few lines of garbage."""
    at = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    for tried in range(8):
        while data[at : at + 1] in {b"\n", b"\r"}:
            at += 1
        end = data.find(b"\n", at)
        line = data[at : end if end >= 0 else len(data)]
        if end < 0 or (_FIELD.match(line) and not line.startswith((b"From ", b">From "))):
            return at
        if not line.startswith((b"From ", b">From ")) and not _fields_follow(data, end + 1):
            return at if tried else 0
        at = end + 1
    return at


def _fields_follow(data: bytes, at: int) -> bool:
    ahead = data[at : at + 600].split(b"\n", 4)
    return sum(1 for line in ahead[:4] if _KNOWN.match(line)) >= 1


def decode_words(value: str) -> str:
    """RFC 2047, also where words are broken, unfinished, glued to others, or split inside one character."""
    if "=?" not in value:
        return " ".join(value.split()) if "\t" in value or "  " in value else value
    last = value.rfind("?=")
    head, tail = (value[: last + 2], value[last + 2 :]) if last > 0 else ("", value)
    pieces: list[str] = []
    pending: tuple[str, bytearray] | None = None
    at = 0
    for word in _WORD.finditer(head):
        between = head[at : word.start()]
        charset, data = word[1].lower(), _word_bytes(word[2], word[3])
        if pending and (between or pending[0] != charset):
            pieces.append(charsets.decode(bytes(pending[1]), pending[0]))
            pending = None
        pieces.append(between)
        pending = (charset, pending[1] + data) if pending else (charset, bytearray(data))
        at = word.end()
    if pending:
        pieces.append(charsets.decode(bytes(pending[1]), pending[0]))
    pieces.append(head[at:])
    cut = _CUT_WORD.search(tail)
    if cut:
        tail = tail[: cut.start()] + charsets.decode(_word_bytes(cut[2], cut[3]), cut[1])
    return " ".join("".join([*pieces, tail]).split())


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    return base64(data) if encoding in "bB" else binascii.a2b_qp(data.replace(b" ", b"_"), header=True)


_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


def base64(data: bytes) -> bytes:
    """Decodes whatever can be: missing padding, foreign characters and several padded pieces in a row included."""
    if b"=" not in data.rstrip(b"=\r\n \t"):
        try:
            return binascii.a2b_base64(data)
        except binascii.Error:
            pass
    decoded = bytearray()
    for piece in data.split(b"="):
        clean = _NOT_BASE64.sub(b"", piece)
        if len(clean) % 4 == 1:
            clean = clean[:-1]
        decoded += binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))
    return bytes(decoded)


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """A value like `text/plain; charset=x` to its first word in lower case and its parameters, RFC 2231 pieces put together."""
    first, semicolon, rest = value.partition(";")
    if not semicolon and "=" in value:  # "multipart/mixed boundary=x": the semicolon was lost
        first, _, rest = value.strip().partition(" ")
        first, rest = first.split("\t")[0], rest or value.partition("\t")[2]
    found: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for match in _PARAMETER.finditer(";" + rest):
        name, text = match[1].lower(), _unquote(match[2].strip())
        section = _SECTION.match(name)
        if "*" in name and section and (section[2] or section[3]):
            pieces.setdefault(section[1], []).append((int(section[2] or 0), bool(section[3]), text))
        else:
            found.setdefault(name, decode_words(text))
    for name, parts in pieces.items():
        found[name] = _joined(sorted(parts, key=lambda part: part[0]))
    return first.strip().lower(), found


def _unquote(text: str) -> str:
    if not text.startswith('"'):
        return text.partition(" (")[0]
    inner = text[1:-1] if len(text) > 1 and text.endswith('"') else text[1:]
    return re.sub(r'\\(["\\])', r"\1", inner)


def _joined(parts: list[tuple[int, bool, str]]) -> str:
    charset, data = "", bytearray()
    for place, (_, encoded, text) in enumerate(parts):
        if encoded and place == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data += unquote_to_bytes(text) if encoded else text.encode("utf-8")
    return charsets.decode(bytes(data), charset)
