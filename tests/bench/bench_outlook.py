"""A first sync of an Outlook mailbox into a store on disk, beside a plain script that only fetches the same messages.

The mailbox is the tests' fake Graph in a process of its own, without the pauses that Microsoft's quota makes: 10,000 messages in ten minutes, which is
what a first sync of a large mailbox really takes. Processor seconds are of this process and, for ours, of the child that reads the messages.
"""

from __future__ import annotations

import base64
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import httpx2

from service.actions import TOOLS, Gate
from service.actions.filing import Filing
from service.calendar.reader import InlineCalendarReader
from service.integrations.outlook import Settings
from service.integrations.outlook.source import Outlook
from service.isolation import Isolated
from service.mail.reader import MEMORY_LIMIT, TIME_LIMIT, IsolatedMailReader
from service.store import EVERYBODY, Store, acting_as, open_store
from service.store.reading import PersonItems
from service.sync import Sync
from service.triage import Triage
from service.triage.judges import InlineJudges
from tests.bench.bench_sync import LETTER, PARAGRAPH
from tests.bench.figures import Figure, report
from tests.builders import NOON, a_person
from tests.integration.source_contract import surroundings
from tests.live.fakes.graph import FakeGraph
from tests.live.microsoft_world import SCOPES, TOKEN, UNHURRIED, signed_in
from tests.live.test_outlook import arrived

MESSAGES = 5_000


def main() -> None:
    with _mailbox() as url, tempfile.TemporaryDirectory() as folder, acting_as(EVERYBODY):
        isolated = Isolated(time_limit=TIME_LIMIT, memory_limit=MEMORY_LIMIT)
        plain = _timed(lambda: _fetch(url))
        at = replace(surroundings(Path(folder)), credentials=signed_in(url), read_mail=IsolatedMailReader(isolated))
        source = Outlook(Settings(kind="outlook"), at, UNHURRIED)
        alone = _timed(lambda: sum(len(page.changes) for page in source.pages(None, {})))
        store = open_store(f"sqlite:///{folder}/reveille.db", Path(folder) / "artefacts", secret=b"bench")
        sync = _sync(store, source)
        ours = _timed(lambda: _synced(sync, store))
        quiet = _timed(lambda: _synced(sync, store))
        source.close()
        isolated.close()
        store.close()
    beyond = max(ours[1] - plain[1], 1e-9)
    script = "httpx2 that only fetches"
    report(
        Figure("outlook: read and understood, with the network", MESSAGES / alone[0], MESSAGES / plain[0], "/s", script),
        Figure("outlook: first sync, with the network", MESSAGES / ours[0], MESSAGES / plain[0], "/s", script),
        Figure(
            "outlook: read, judged and stored, no network", MESSAGES / beyond, None, "/s", "≥ 400/s", MESSAGES / beyond >= 400
        ),
        Figure("outlook: nothing changed", quiet[0] * 1000, None, "ms"),
    )


def _timed(work: Callable[[], int]) -> tuple[float, float]:
    """Seconds by the wall, and of the processor for this process."""
    wall, own = time.perf_counter(), time.process_time()
    count = work()
    assert count == MESSAGES, count
    return time.perf_counter() - wall, time.process_time() - own


def _fetch(url: str) -> int:
    """What a script of an afternoon does: each folder's delta, and each page's messages as MIME by twenties."""
    count = 0
    immutable = {"Prefer": 'IdType="ImmutableId"'}
    headers = {"Authorization": f"Bearer {TOKEN}", "Prefer": 'IdType="ImmutableId", odata.maxpagesize=100'}
    with httpx2.Client(headers=headers, timeout=60) as client:
        for folder in ("inbox", "archive"):
            link = f"{url}/v1.0/me/mailFolders/{folder}/messages/delta?$select=receivedDateTime,isRead"
            while link:
                page = client.get(link).json()
                ids = [one["id"] for one in page["value"]]
                for start in range(0, len(ids), 20):
                    steps = [
                        {"id": id, "method": "GET", "url": f"/me/messages/{id}/$value", "headers": immutable}
                        for id in ids[start : start + 20]
                    ]
                    found = client.post(f"{url}/v1.0/$batch", json={"requests": steps}).json()["responses"]
                    count += sum(bool(base64.b64decode(one["body"])) for one in found)
                link = page.get("@odata.nextLink")
    return count


def _synced(sync: Sync, store: Store) -> int:
    assert sync.run("outlook")
    [account] = store.accounts.all(sync.person.id)
    assert not account.error, account.error
    return account.items


def _sync(store: Store, source: Outlook) -> Sync:
    person, calendar = a_person(), InlineCalendarReader()
    store.accounts.register(person.id, {"outlook": "outlook"})
    found = {"accounts": store.accounts, "deliveries": store.deliveries, "ledger": store.ledger}
    items = PersonItems(person, store.database, store.codec, calendar=calendar, **found)
    judges = InlineJudges(Triage(person, (), {"outlook": "outlook"}))
    filing = Filing(Gate(TOOLS, store.approvals), ())
    return Sync(person, {"outlook": lambda: source}, store.accounts, items, judges, calendar, filing, lambda: NOON)


@contextmanager
def _mailbox() -> Iterator[str]:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.kill()
        process.join()


def _serve(to: Connection) -> None:
    with FakeGraph() as graph:
        graph.tokens[TOKEN] = SCOPES
        for number in range(MESSAGES):
            data = LETTER.format(writer=number % 400, number=number, minute=number % 60, body=PARAGRAPH * 20).encode()
            graph.mail.add(lambda data=data: data, arrived(number), "archive" if number % 3 == 0 else "inbox")
        to.send(graph.base)
        to.recv()


if __name__ == "__main__":
    main()
