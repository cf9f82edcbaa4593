"""The plain form, for a terminal and for the text part of a mail.

Only the title and our own headings stand at the margin: whatever comes from outside is one paragraph, indented.
"""

from __future__ import annotations

import re

from service.briefing.render import view
from service.briefing.render.templating import template
from service.domain.facts import Briefing

WIDTH = 76
_BLANKS = re.compile(r"\n{3,}")


def to_text(briefing: Briefing) -> str:
    rendered = template("text/briefing.txt").render(page=view.page(briefing, view.TEXT), hang=hang)
    return _BLANKS.sub("\n\n", rendered).strip() + "\n"


def words(briefing: Briefing) -> int:
    """Words of the plain form, headings and coverage included; counted without rendering it, since a briefing is measured often."""
    page = view.page(briefing, view.TEXT)
    coverage = page.coverage
    unread = page.kind == "morning" and not (coverage.read or coverage.unread)
    said = (
        *(
            page.title,
            page.bottom_line,
            coverage.missing and f"! {coverage.missing}",
            "Coverage",
            "! No source was read." * unread,
        ),
        *(f"- {words}" for words in (*coverage.unread, *coverage.notes, *coverage.missed, *coverage.problems)),
        *(coverage.read, coverage.suppressed, "As of", coverage.clock if page.kind == "morning" else coverage.made),
        *(section.heading for section in page.sections),
        *(f"and {section.more} more" for section in page.sections if section.more),
    )
    lines = sum(_count(line, 3, marked=s.ordered or not line.timed) for s in page.sections for line in s.lines)
    return len(" ".join(said).split()) + lines


def _count(line: view.Line, cited: int = 1, *, marked: bool = True) -> int:
    """With the mark before it (a number, a dash), the first sources and all that stands below."""
    shorts: dict[str, str] = {}
    for source in line.sources:
        shorts.setdefault(source.short.lower(), source.short)
    shorts.pop("", None)
    said = " ".join((line.label, line.text, *list(shorts.values())[:cited]))
    return len(said.split()) + marked + line.private + sum(_count(detail) for detail in line.lines)


def hang(text: str, lead: str) -> str:
    """A paragraph after `lead`, its further lines indented as far as the lead is wide."""
    lines, current, indent = [], "", " " * len(lead)
    for word in text.split():
        if not current:
            current = lead + word
        elif len(current) + 1 + len(word) <= WIDTH:
            current += f" {word}"
        else:
            lines.append(current)
            current = indent + word
    return "\n".join((*lines, current)) if current else lead.rstrip()
