"""Finding many phrases in one pass over the words of a text."""

from __future__ import annotations

import re
from collections.abc import Mapping

_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[?!$%€£¥₹₽₩₺₪]")


def words(text: str) -> tuple[str, ...]:
    """The words of a text and the marks that carry meaning (? ! % and signs of money), lower case, straight apostrophes."""
    return tuple(_WORDS.findall(text.lower().replace("’", "'")))


def phrases(table: str) -> tuple[str, ...]:
    """The phrases of a word list: one a line, or several between semicolons."""
    return tuple(p for p in (part.strip() for part in re.split(r"[;\n]", table)) if p)


Hit = tuple[str, int, int]
"""A meaning, the index of its first word and how many words it takes."""


_Entry = tuple[list[str], dict[str, list[tuple[tuple[str, ...], str]]]]
"""Of a word: what it means alone, and by the word after it the phrases it begins."""


class Lexicon:
    """Phrases by meaning. Looks only at words that begin a phrase, so its cost hardly grows with the number of phrases."""

    def __init__(self, tables: Mapping[str, str]) -> None:
        self._first: dict[str, _Entry] = {}
        for meaning, table in tables.items():
            for phrase in phrases(table):
                head, *rest = words(phrase)
                alone, longer = self._first.setdefault(head, ([], {}))
                if rest:
                    longer.setdefault(rest[0], []).append((tuple(rest), meaning))
                else:
                    alone.append(meaning)

    def find(self, tokens: tuple[str, ...]) -> tuple[Hit, ...]:
        """By position; a word may begin phrases of several meanings."""
        found: list[Hit] = []
        first = self._first
        for i in [i for i, token in enumerate(tokens) if token in first]:
            alone, longer = first[tokens[i]]
            if alone:
                found += [(meaning, i, 1) for meaning in alone]
            if longer and i + 1 < len(tokens) and tokens[i + 1] in longer:
                for rest, meaning in longer[tokens[i + 1]]:
                    if len(rest) == 1 or tokens[i + 1 : i + 1 + len(rest)] == rest:
                        found.append((meaning, i, len(rest) + 1))
        return tuple(found)
