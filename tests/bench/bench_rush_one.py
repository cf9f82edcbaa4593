"""One briefing of the morning rush, phase by phase, for many people of whom each comes by once; beside the bare floor.

`python -m tests.bench.bench_rush_one [PEOPLE] [DATABASE URL]`; with RUSH_PROFILE=FILE the phases are profiled into that file.
"""

from __future__ import annotations

import cProfile
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from statistics import median

from service.briefing import morning, render
from service.calendar.reader import IsolatedCalendarReader
from service.domain.delivery import Audience, IdempotencyKey, Notice
from service.integrations import mime
from service.isolation import Isolated
from service.mail.reader import IsolatedMailReader
from service.ports import Surroundings
from service.settings import Config, load
from service.store import Store
from service.store.database import acting_as
from service.store.reading import PersonItems
from service.triage import Triage
from tests.bench import rush, sink
from tests.bench.figures import Figure, report
from tests.bench.rush_floor import floor

PEOPLE, WARM_UP = 120, 20
REACH = 0.5  # of the floor's rate
MOST_OPENING = 2.0  # ms


@dataclass
class Laps:
    """Processor time by phase, in milliseconds."""

    spent: dict[str, list[float]] = field(default_factory=dict)

    @contextmanager
    def lap(self, phase: str) -> Iterator[None]:
        start = time.process_time_ns()
        yield
        self.spent.setdefault(phase, []).append((time.process_time_ns() - start) / 1e6)

    def median(self, *phases: str) -> float:
        """Of the sum of these phases, briefing by briefing."""
        return median(map(sum, zip(*(self.spent[p] for p in phases), strict=True)))


@dataclass
class Rush:
    store: Store
    isolated: Isolated
    laps: Laps = field(default_factory=Laps)

    def briefing(self, file: Path) -> None:
        lap = self.laps.lap
        with lap("config"):
            config = load(file)
        with lap("objects"):
            calendar = IsolatedCalendarReader(self.isolated)
            parts = {"accounts": self.store.accounts, "deliveries": self.store.deliveries, "ledger": self.store.ledger}
            items = PersonItems(config.person, self.store.database, self.store.codec, calendar=calendar, **parts)
            Triage(config.person, config.rules, {s.name: s.kind for s in config.sources})
            around = self._around(config)
            channel = config.channels["inbox"].connect(around)
        with lap("compose"), acting_as(config.person.id):
            briefing = morning.compose(config.person, items, config.rules, rush.MORNING, rush.MORNING, measure=render.words)
        with lap("render"):
            notice = render.to_notice(briefing, Audience.PERSON, script=False)
        with lap("keep"):
            self._keep(notice)
        key = IdempotencyKey("k" + config.person.id)
        with lap("mime"):
            mime.compose(notice, key, sender="r@house.example", to=("m@house.example",), at=rush.MORNING)
        with lap("mime and smtp"):
            channel.send(notice, key)

    def _keep(self, notice: Notice) -> None:
        """As the ledger does it: sealed, and opened again before it goes out."""
        sealed = self.store.codec.pack(replace(notice, files=()))
        self.store.codec.unpack(sealed, Notice)

    def _around(self, config: Config) -> Surroundings:
        read_mail, read_calendar = IsolatedMailReader(self.isolated), IsolatedCalendarReader(self.isolated)
        return Surroundings(config.person, "inbox", config.folder, read_mail, read_calendar, lambda: rush.MORNING)


def main(people: int = PEOPLE, url: str = "") -> None:
    with (
        tempfile.TemporaryDirectory() as made,
        sink.running() as port,
        Isolated(workers=1, time_limit=timedelta(seconds=10), memory_limit=1 << 30) as pool,
    ):
        folder = Path(made)
        store, files = rush.fill(url or f"sqlite:///{folder / 'rush.db'}", folder, people + WARM_UP, port)
        for file in files[:WARM_UP]:
            Rush(store, pool).briefing(file)
        measured, bare, sent = Rush(store, pool), Laps(), floor(folder, port)
        for number in range(WARM_UP):
            sent(number)
        with _profiled():
            for number, file in enumerate(files[WARM_UP:], WARM_UP):  # turn about, so that whatever else runs here slows both
                measured.briefing(file)
                with bare.lap("floor"):
                    sent(number)
        store.close()
    _report(measured.laps, bare.median("floor"))


@contextmanager
def _profiled() -> Iterator[None]:
    file = os.environ.get("RUSH_PROFILE")
    if not file:
        yield
        return
    with cProfile.Profile() as profile:
        yield
    profile.dump_stats(file)


def _report(laps: Laps, bare: float) -> None:
    said = laps.median("config", "objects", "compose", "render", "keep", "mime and smtp")
    opening = laps.median("config", "objects")
    report(
        Figure(
            "one briefing, its person new to the process",
            said,
            bare,
            "ms",
            f"≥ {REACH} × the bare floor; CPU",
            bare / said >= REACH,
        ),
        Figure("  config read and objects built", opening, None, "ms", f"≤ {MOST_OPENING:g} ms", opening <= MOST_OPENING),
        *(Figure(f"    {name}", laps.median(name), None, "ms") for name in ("config", "objects")),
        *(Figure(f"  {name}", laps.median(name), None, "ms") for name in ("compose", "render", "keep", "mime and smtp")),
        Figure("    mime", laps.median("mime"), None, "ms"),
    )


if __name__ == "__main__":
    main(*(int(a) if a.isdigit() else a for a in sys.argv[1:]))
