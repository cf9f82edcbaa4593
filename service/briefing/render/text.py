"""The plain form, for a terminal and for the text part of a mail.

Only the title and our own headings stand at the margin: whatever comes from outside is one paragraph, indented.
"""

from __future__ import annotations

import re
from textwrap import TextWrapper

from service.briefing.render import view
from service.briefing.render.templating import template
from service.domain.facts import Briefing

WIDTH = 76
_BLANKS = re.compile(r"\n{3,}")


def to_text(briefing: Briefing) -> str:
    rendered = template("text/briefing.txt").render(page=view.page(briefing, view.Room(details=6, text=400)), hang=hang)
    return _BLANKS.sub("\n\n", rendered).strip() + "\n"


def words(briefing: Briefing) -> int:
    """Words of the plain form, headings and coverage included."""
    return len(to_text(briefing).split())


def hang(text: str, lead: str) -> str:
    """A paragraph after `lead`, its further lines indented as far as the lead is wide."""
    wrapper = TextWrapper(
        width=WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead), break_long_words=False, break_on_hyphens=False
    )
    return wrapper.fill(text) or lead.rstrip()
