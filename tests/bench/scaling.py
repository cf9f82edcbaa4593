"""The arithmetic of docs/scaling.md: what so many people need, from assumptions that have names. `python -m tests.bench.scaling`
writes the page's tables anew; a test compares.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, replace
from math import ceil
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "scaling.md"
MARK = re.compile(r"(<!-- begin (?P<name>[\w ]+) -->\n)(?P<table>.*?)(<!-- end -->)", re.DOTALL)
DAY, MINUTE = 86_400, 60  # seconds


def assumed(value: float, unit: str, why: str) -> Any:
    return field(default=value, metadata={"unit": unit, "why": why})


@dataclass(frozen=True)
class Assumptions:
    """Of one person unless the unit says otherwise."""

    # what happens
    poll_every: float = assumed(5, "minutes", "`triage` and `slack`, the two interval cadences, as their default")
    speaking: float = assumed(0.005, "of interval runs", "find something worth a notice: three a day")
    briefings: float = assumed(1, "a day", "one morning; its audio is made")
    meetings: float = assumed(2, "a day", "each with a brief and a push, so two occurrences")
    mails: float = assumed(60, "a day", "read, judged and kept")
    channels: float = assumed(1.5, "a notice", "deliveries: inbox, sometimes a push too")
    facts: float = assumed(20, "a briefing", "rows that say what was told")
    # the rush
    zone_share: float = assumed(0.20, "of people", "live in the most crowded time zone")
    same_minute: float = assumed(0.50, "of those", "want their morning in the same minute, 07:00")
    prepare_ahead: float = assumed(10, "minutes", "`prepare`: mornings are made that long before, and only sent at 07:00")
    # what it costs
    quiet_cpu: float = assumed(0.004, "s of a core", "an interval run that finds nothing")
    mail_cpu: float = assumed(0.003, "s of a core", "a mail read, judged, stored")
    briefing_cpu: float = assumed(0.07, "s of a core", "a notice prepared: facts, text, HTML (`make bench`, briefing)")
    audio_cpu: float = assumed(1.5, "s of a core", "two minutes of speech by the local voice, to MP3 (`make bench`, render)")
    send_cpu: float = assumed(0.004, "s of a core", "a delivery, from claim to mark")
    run_writes: float = assumed(3, "rows", "an occurrence: inserted, claimed, ended")
    notice_writes: float = assumed(5, "rows", "more where it speaks: draft, notice, delivery, sending, settled")
    mail_writes: float = assumed(4, "rows", "a mail: item, place, two terms")
    # what is kept
    ledger_row: float = assumed(450, "bytes", "an occurrence with its indexes")
    idle_days: float = assumed(14, "days", "interval runs that had nothing to say")
    ledger_days: float = assumed(400, "days", "`keep.ledger`, all others")
    morning_row: float = assumed(11_000, "bytes", "a morning's draft, notice, deliveries and what was told, sealed")
    alert_row: float = assumed(2_500, "bytes", "the same of a meeting or an alert")
    mail_days: float = assumed(400, "days", "since the person came")
    body_days: float = assumed(180, "days", "`keep.bodies`")
    mail_row: float = assumed(1_500, "bytes", "a mail without its body: head, verdict, place, indexes")
    mail_terms: float = assumed(500, "bytes", "the addresses it is found by, with indexes")
    mail_body: float = assumed(2_500, "bytes", "its body, deflated and sealed")
    audio_file: float = assumed(1_100_000, "bytes", "a morning's MP3 and HTML")
    artefact_days: float = assumed(30, "days", "`keep.artefacts`")
    # what a process or a server does
    busy: float = assumed(0.6, "of a core", "what a worker is planned for, so that a rush or a lost host finds room")
    worker_memory: float = assumed(130, "MB", "a worker process, one a core")
    planned: float = assumed(20_000, "occurrences/s", "one clock on PostgreSQL, row and message")
    database_writes: float = assumed(15_000, "rows/s", "one PostgreSQL that has hours to spare for vacuum, on NVMe")
    database_size: float = assumed(2_000, "GB", "one PostgreSQL that can be backed up and restored in a night")
    broker: float = assumed(50_000, "messages/s", "one Redis core; messages of several ids are fewer")


@dataclass(frozen=True)
class Needs:
    """What `people` people need. Rates are a second over the whole day unless a name says `rush`, the busiest minute."""

    people: int
    given: Assumptions = Assumptions()

    @property
    def polls(self) -> float:
        return self.people * 2 * DAY / (self.given.poll_every * MINUTE)

    @property
    def told(self) -> float:
        """Notices a day."""
        return self.people * (self.given.briefings + 2 * self.given.meetings) + self.polls * self.given.speaking

    @property
    def occurrences(self) -> float:
        """A day."""
        return self.polls + self.people * (self.given.briefings + 2 * self.given.meetings)

    @property
    def occurrence_rate(self) -> float:
        return self.occurrences / DAY

    @property
    def rush(self) -> float:
        """Mornings of the most crowded minute."""
        return self.people * self.given.briefings * self.given.zone_share * self.given.same_minute

    @property
    def rush_rate(self) -> float:
        """Deliveries in that minute, which go out as it begins: a second, spread over the minute."""
        return self.rush * self.given.channels / MINUTE

    @property
    def planned_rush(self) -> float:
        """Occurrences that come due within that minute's first second: every poll of the second, and all the mornings."""
        return self.rush + self.occurrence_rate

    @property
    def clocks(self) -> int:
        """Two at least; more where one would not plan a rush within ten seconds."""
        return max(2, ceil(self.planned_rush / self.given.planned / 10))

    @property
    def writes(self) -> float:
        a = self.given
        day = self.occurrences * a.run_writes + self.told * a.notice_writes * a.channels
        return (day + self.people * (a.briefings * a.facts + a.mails * a.mail_writes)) / DAY

    @property
    def rush_writes(self) -> float:
        """While the rush is prepared, ten minutes long."""
        a = self.given
        each = a.run_writes + a.notice_writes * a.channels + a.facts
        return self.writes + self.rush * each / (a.prepare_ahead * MINUTE)

    @property
    def messages(self) -> float:
        """One a run, one more to deliver what was prepared early."""
        return self.occurrence_rate + self.people * self.given.briefings / DAY

    @property
    def work(self) -> float:
        """Cores that are busy all day: everything but the mornings' rush."""
        a = self.given
        day = (
            self.polls * a.quiet_cpu
            + self.people * a.mails * a.mail_cpu
            + self.told * (a.briefing_cpu + a.channels * a.send_cpu)
            + self.people * a.briefings * a.audio_cpu
        )
        return day / DAY

    @property
    def rush_work(self) -> float:
        """Cores while the rush is prepared, or while it is sent, whichever is more."""
        a = self.given
        prepared = self.rush * (a.briefing_cpu + a.audio_cpu) / (a.prepare_ahead * MINUTE)
        return self.work + max(prepared, self.rush_rate * a.send_cpu)

    @property
    def workers(self) -> int:
        return max(2, ceil(self.work / self.given.busy))

    @property
    def rush_workers(self) -> int:
        return max(4, ceil(self.rush_work / self.given.busy))

    @property
    def silent_workers(self) -> int:
        """In the rush, if nobody wanted audio."""
        return replace(self, given=replace(self.given, audio_cpu=0)).rush_workers

    @property
    def memory(self) -> float:
        return self.rush_workers * self.given.worker_memory * 1e6

    @property
    def ledger_size(self) -> float:
        a = self.given
        mornings = self.people * a.briefings
        said = self.told * a.ledger_row + mornings * a.morning_row + (self.told - mornings) * a.alert_row
        return self.idle_size + a.ledger_days * said

    @property
    def idle_size(self) -> float:
        return self.polls * (1 - self.given.speaking) * self.given.idle_days * self.given.ledger_row

    @property
    def mail_size(self) -> float:
        a = self.given
        return self.people * a.mails * (a.mail_days * (a.mail_row + a.mail_terms) + a.body_days * a.mail_body)

    @property
    def database_size(self) -> float:
        return self.ledger_size + self.mail_size

    @property
    def artefact_size(self) -> float:
        return self.people * self.given.briefings * self.given.artefact_days * self.given.audio_file

    @property
    def databases_by_writes(self) -> int:
        return max(1, ceil(self.rush_writes / self.given.database_writes))

    @property
    def databases_by_size(self) -> int:
        return max(1, ceil(self.database_size / (self.given.database_size * 1e9)))

    @property
    def people_a_database(self) -> int:
        """To the nearest ten thousand."""
        return round(self.people / (self.database_size / (self.given.database_size * 1e9)), -4)

    @property
    def brokers(self) -> int:
        return max(1, ceil((self.messages + self.rush_rate) / self.given.broker))


