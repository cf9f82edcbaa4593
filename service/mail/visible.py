"""HTML to the text a person sees, with what hides text left out and counted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from service.domain.items import Link
from service.mail import invisible, limits, sheets
from service.mail.walk import Walk

_WITHOUT_END = frozenset(
    [
        "p",
        "li",
        "td",
        "th",
        "tr",
        "br",
        "img",
        "hr",
        "input",
        "option",
        "dt",
        "dd",
        "meta",
        "link",
        "tbody",
        "thead",
        "tfoot",
        "col",
        "area",
        "base",
        "wbr",
        "source",
    ]
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)")
_DEPTH = 400
_WEB = re.compile(r"(?:https?://|www\.)[^\s<>\"\u201c\u201d]{3,2000}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Seen:
    text: str
    links: tuple[Link, ...] = ()
    hidden: int = 0  # characters there that no person sees, blanks not counted
    hidden_texts: tuple[str, ...] = ()  # the first of it
    pictures: tuple[str, ...] = ()  # what pictures big enough to be seen are called


class Page:
    """An HTML text, parsed once; `see` may be asked several times with parts left out."""

    def __init__(self, html: str, nodes: int = limits.HTML_NODES) -> None:
        self.problems: list[str] = []
        shallow = _shallow(html, nodes)
        self.tags = shallow.count("<")
        if len(shallow) < len(html):
            self.problems.append("HTML nested too deep or too large; the rest was left out")
        self.tree = LexborHTMLParser(shallow)
        self._rules, too_many = sheets.rules_of(self.tree, self.tags)
        self._variables = "var(" in shallow
        if too_many:
            self.problems.append("a style sheet was read only in part")

    def see(self, leave_out: frozenset[int] = frozenset(), *, mark_quotes: bool = True) -> Seen:
        """The visible text. `leave_out` holds `mem_id`s of elements; quotes get "> " before their lines if asked."""
        root = self.tree.root
        walk = Walk(self._rules, leave_out, mark_quotes=mark_quotes, variables=self._variables)
        if root is not None:
            walk.run(root)
        cleaned = invisible.clean(walk.writing.text())
        text = cleaned.text.replace("\xa0", " ").strip()
        if not text and walk.pictures:
            text = "\n".join(walk.pictures)  # a mail of pictures only says what it calls them
        links = (Link(invisible.clean(link.text).text.strip(), link.target) for link in walk.links)
        return Seen(
            text, tuple(links)[: limits.LINKS], walk.hidden + cleaned.hidden, tuple(walk.hidden_texts), tuple(walk.pictures)
        )


def visible_text(html: str) -> Seen:
    return Page(html).see()


def links_in_text(text: str) -> tuple[Link, ...]:
    """Addresses that clients make clickable in plain text."""
    if "://" not in text and "www." not in text.lower():
        return ()
    found: dict[str, None] = {}
    for match in _WEB.finditer(text):
        found.setdefault(_trimmed(match[0]))
        if len(found) >= limits.LINKS:
            break
    return tuple(Link(url, url) for url in found)


def _trimmed(url: str) -> str:
    url = url.rstrip(".,;:!?'*_>")
    for _ in range(4):
        if not (url.endswith((")", "]")) and url.count(url[-1]) > url.count({")": "(", "]": "["}[url[-1]])):
            break
        url = url[:-1].rstrip(".,;:!?'*_")
    return url


def _shallow(html: str, nodes: int) -> str:
    """Cut where it nests deeper than any mail does: parsers need time that grows with depth times size."""
    if html.count("<") < min(_DEPTH, nodes):
        return html
    depth = 0
    for tags, match in enumerate(_TAG.finditer(html)):
        if match[2].lower() not in _WITHOUT_END:
            depth = max(depth - 1, 0) if match[1] else depth + 1
        if depth > _DEPTH or tags > nodes:
            return html[: match.start()]
    return html
