"""The tree of parts (RFC 2046), found in one pass over the lines that start with "--".

The standard library's parser asks every open multipart about every line, so that nesting costs depth times size, and
recursion ends in RecursionError. Here a line is looked up once among the open boundaries, and depth and parts are capped.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field

from service.mail import headers, limits
from service.mail.headers import Headers

_DELIMITER = re.compile(rb"--([^\r\n]{0,10000})(?:\r\n|\n|\r|\Z)")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+\Z")


@dataclass(slots=True)
class Part:
    """A leaf has `body` (still encoded), a multipart `children`, an attached message both."""

    headers: Headers
    media_type: str
    params: dict[str, str]
    disposition: str = ""
    filename: str = ""
    body: memoryview | bytes = b""
    children: list[Part] = field(default_factory=list)

    @property
    def is_multipart(self) -> bool:
        return self.media_type.startswith("multipart/")

    @property
    def encoding(self) -> str:
        return self.headers.raw("content-transfer-encoding").partition(";")[0].strip("\"' \t").lower()

    def decoded(self, cap: int = limits.TEXT_BYTES) -> bytes:
        """At most what `cap` encoded bytes hold."""
        data = bytes(self.body[:cap])
        if self.encoding == "base64":
            return headers.base64(data)
        return binascii.a2b_qp(data) if self.encoding == "quoted-printable" else data

    @property
    def size(self) -> int:
        """Decoded bytes, reckoned from the length of the text without decoding it."""
        if self.encoding not in {"base64", "quoted-printable"}:
            return len(self.body)
        data = bytes(self.body)
        if self.encoding == "base64":
            return (len(data) - sum(data.count(c) for c in (b"\n", b"\r", b"=", b" "))) * 3 // 4
        return (
            len(data)
            - 3 * data.count(b"=\r\n")
            - 2 * data.count(b"=\n")
            - 2 * (data.count(b"=") - data.count(b"=\r\n") - data.count(b"=\n"))
        )


@dataclass(slots=True)
class Tree:
    root: Part
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Open:
    """A multipart whose end has not been seen, or (boundary "") an attached message inside it."""

    part: Part
    boundary: bytes
    begins: int


def parse(data: bytes) -> Tree:
    """Never raises. Lines may end as they like, alone a bare CR only where nothing else ends them."""
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    return _Scan(data).run()


class _Scan:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.view = memoryview(data)
        self.open: list[_Open] = []
        self.leaf: Part | None = None  # the part whose body is being passed over
        self.leaf_at = 0
        self.parts = 0
        self.problems: list[str] = []

    def run(self) -> Tree:
        root = self._start(headers.message_start(self.data), "text/plain", None)
        if self.open:
            self._scan()
        self._end_leaf(len(self.data), last=True)
        self._close(0, len(self.data))
        return Tree(root, self.problems)

    def _scan(self) -> None:
        at = self.leaf_at - 1
        for _ in range(limits.DELIMITERS):
            at = self._next_line(at)
            if at < 0 or not self.open:
                return
            match = _DELIMITER.match(self.data, at)
            if at < self.leaf_at or match is None:  # stands among headers, or goes on for ever
                continue
            found = self._find(match[1].rstrip())
            if found is None:
                continue
            level, closes = found
            self._end_leaf(match.start())
            self._close(level if closes else level + 1, match.start())
            if closes:
                self.leaf_at = match.end()
                continue
            if self.parts >= limits.PARTS:
                self.problems.append(f"more than {limits.PARTS} parts; the rest was left out")
                return
            parent = self.open[level].part
            default = "message/rfc822" if parent.media_type == "multipart/digest" else "text/plain"
            self._start(match.end(), default, parent)

        self.problems.append("more boundary lines than any mail has; what follows was not taken apart")

    def _next_line(self, at: int) -> int:
        """Where the next line that starts with "--" does, -1 where there is none."""
        if at < self.leaf_at == at + 1 and self.data.startswith(b"--", at + 1):
            return at + 1
        found = self.data.find(b"\n--", max(at, 0))
        return found + 1 if found >= 0 else -1

    def _find(self, line: bytes) -> tuple[int, bool] | None:
        """The innermost open multipart that this line belongs to, and whether it ends it."""
        for level in range(len(self.open) - 1, -1, -1):
            boundary = self.open[level].boundary
            if line == boundary:
                return level, False
            if line == boundary + b"--":
                return level, True
        return None

    def _start(self, at: int, default: str, parent: Part | None) -> Part:
        fields, body = headers.parse(self.data, at)
        part = _described(fields, default)
        self.parts += 1
        if parent is not None:
            parent.children.append(part)
        self.leaf, self.leaf_at = part, body
        boundary = part.params.get("boundary", "").encode("utf-8").rstrip()
        if not (part.is_multipart or part.media_type in {"message/rfc822", "message/global"}):
            return part
        if len(self.open) >= limits.DEPTH:
            self.problems.append(f"parts nested deeper than {limits.DEPTH}; the inner ones were left out")
            part.media_type = "application/octet-stream"
        elif part.is_multipart:
            boundary = boundary or self._guessed_boundary(body)
            if boundary:
                self.open.append(_Open(part, boundary, body))
        elif part.encoding in {"", "7bit", "8bit", "binary"} and self._is_message(body):
            self.open.append(_Open(part, b"\x00", body))
            self._start(headers.message_start(self.data[body : body + 4096]) + body, "text/plain", part)
        return part

    def _guessed_boundary(self, body: int) -> bytes:
        """A multipart that does not name its boundary: the first line that looks like one and is followed by a header."""
        match = re.compile(rb"(?:^|(?<=\n))--([^\r\n]{1,200})\r?\n(?=content-)", re.I).search(self.data, body)
        return match[1].rstrip() if match else b""

    def _is_message(self, body: int) -> bool:
        fields, _ = headers.parse(self.data[body : body + 4096])
        return len(fields) > 0

    def _end_leaf(self, at: int, *, last: bool = False) -> None:
        """The leaf's body ends before the line break that stands before a boundary (RFC 2046, section 5.1.1)."""
        leaf, self.leaf = self.leaf, None
        if leaf is None:
            return
        if last:
            at = self._unglued(at)
        elif self.data[at - 2 : at] == b"\r\n":
            at -= 2
        elif self.data[at - 1 : at] in {b"\n", b"\r"}:
            at -= 1
        leaf.body = self.view[self.leaf_at : max(at, self.leaf_at)]

    def _close(self, level: int, at: int) -> None:
        for open_ in self.open[level:]:
            if not open_.part.is_multipart:
                open_.part.body = self.view[open_.begins : max(at, open_.begins)]
        del self.open[level:]

    def _unglued(self, at: int) -> int:
        """The last boundary may be glued to the last line of the body: writers forget the line break."""
        tail = self.data[max(0, at - 300) : at].rstrip()
        for open_ in reversed(self.open):
            mark = b"--" + open_.boundary + b"--"
            if tail.endswith(mark):
                return at - len(self.data[max(0, at - 300) : at]) + len(tail) - len(mark)
        return at


def _described(fields: Headers, default: str) -> Part:
    declared = fields.raw("content-type")
    media_type, params = headers.parameters(declared) if declared else (default, {})
    if not _TYPE.match(media_type):
        media_type = default if not media_type.startswith("multipart") else "multipart/mixed"
    disposition_value = fields.raw("content-disposition")
    disposition, placed = headers.parameters(disposition_value) if disposition_value else ("", {})
    name = placed.get("filename") or params.get("name") or ""
    return Part(fields, media_type, params, disposition, name)