SLOWER = Assumptions(poll_every=15, idle_days=2)
COLUMNS = {
    "1,000": Needs(1_000),
    "100,000": Needs(100_000),
    "100,000, polling less": Needs(100_000, SLOWER),
    "10 million": Needs(10_000_000),
    "10 million, polling less": Needs(10_000_000, SLOWER),
}
ROWS = (
    ("occurrences a day", "occurrences", ""),
    ("occurrences, average", "occurrence_rate", "/s"),
    ("mornings in the fullest minute", "rush", ""),
    ("clocks", "clocks", ""),
    ("queue messages, average", "messages", "/s"),
    ("deliveries in the fullest minute", "rush_rate", "/s"),
    ("row writes, average", "writes", "/s"),
    ("row writes while a rush is prepared", "rush_writes", "/s"),
    ("worker processes, average", "workers", ""),
    ("worker processes in the rush", "rush_workers", ""),
    ("their memory", "memory", "B"),
    ("in the rush, without audio", "silent_workers", ""),
    ("ledger", "ledger_size", "B"),
    ("of it intervals with nothing to say", "idle_size", "B"),
    ("mail and its index", "mail_size", "B"),
    ("database in all", "database_size", "B"),
    ("artefacts", "artefact_size", "B"),
    ("databases, by writes", "databases_by_writes", ""),
    ("databases, by size", "databases_by_size", ""),
    ("people whose rows fill one", "people_a_database", ""),
    ("brokers", "brokers", ""),
)


