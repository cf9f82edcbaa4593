"""From a synced store to a finished briefing (text, HTML, speech script, JSON), beside the bare floor of such a briefing."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from statistics import median

from jinja2 import Template

from jobs import JOBS
from service.calendar.reader import IsolatedCalendarReader
from service.domain.delivery import Nothing
from service.domain.ledger import Cadence, Occurrence, WallTimes
from service.isolation import Isolated
from service.ports import Occasion
from tests.bench import year
from tests.bench.figures import Figure, report

HISTORY = 10_000
MOST = 60  # ms
ROUNDS = 40
HTML = Template(
    "<h1>{{ title }}</h1><ul>{% for m in mails %}<li><b>{{ m[2]|e }}</b> {{ m[1]|e }} {{ m[3][:200]|e }}</li>{% endfor %}</ul>"
    "<ul>{% for e in events %}<li>{{ e[1]|e }}</li>{% endfor %}</ul><ul>{% for p in posts %}<li>{{ p[1]|e }}</li>{% endfor %}</ul>"
)
TEXT = Template(
    "{{ title }}\n{% for m in mails %}- {{ m[2] }} {{ m[1] }}\n{% endfor %}{% for e in events %}- {{ e[1] }}\n{% endfor %}"
)


def occasion() -> Occasion:
    cadence = Cadence("mara", "morning", "morning", WallTimes(()), ("inbox",))
    at = year.MORNING
    row = Occurrence(id="bench", person="mara", cadence="morning", job="morning", slot="bench", subject="", prepare_at=at, due_at=at, useful_until=at + timedelta(hours=4))  # fmt: skip
    return Occasion(cadence, row)


def floor(file: Path) -> Callable[[], object]:
    """The same numbers of rows read as they are, put into two small templates and a mail. No judgement, no selection."""
    on = sqlite3.connect(file)
    on.executescript(
        "create table mail(at, sender, subject, body); create index m on mail(at); create table event(at, title); create table post(at, text)"
    )
    body = "The renewal is due on Friday and legal still wants the shorter notice period confirmed before we sign. " * 4
    on.executemany(
        "insert into mail values(?,?,?,?)", [(n, "tom@example.invalid", f"Re: contract {n}", body) for n in range(HISTORY)]
    )
    on.executemany("insert into event values(?,?)", [(n, f"Review {n}") for n in range(4)])
    on.executemany("insert into post values(?,?)", [(n, body[:140]) for n in range(24)])
    on.commit()

    def briefing() -> bytes:
        rows = {
            "mails": on.execute("select * from mail order by at desc limit ?", (year.A_DAY,)).fetchall(),
            "events": on.execute("select * from event").fetchall(),
            "posts": on.execute("select * from post").fetchall(),
        }
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = "Tuesday", "a@example.invalid", "b@example.invalid"
        message.set_content(TEXT.render(title="Tuesday", **rows))
        message.add_alternative(HTML.render(title="Tuesday", **rows), subtype="html")
        return message.as_bytes()

    return briefing


def milliseconds(work: Callable[[], object], rounds: int = ROUNDS) -> tuple[float, float]:
    """The median on the wall, and the mean of processor time."""
    walls, began = [], time.process_time()
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        walls.append(time.perf_counter() - start)
    return median(walls) * 1e3, (time.process_time() - began) / rounds * 1e3


def main() -> None:
    with tempfile.TemporaryDirectory() as made, Isolated(time_limit=timedelta(seconds=10), memory_limit=1 << 30) as pool:
        store, person = year.filled(Path(made), HISTORY)
        services = year.services(store, person, IsolatedCalendarReader(pool))
        asked, job = occasion(), JOBS["morning"]
        cold, _ = milliseconds(lambda: job.prepare(services, person, asked, year.MORNING), 1)
        draft = job.prepare(services, person, asked, year.MORNING)
        assert not isinstance(draft, Nothing)
        warm, used = milliseconds(lambda: job.prepare(services, person, asked, year.MORNING))
        bare, _ = milliseconds(floor(Path(made) / "floor.db"))
        store.close()
    report(
        Figure(
            "synced store to finished briefing",
            warm,
            bare,
            "ms",
            f"< {MOST} ms; CPU {used:.0f} ms; peer: bare floor",
            warm < MOST,
        ),
        Figure("  the first one in a process", cold, None, "ms"),
        Figure("  words", len(draft.notices[0].text.split())),
    )


if __name__ == "__main__":
    main()
