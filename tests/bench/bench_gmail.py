"""Gmail: a first sync into a store on disk, beside plain scripts with Google's own SDK that only fetch the same messages; and what the
SDK costs to have. The mailbox is the tests' strict fake in a process of its own.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil

from service import bootstrap
from service.actions import TOOLS, Gate
from service.actions.filing import Filing
from service.calendar.reader import InlineCalendarReader
from service.domain.credentials import Credential
from service.domain.items import Message
from service.domain.people import Address
from service.domain.raw import RawMessage
from service.domain.sync import Problem
from service.domain.verdicts import Relation
from service.integrations.gmail import Settings
from service.isolation import Isolated
from service.logs import configure
from service.mail.reader import IsolatedMailReader
from service.ports import MailReader, Source
from service.store import EVERYBODY, Store, acting_as, open_store
from service.store.reading import PersonItems
from service.sync import Sync
from service.triage import Triage
from service.triage.judges import IsolatedJudges
from tests.bench.figures import Figure, report
from tests.builders import NOON, a_person
from tests.integration.source_contract import surroundings
from tests.live.fakes.google import Google
from tests.live.google_world import Keeping, a_letter

MESSAGES = 4000
BODY = "A line of some eighty characters, as people write them when they have things to say.\r\n" * 40
SPENT = """
import resource, sys, time
from pathlib import Path
rss = lambda: int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6
before, began = rss(), time.perf_counter()
import service.integrations.google.api as api
print(time.perf_counter() - began, rss() - before)
before, began = rss(), time.perf_counter()
api._service("gmail", "v1", "https://gmail.googleapis.com/"), api._service("calendar", "v3", "https://www.googleapis.com/calendar/v3/")
print(time.perf_counter() - began, rss() - before)
"""


class Nobody:
    """Reads nothing: what is left is the protocol."""

    def read(self, raws: Iterable[RawMessage], own: frozenset[str]) -> Iterator[Message | Problem]:
        for raw in raws:
            yield Message(raw.ref, raw.account, "", raw.ref, raw.stored_at, Address(""), "", "", "")


def main() -> None:
    configure(level="warning")
    with (
        _mailbox() as (pipe, url, token),
        tempfile.TemporaryDirectory() as folder,
        acting_as(EVERYBODY),
        bootstrap.isolated() as isolated,
    ):
        singles, batches = _timed(lambda: _single(url, token)), _timed(lambda: _batches(url, token))
        fetched = _timed(lambda: _pages(_source(url, token, Path(folder), Nobody())))
        store = open_store(f"sqlite:///{folder}/reveille.db", Path(folder) / "artefacts", secret=b"bench")
        sync = _sync(store, _source(url, token, Path(folder), IsolatedMailReader(isolated)), isolated)
        _warm(isolated)
        whole = _timed(lambda: _synced(sync, store))
        quiet = _timed(lambda: _synced(sync, store))
        pipe.send("mark")
        pipe.recv()
        marks = _timed(lambda: _synced(sync, store))
        store.close()
    beyond = max(whole[1] - batches[1], 1e-9)
    cost = _cost()
    report(
        Figure("gmail: fetched", MESSAGES / fetched[0], MESSAGES / batches[0], "/s", "the SDK alone, batches of 50"),
        Figure(
            "gmail: first sync into the store", MESSAGES / whole[0], MESSAGES / batches[0], "/s", "the SDK alone, batches of 50"
        ),
        Figure("gmail: first sync into the store", MESSAGES / whole[0], MESSAGES / singles[0], "/s", "the SDK alone, one by one"),
        Figure("gmail: first sync, all processors", MESSAGES / whole[1], MESSAGES / batches[1], "/s", "the SDK alone"),
        Figure(
            "gmail: read and stored, beyond the SDK's fetch", MESSAGES / beyond, None, "/s", "≥ 400/s", MESSAGES / beyond >= 400
        ),
        Figure(
            "gmail: labels of all changed, processor", MESSAGES / marks[1], None, "/s", "≥ 1,000/s", MESSAGES / marks[1] >= 1000
        ),
        Figure("gmail: labels of all changed", MESSAGES / marks[0], None, "/s"),
        Figure("gmail: nothing changed", quiet[0] * 1000, None, "ms"),
        Figure("google: importing the SDK", cost[0][0] * 1000, None, "ms", f"{cost[0][1]:.0f} MB"),
        Figure("google: both APIs built, once a process", cost[1][0] * 1000, None, "ms", f"{cost[1][1]:.1f} MB"),
    )


def _timed(work: Callable[[], int]) -> tuple[float, float]:
    """Seconds by the wall, and of processors in this process and the children that read and judge for it."""
    wall, before = time.perf_counter(), _used()
    count = work()
    assert count == MESSAGES, count
    return time.perf_counter() - wall, _used() - before


def _used() -> float:
    me = psutil.Process()
    ours = [process for process in me.children() if not any("spawn_main" in word for word in process.cmdline())]
    return sum(sum(process.cpu_times()[:2]) for process in (me, *ours))  # not the mailbox, nor children that have ended


def _warm(isolated: Isolated) -> None:
    """The children are there and have imported what they need, as in a service that runs."""
    (read,) = IsolatedMailReader(isolated).read([RawMessage(a_letter(0, BODY), "mail", "0", NOON)], frozenset())
    assert isinstance(read, Message)
    IsolatedJudges(Triage(a_person(), (), {"mail": "gmail"}), isolated).judge([(read, Relation())])


# --- the peers: what a script of an afternoon does ------------------------------------------------------------------------------


def _service(url: str, token: str) -> Any:
    from google.api_core.client_options import ClientOptions
    from google.oauth2.credentials import Credentials
    from googleapiclient.discovery import build

    return build("gmail", "v1", credentials=Credentials(token), client_options=ClientOptions(api_endpoint=url))


def _ids(service: Any) -> Iterator[list[str]]:
    page = None
    while True:
        said = service.users().messages().list(userId="me", maxResults=500, pageToken=page).execute()
        yield [one["id"] for one in said["messages"]]
        page = said.get("nextPageToken")
        if not page:
            return


def _single(url: str, token: str) -> int:
    with _service(url, token) as service:
        messages = service.users().messages()
        return sum("raw" in messages.get(userId="me", id=id, format="raw").execute() for ids in _ids(service) for id in ids)


def _batches(url: str, token: str) -> int:
    from googleapiclient.http import BatchHttpRequest

    count = 0

    def take(_id: str, answer: Any, error: Exception | None) -> None:
        nonlocal count
        count += error is None and "raw" in answer

    with _service(url, token) as service:
        messages = service.users().messages()
        for ids in _ids(service):
            for start in range(0, len(ids), 50):
                batch = BatchHttpRequest(callback=take, batch_uri=f"{url}/batch")  # the service's own goes to Google
                for id in ids[start : start + 50]:
                    batch.add(messages.get(userId="me", id=id, format="raw"))
                batch.execute()
    return count


# --- ours -------------------------------------------------------------------------------------------------------------------------


def _source(url: str, token: str, folder: Path, reader: MailReader) -> Source:
    held = Credential("google", "mara@keller.example", (), {"access_token": token}, {}, NOON + timedelta(hours=1))
    at = replace(surroundings(folder), read_mail=reader, credentials=Keeping(held))
    return Settings(kind="gmail", endpoint=url).connect(replace(at, account="mail"))


def _pages(source: Source) -> int:
    return sum(len(page.changes) for page in source.pages(None, {}))


def _synced(sync: Sync, store: Store) -> int:
    assert sync.run("mail")
    [account] = store.accounts.all(sync.person.id)
    assert not account.error, account.error
    return account.items


def _sync(store: Store, source: Source, isolated: Isolated) -> Sync:
    person, calendar = a_person(), InlineCalendarReader()
    store.accounts.register(person.id, {"mail": "gmail"})
    found = {"accounts": store.accounts, "deliveries": store.deliveries, "ledger": store.ledger}
    items = PersonItems(person, store.database, store.codec, calendar=calendar, **found)
    judges = IsolatedJudges(Triage(person, (), {"mail": "gmail"}), isolated)
    filing = Filing(Gate(TOOLS, store.approvals), ())
    return Sync(person, {"mail": lambda: source}, store.accounts, items, judges, calendar, filing, lambda: NOON)


def _cost() -> list[list[float]]:
    said = subprocess.run([sys.executable, "-c", SPENT], capture_output=True, text=True, check=True).stdout
    return [[float(word) for word in line.split()] for line in said.splitlines()]


# --- the mailbox ------------------------------------------------------------------------------------------------------------------


@contextmanager
def _mailbox() -> Iterator[tuple[Connection, str, str]]:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        port, token = ours.recv()
        yield ours, f"http://127.0.0.1:{port}", token
    finally:
        ours.send("end")
        process.join(10)


def _serve(pipe: Connection) -> None:
    with Google() as google:
        for number in range(MESSAGES):
            google.mail.put(a_letter(number, BODY))
        token, _ = google.oauth.grant("gmail.readonly")
        pipe.send((google.port, token))
        while pipe.recv() == "mark":
            for id in google.mail.ids():
                google.mail.mark(id, remove=["UNREAD"])
            pipe.send("marked")


if __name__ == "__main__":
    main()
