"""The mail: one column of HTML that needs nothing from anywhere else."""

from __future__ import annotations

from service.briefing.render import view
from service.briefing.render.templating import template
from service.domain.facts import Briefing

LIMIT = 60_000
"""Bytes of UTF-8 before transfer encoding: base64 makes 81 KB of them, and Gmail clips a mail at 102 KB."""

_ROOMS = (view.Room(), view.Room(facts=14, details=4, text=240), view.Room(facts=6, details=0, text=160))


def to_html(briefing: Briefing) -> str:
    """A whole document. Where it would be too long for a mail, details go first, then facts, and it says how many."""
    html = ""
    for room in _ROOMS:
        html = template("email/briefing.html").render(page=view.page(briefing, room))
        if len(html.encode("utf-8", "replace")) <= LIMIT:
            break
    return html
