"""The cursor: how far each quarter of each calendar was read. Its links carry what opens them, so it is sealed and never said."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from service.integrations.outlook_calendar.blocks import Block, Phase, place

VERSION = 1


@dataclass(slots=True)
class State:
    fingerprint: str
    calendars: dict[str, str] = field(default_factory=dict)  # name → id
    blocks: list[Block] = field(default_factory=list)

    def cursor(self) -> str:
        blocks = [[b.calendar, b.place, b.quarter, b.phase.value, b.link] for b in self.blocks]
        said = {"v": VERSION, "for": self.fingerprint, "calendars": self.calendars, "blocks": blocks}
        return json.dumps(said, separators=(",", ":"), ensure_ascii=False)

    def cover(self, quarters: list[int], owner: str, phase: Phase) -> None:
        """Each calendar by these quarters, in their order; those that are new in `phase`, others are let go of."""
        there = {(b.calendar, b.quarter): b for b in self.blocks}
        wanted = [(calendar, quarter) for quarter in quarters for calendar in self.calendars.values()]
        self.blocks = [there.get((c, q)) or Block(c, place(owner, c), q, phase) for c, q in wanted]


def read(cursor: str | None, fingerprint: str) -> State | None:
    """None where it is no cursor of this source."""
    try:
        said = json.loads(cursor or "")
        if said["v"] != VERSION or said["for"] != fingerprint:
            return None
        blocks = [Block(str(c), str(at), int(q), Phase(phase), str(link)) for c, at, q, phase, link in said["blocks"]]
        return State(fingerprint, {str(k): str(v) for k, v in said["calendars"].items()}, blocks)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
