"""The pass over an HTML tree that writes down what is seen and counts what is not."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from service.domain.items import Link
from service.mail import cascade, elements, lengths, limits, looks, sheets
from service.mail.looks import Look
from service.mail.writing import Writing


class Walk:
    """One pass over the tree without recursion: `_enter` says how the inside looks, or None to pass it by."""

    def __init__(
        self, rules: dict[int, list[sheets.Rule]], leave_out: frozenset[int], *, mark_quotes: bool, variables: bool
    ) -> None:
        self.writing = Writing()
        self.links: list[Link] = []
        self.pictures: list[str] = []
        self.hidden = 0
        self.hidden_texts: list[str] = []
        self._rules = rules
        self._leave_out = leave_out
        self._mark_quotes = mark_quotes
        self._variables = variables  # whether custom properties are used at all
        self._closed: set[int] = set()  # what only an act of the reader would show
        self._link: tuple[str, int, list[str]] | None = None  # target, place in the writing, pictures in it
        self._lists: list[int] = []  # items counted so far, -1 for bullets

    def run(self, root: LexborNode) -> None:
        open_: list[tuple[LexborNode, Look]] = []
        node: LexborNode | None = root
        look = looks.START
        while node is not None:
            inside = self._visit(node, look)
            child = node.first_child if inside is not None else None
            if inside is not None and child is not None:
                open_.append((node, look))
                node, look = child, inside
                continue
            if inside is not None:
                self._leave(node)
            while node.next is None:
                if not open_:
                    return
                node, look = open_.pop()
                self._leave(node)
                if node is root:
                    return
            node = node.next

    def _visit(self, node: LexborNode, look: Look) -> Look | None:
        tag = node.tag or ""
        if tag == "-text":
            if self._closed and node.mem_id in self._closed:
                self._count(node)
            else:
                self._text(node.text_content or "", look)
            return None
        if (tag in elements.UNSEEN and tag != "html") or node.mem_id in self._leave_out or node.mem_id in self._closed:
            if tag not in elements.NOT_TEXT and node.mem_id not in self._leave_out:
                self._count(node)
            return None
        if tag == "br":
            self.writing.line()
            return None
        return self._enter(node, tag, look)

    def _text(self, text: str, look: Look) -> None:
        if not text.strip() or look.is_seen:
            self.writing.say(text, keep=look.keeps_spaces)
        else:
            self._hide(text.split())

    def _count(self, node: LexborNode, value: str | None = "") -> None:
        self._hide(f"{node.text(deep=True)} {value or ''}".split())

    def _hide(self, words: list[str]) -> None:
        self.hidden += sum(map(len, words))
        if words and len(self.hidden_texts) < limits.HIDDEN_TEXTS:
            self.hidden_texts.append(" ".join(words)[: limits.HIDDEN_TEXT])

    def _enter(self, node: LexborNode, tag: str, look: Look) -> Look | None:
        attributes = node.attributes
        rules = self._rules.get(node.mem_id)
        style: dict[str, str] = {}
        if attributes or rules or tag in elements.STYLED:
            style = cascade.style_of(tag, attributes, rules)
            if tag == "details" and "open" not in attributes:
                self._details(node)
            elif tag == "select" and not ("multiple" in attributes or (attributes.get("size") or "1") != "1"):
                self._menu(node)
            if self._variables:
                look = looks.with_variables(look, style)
                style = cascade.resolved(style, look.variables)
            look, hidden = cascade.worn(look, style)
            if hidden or cascade.is_gone(tag, attributes, style):
                self._count(node, attributes.get("value") if tag == "input" else "")
                return None
        if tag in {"img", "input"}:
            self._replaced(tag, attributes, style, look)
            return None
        if tag in {"pre", "textarea"}:
            look = looks.restyled(look, {"white-space": "pre"})
        self._open(tag, attributes, style.get("display", ""))
        return look

    def _details(self, node: LexborNode) -> None:
        self._closed |= {child.mem_id for child in node.iter(include_text=True) if child.tag != "summary"}

    def _menu(self, node: LexborNode) -> None:
        """Of a menu that drops down its chosen entry is seen, else its first."""
        options = node.css("option")
        chosen = [option for option in options if "selected" in option.attributes] or options[:1]
        self._closed |= {option.mem_id for option in options} - {option.mem_id for option in chosen[-1:]}

    def _replaced(self, tag: str, attributes: dict[str, str | None], style: dict[str, str], look: Look) -> None:
        if tag == "input":
            if (attributes.get("type") or "text").lower() in {
                "text",
                "submit",
                "button",
                "email",
                "search",
                "reset",
            } and look.is_seen:
                self.writing.say(f" {attributes.get('value') or ''} ")
            return
        size = [
            lengths.px(style.get(side, "") or (attributes.get(side) or "").removesuffix("px") or "99")
            for side in ("width", "height")
        ]
        alt = " ".join((attributes.get("alt") or "").split())
        if not alt:
            return
        if min(99.0 if side is None else side for side in size) <= 3:
            self._hide(alt.split())
        elif look.shown:
            self.pictures.append(alt[:200])
            if self._link is not None:
                self._link[2].append(alt[:200])

    def _open(self, tag: str, attributes: dict[str, str | None], display: str) -> None:
        gap = elements.BLOCK.get(tag, 0)
        if display:
            gap = 0 if display in elements.FLOWS else max(gap, 1) if display in elements.BREAKS_OUT else gap
        if gap:
            self.writing.gap(gap if not (gap == 2 and self._lists and tag in {"ul", "ol"}) else 1)
        if tag == "a":
            target = re.sub(r"[\x00-\x20]+", " ", attributes.get("href") or "").strip()[:2000]
            self._link = (target, self.writing.place(), []) if target and not target.startswith("#") else None
        elif tag in {"td", "th"}:
            self.writing.cell()
        elif tag in {"ul", "ol"}:
            self._lists.append(0 if tag == "ol" else -1)
        elif tag == "li":
            self.writing.mark(self._marker())
        elif tag == "blockquote" and self._mark_quotes:
            self.writing.quote(1)
        elif tag == "q":
            self.writing.say("\u201c")

    def _marker(self) -> str:
        if not self._lists or self._lists[-1] < 0:
            return "  " * min(len(self._lists) - 1, 8) + "\u2022 "
        self._lists[-1] += 1
        return "  " * min(len(self._lists) - 1, 8) + f"{self._lists[-1]}. "

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        gap = elements.BLOCK.get(tag, 0)
        if tag == "a" and self._link is not None:
            target, place, pictures = self._link
            self.links.append(Link(self.writing.since(place) or " ".join(pictures), target))
            self._link = None
        elif tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
            gap = 1 if self._lists else 2
        elif tag == "blockquote" and self._mark_quotes:
            self.writing.quote(-1)
        elif tag == "q":
            self.writing.say("\u201d")
        if gap:
            self.writing.gap(gap)
