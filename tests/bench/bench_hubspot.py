"""A first sync of a HubSpot account into a store on disk, beside a plain script that only fetches the same pages.

The account is the tests' fake in a process of its own. Seconds are also counted as those of this process's processor alone: beyond
the network, that is what reading, translating and storing cost.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import httpx2

from service.actions import TOOLS, Gate
from service.actions.filing import Filing
from service.calendar.reader import InlineCalendarReader
from service.http import Fixed, Pace
from service.integrations.hubspot import USUAL, kinds
from service.integrations.hubspot.api import Api, Paces
from service.integrations.hubspot.source import HubSpot
from service.store import EVERYBODY, Store, acting_as, open_store
from service.store.reading import PersonItems
from service.sync import Sync
from service.triage import Triage
from service.triage.judges import InlineJudges
from tests.bench.figures import Figure, report
from tests.builders import NOON, a_person
from tests.integration.source_contract import surroundings
from tests.live.fakes.hubspot import Account, Fake

CONTACTS, COMPANIES, DEALS, NOTES = 10_000, 500, 1_000, 2_000
OBJECTS = CONTACTS + DEALS + NOTES
NOTE = "<p>Dana wants the <b>term sheet</b> by Friday.</p><ul><li>price agreed</li><li>board on Tuesday</li></ul>" * 4


def main() -> None:
    with _account() as (url, token), tempfile.TemporaryDirectory() as folder, acting_as(EVERYBODY):
        plain = _timed(lambda: _fetch(url, token))
        store = open_store(f"sqlite:///{folder}/reveille.db", Path(folder) / "artefacts", secret=b"bench")
        api = Api(url, lambda: NOON, Fixed({"Authorization": f"Bearer {token}"}), Paces(Pace(1e6), Pace(1e6)))
        source = HubSpot(api, USUAL, surroundings(Path(folder)))
        alone = _timed(lambda: sum(len(page.changes) for page in source.pages(None, {})))
        sync = _sync(store, source)
        ours = _timed(lambda: _synced(sync, store))
        quiet = _timed(lambda: _synced(sync, store))
        api.close()
        store.close()
    beyond = max(ours[1] - plain[1], 1e-9)
    report(
        Figure(
            "hubspot: read and translated, with the network",
            OBJECTS / alone[0],
            OBJECTS / plain[0],
            "/s",
            "httpx2 that only fetches",
        ),
        Figure("hubspot: first sync, with the network", OBJECTS / ours[0], OBJECTS / plain[0], "/s", "httpx2 that only fetches"),
        Figure("hubspot: first sync, processor alone", OBJECTS / ours[1], OBJECTS / plain[1], "/s", "httpx2 that only fetches"),
        Figure("hubspot: read, translated and stored", OBJECTS / beyond, None, "/s", "≥ 1,000/s", OBJECTS / beyond >= 1000),
        Figure("hubspot: nothing changed", quiet[0] * 1000, None, "ms"),
    )


def _timed(work: Callable[[], int]) -> tuple[float, float]:
    """Seconds by the wall, and of all processors in this process."""
    wall, own = time.perf_counter(), time.process_time()
    count = work()
    assert count == OBJECTS, count
    return time.perf_counter() - wall, time.process_time() - own


def _fetch(url: str, token: str) -> int:
    """What a script of an afternoon does: the same searches and associations, parsed as JSON and counted."""
    count = 0
    with httpx2.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:
        for kind in kinds.of(("contacts", "deals", "notes")):
            below = 1 << 40
            while True:
                asked: dict[str, Any] = {
                    "sorts": [{"propertyName": "hs_object_id", "direction": "DESCENDING"}],
                    "filterGroups": [{"filters": [{"propertyName": "hs_object_id", "operator": "LT", "value": str(below)}]}],
                    "properties": list(kind.asked),
                    "limit": kind.page,
                }
                found = client.post(f"/crm/v3/objects/{kind.name}/search", json=asked).json()
                ids = [int(one["id"]) for one in found["results"]]
                count += len(ids)
                for to in {"companies", "contacts"} - {kind.name}:
                    inputs = {"inputs": [{"id": str(id)} for id in ids]}
                    client.post(f"/crm/v4/associations/{kind.name}/{to}/batch/read", json=inputs).json()
                if "paging" not in found:
                    break
                below = min(ids)
    return count


def _synced(sync: Sync, store: Store) -> int:
    assert sync.run("hubspot")
    [account] = store.accounts.all(sync.person.id)
    assert not account.error, account.error
    return account.items


def _sync(store: Store, source: HubSpot) -> Sync:
    person, calendar = a_person(), InlineCalendarReader()
    store.accounts.register(person.id, {"hubspot": "hubspot"})
    found = {"accounts": store.accounts, "deliveries": store.deliveries, "ledger": store.ledger}
    items = PersonItems(person, store.database, store.codec, calendar=calendar, **found)
    judges = InlineJudges(Triage(person, (), {"hubspot": "hubspot"}))
    filing = Filing(Gate(TOOLS, store.approvals), ())
    return Sync(person, {"hubspot": lambda: source}, store.accounts, items, judges, calendar, filing, lambda: NOON)


@contextmanager
def _account() -> Iterator[tuple[str, str]]:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        port, token = ours.recv()
        yield f"http://127.0.0.1:{port}", token
    finally:
        ours.send("end")
        process.join(10)


def _serve(pipe: Connection) -> None:
    account = Account(ripples=False)
    firms = [account.add("companies", name=f"Firm {n} AG", domain=f"firm{n}.example") for n in range(COMPANIES)]
    people = []
    for n in range(CONTACTS):
        said = {"firstname": "Dana", "lastname": f"No {n}", "email": f"dana{n}@firm{n % COMPANIES}.example", "jobtitle": "CFO"}
        people.append(account.add("contacts", phone="+41 44 000 00 00", lifecyclestage="lead", **said))
        account.put_beside("contacts", people[-1], "companies", firms[n % COMPANIES])
    for n in range(DEALS):
        deal = account.add("deals", dealname=f"Round {n}", amount="25000", deal_currency_code="EUR", description=NOTE)
        account.put_beside("deals", deal, "contacts", people[n])
    for n in range(NOTES):
        note = account.add("notes", hs_note_body=NOTE, hs_timestamp="2026-03-02T10:00:00Z")
        account.put_beside("notes", note, "contacts", people[n])
    with Fake(account) as fake:
        pipe.send((fake.port, account.token))
        pipe.recv()


if __name__ == "__main__":
    main()