def tables() -> dict[str, str]:
    return {"assumptions": _assumptions(), "needs": _needs()}


def written(page: str) -> str:
    made = tables()
    return MARK.sub(lambda mark: mark[1] + made[mark["name"]] + mark[4], page)


def _assumptions() -> str:
    rows = (f"| `{a.name}` | {_plain(a.default)} {a.metadata['unit']} | {a.metadata['why']} |\n" for a in fields(Assumptions))
    return "| assumption | value | meaning |\n|---|---|---|\n" + "".join(rows)


def _needs() -> str:
    head = f"| people | {' | '.join(COLUMNS)} |\n|---|{'---|' * len(COLUMNS)}\n"
    rows = (
        f"| {title} | {' | '.join(_said(getattr(needs, name), unit) for needs in COLUMNS.values())} |\n"
        for title, name, unit in ROWS
    )
    return head + "".join(rows)


def _plain(value: Any) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:g}"


def _said(value: float, unit: str) -> str:
    """Two digits that count: more would be a promise."""
    if isinstance(value, int) and value < 100:
        return str(value)
    for scale, letter in ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= scale:
            return f"{_two(value / scale)} {letter}{unit}"
    return f"{_two(value)} {unit}".strip()


def _two(value: float) -> str:
    return f"{float(f'{value:.2g}'):,g}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
