"""Markdown, org and reStructuredText to plain text, lightly: the words stay, the signs around them go."""

from __future__ import annotations

import re

# Every repetition is bounded: a line of a million brackets costs what it is long, not its square.
_HEADING = {
    ".org": re.compile(r"^\*+[ \t]+(?:TODO |DONE )?(.+)$", re.MULTILINE),
    "": re.compile(r"^#{1,6}[ \t]+(.+?)[ \t]*#*$", re.MULTILINE),
}
_UNDERLINED = re.compile(r"^(\S.*)\n(={3,}|-{3,})[ \t]*$", re.MULTILINE)
_IMAGE = re.compile(r"!\[([^\[\]\n]{0,300})\]\([^()\n]{0,1000}\)|!\[\[[^\[\]\n]{0,300}\]\]")
_LINK = re.compile(r"(?<!!)\[([^\[\]\n]{1,300})\]\(((?:[^()\n]|\([^()\n]{0,100}\)){0,1000})\)")
_WIKI = re.compile(r"\[\[(?:[^\[\]|\n]{0,300}\|)?([^\[\]|\n]{1,300})\]\]")
_ORG_LINK = re.compile(r"\[\[([^\[\]\n]{1,500})\]\[([^\[\]\n]{1,300})\]\]")
_STRONG = re.compile(r"(\*\*\*|\*\*|__|~~|==)(?=\S)(.{1,300}?)(?<=\S)\1")
_SLANTED = re.compile(r"(?<![\w*_])([*_])(?=[^\s*_])([^\n*_]{1,300}?)(?<=\S)\1(?![\w*_])")
_RULE = re.compile(r"^[ \t]*(?:[-*_][ \t]*){3,}$|^```.*$|^~~~.*$|^:PROPERTIES:$|^:END:$|^#\+\w+:.*$", re.MULTILINE)


def plain(text: str, kind: str) -> str:
    if kind in {".md", ".markdown", ".mdown", ".mkd", ".org", ".rst", ".adoc", ".asciidoc"}:
        text = _without(_without(text, "<!--", "-->"), "%%", "%%")
        text = _UNDERLINED.sub(r"\1", text)
        text = _RULE.sub("", text)
        text = (_HEADING[".org"] if kind == ".org" else _HEADING[""]).sub(r"\1", text)
        text = _IMAGE.sub(r"\1", text)
        text = _ORG_LINK.sub(r"\2 (\1)", text) if kind == ".org" else _LINK.sub(_with_target, text)
        text = _SLANTED.sub(r"\2", _STRONG.sub(r"\2", _WIKI.sub(r"\1", text)))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def title_of(text: str, kind: str) -> str:
    """The first heading; "" where there is none."""
    if kind in {".txt", ".text"}:
        underlined = _UNDERLINED.search(text[:2000])
        return underlined[1] if underlined else ""
    found = [m for m in ((_HEADING.get(kind) or _HEADING[""]).search(text[:20000]), _UNDERLINED.search(text[:20000])) if m]
    first = min(found, key=lambda m: m.start(), default=None)
    return plain(first[1], ".md") if first else ""


def _without(text: str, opening: str, closing: str) -> str:
    """Comments go: who reads the note does not see them. One that never ends stays."""
    kept: list[str] = []
    at = 0
    while (start := text.find(opening, at)) != -1 and (end := text.find(closing, start + len(opening))) != -1:
        kept.append(text[at:start])
        at = end + len(closing)
    return "".join((*kept, text[at:]))


def _with_target(link: re.Match[str]) -> str:
    """Where a link goes is worth keeping, unless it is said already."""
    words, target = link[1], next(iter(link[2].split()), "").strip("<>")  # a title may follow the target
    return words if not target.startswith("http") or target in words else f"{words} ({target})"
