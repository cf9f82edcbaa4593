"""Which elements a CSS selector means, in time that no selector can blow up.

Only compounds ("td.a[x]") go to the HTML library: its matching of "* * * *" takes time exponential in the combinators.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

_DYNAMIC = re.compile(
    r":(?:hover|active|focus|visited|checked|target|disabled|has|focus-\w+)|::|:(?:before|after|first-line|first-letter)|"
    r":(?:not|is|where|matches)\([^)]*[:(>+~]|:(?:not|is|where)\(\s*[^\s,)]+\s+[^\s,)]"
)
_PIECE = re.compile(r"\s*([>+~])\s*|(\s+)|((?:\[[^\]]*\]?|\([^)]*\)?|[^\s>+~\[(])+)")
_WORK = 300_000
"""Elements looked at for all selectors of a page together."""


class TooMuchWork(Exception):
    """The page's selectors need more time than reading it is worth."""


class Selectors:
    def __init__(self, tree: LexborHTMLParser, tags: int) -> None:
        self.skipped = False  # whether a selector was too costly to be looked at
        self._tree = tree
        self._counting = tags * tags // 200  # what it costs to count the siblings of each element
        self._found: dict[str, dict[int, LexborNode]] = {}
        self._left = _WORK

    def select(self, selector: str) -> list[int]:
        """`mem_id`s of the elements it means. Empty for what no browser understands or only a pointer brings about."""
        if len(selector) > 300 or _DYNAMIC.search(selector):
            return []
        found: dict[int, LexborNode] | None = None
        combinator = " "
        for piece in _PIECE.finditer(selector.strip()):
            if piece[1]:
                combinator = piece[1]
            elif piece[2]:
                combinator = combinator if combinator in ">+~" and combinator else " "
            else:
                matches = self._compound(piece[3])
                found = matches if found is None else self._related(matches, combinator, found)
                combinator = ""
                if not found:
                    return []
        self._spend(len(found or ()))
        return list(found or ())

    def _compound(self, compound: str) -> dict[int, LexborNode]:
        if compound not in self._found:
            if (":nth" in compound or "-of-type" in compound) and not self._affords(self._counting):
                return {}
            try:
                nodes = self._tree.css(
                    compound.replace(":any-link", "[href]").replace(":link", "[href]").replace(":root", "html")
                )
            except (SelectolaxError, ValueError, RuntimeError):
                nodes = []
            self._spend(len(nodes) + 200)
            self._found[compound] = {node.mem_id: node for node in nodes}
        return self._found[compound]

    def _related(self, matches: dict[int, LexborNode], combinator: str, to: dict[int, LexborNode]) -> dict[int, LexborNode]:
        return {id_: node for id_, node in matches.items() if self._is_related(node, combinator, to)}

    def _is_related(self, node: LexborNode, combinator: str, to: dict[int, LexborNode]) -> bool:
        sideways = combinator in {"+", "~"}
        other = node.prev if sideways else node.parent
        steps = 0
        while other is not None:
            steps += 1
            if other.mem_id in to:
                self._spend(steps)
                return True
            if combinator == ">" or (combinator == "+" and other.is_element_node):
                break
            other = other.prev if sideways else other.parent
        self._spend(steps)
        return False

    def _affords(self, steps: int) -> bool:
        if steps > self._left:
            self.skipped = True
            return False
        self._spend(steps)
        return True

    def _spend(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0:
            raise TooMuchWork
