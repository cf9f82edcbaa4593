"""Finding many phrases in one pass over the words of a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[?!$%€£]")


def words(text: str) -> tuple[str, ...]:
    """The words of a text and the marks that carry meaning (? ! $ % € £), lower case, straight apostrophes."""
    return tuple(_WORDS.findall(text.lower().replace("’", "'")))


def phrases(table: str) -> tuple[str, ...]:
    """The phrases of a word list: one a line, or several between semicolons."""
    return tuple(p for p in (part.strip() for part in re.split(r"[;\n]", table)) if p)


class Lexicon:
    """Phrases by meaning. Looks only at words that begin a phrase, so its cost hardly grows with the number of phrases."""

    def __init__(self, tables: Mapping[str, str]) -> None:
        first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for meaning, table in tables.items():
            for phrase in phrases(table):
                head, *rest = words(phrase)
                first.setdefault(head, []).append((tuple(rest), meaning))
        self._first = {
            # longer phrases first, so that "please note" is seen before "please"
            head: tuple(sorted(entries, key=lambda e: -len(e[0])))
            for head, entries in first.items()
        }

    def find(self, tokens: tuple[str, ...]) -> list[tuple[str, int, int]]:
        """(meaning, index of the first word, number of words), by position; a word may begin phrases of several meanings."""
        found = []
        first = self._first
        for i, token in enumerate(tokens):
            entries = first.get(token)
            if entries:
                for rest, meaning in entries:
                    length = len(rest)
                    if not length or tokens[i + 1 : i + 1 + length] == rest:
                        found.append((meaning, i, length + 1))
        return found

    def meanings(self, tokens: tuple[str, ...]) -> set[str]:
        return {meaning for meaning, _, _ in self.find(tokens)}

    def counts(self, tokens: tuple[str, ...]) -> dict[str, int]:
        """How often each meaning occurs."""
        return tally(meaning for meaning, _, _ in self.find(tokens))


def tally(meanings: Iterable[str]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for meaning in meanings:
        counted[meaning] = counted.get(meaning, 0) + 1
    return counted
