"""Text put down piece by piece as a browser flows it: blanks collapse, blocks start lines, quotes get a mark."""

from __future__ import annotations

import re

_MARKS = 8
"""Quotes deeper than this get no further marks: a few kilobytes must not become megabytes."""
_PARAGRAPH = 2
"""Line breaks between paragraphs: a single <br> there adds none."""
_BLANKS = re.compile(r"[ \t\n\r\f]+")


class Writing:
    def __init__(self) -> None:
        self._out: list[str] = []
        self._breaks = 0  # line breaks due before the next words
        self._hard = 0  # of these, asked for by <br>
        self._blank = ""  # a blank or tab due before the next words on this line
        self._marker = ""
        self._quotes = 0
        self._quoted = 0  # the depth of the last words put down

    def say(self, text: str, *, keep: bool = False) -> None:
        if keep and "\n" in text:
            for number, line in enumerate(text.replace("\r\n", "\n").split("\n")):
                if number:
                    self.line()
                self._put(line)
            return
        if keep:
            self._put(text)
            return
        words = _BLANKS.sub(" ", text)
        if words == " " or not words:
            self._blank = self._blank or words
            return
        if words[0] == " ":
            self._blank = self._blank or " "
        self._put(words.strip(" "))
        self._blank = " " if words[-1] == " " else ""

    def _put(self, text: str) -> None:
        if not text:
            return
        if self._breaks and self._out:
            between = "> " * min(self._quoted, self._quotes, _MARKS)
            self._out.append(("\n" + between) * (self._breaks - 1) + "\n" + "> " * min(self._quotes, _MARKS))
        elif not self._out:
            self._out.append("> " * min(self._quotes, _MARKS))
        elif self._blank and not self._marker:
            self._out.append(self._blank)
        self._out.append(self._marker + text)
        self._breaks, self._hard, self._blank, self._marker, self._quoted = 0, 0, "", "", self._quotes

    def line(self) -> None:
        """<br>: the first ends a line, further ones leave lines empty; so does the first where a block has just ended."""
        self._hard += 1
        if self._hard > 1 or self._breaks < _PARAGRAPH:
            self._breaks = min(self._breaks + 1, 4)
        self._blank = ""

    def gap(self, breaks: int) -> None:
        self._breaks = max(self._breaks, breaks)
        self._blank = ""

    def cell(self) -> None:
        """A table's next cell stands on the same line unless something broke it."""
        if self._out and not self._breaks:
            self._blank = "\t"

    def mark(self, marker: str) -> None:
        self._marker = marker

    def quote(self, by: int) -> None:
        self._quotes = max(self._quotes + by, 0)

    def place(self) -> int:
        return len(self._out)

    def since(self, place: int) -> str:
        return " ".join("".join(self._out[place:]).split())

    def text(self) -> str:
        return "".join(self._out).replace("> \n", ">\n")
