"""A store with something in every table, and what is in it, for tests of what is kept, put back and taken away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from service.domain.credentials import Credential
from service.domain.proposals import ActState, Approval, Pass, Proposal, Receipt, Tier
from service.domain.sync import Page, Problem, Upsert
from service.store import Store, fernet_key, tables
from service.store.archive import writing
from service.store.backup import Keeper, Manifest
from service.store.codec import Codec
from service.store.erasure import digest
from service.store.instance import shared_secret
from service.store.restore import Restorer
from service.store.vault import Vault
from tests.builders import NOON, a_contact, a_message, a_note, a_person, a_thread, a_verdict, an_event
from tests.household import START, Bench

SECRET = b"\x01secret of this instance"
LEASE = timedelta(minutes=5)
PASSWORD = "what-opens-the-mailbox"
Rows = Mapping[str, list[tuple[Any, ...]]]


def filled(store: Store, person: str = "mara", until: float = 8) -> Bench:
    """A morning that was sent, sources read, a config, a proposal with its yes, and one that was carried out."""
    bench = Bench(store, person=a_person(id=person))
    if person != "mara":
        bench.activate(*(replace(c, person=person) for c in bench.cadences.values()))
    bench.run_until(until, timedelta(minutes=10))
    store.accounts.register(person, {"mail": "maildir"})
    account = store.accounts.claim(person, "mail", NOON, LEASE)
    assert account is not None
    message = a_message(id=f"m-{person}", text="Grüße aus Zürich \U0001f305\u2028\x85 " * 40)
    items = (message, an_event(), a_thread("hello"), a_contact(), a_note())
    page = Page(tuple(Upsert(item, f"cur/{n}", "s") for n, item in enumerate(items)), "1")
    store.accounts.commit(account, page, {message.id: a_verdict()}, NOON, LEASE)
    store.accounts.finish(account, NOON, [Problem("cur/9", "it is \x00 not a message")])
    store.accounts.sight(person, ["key@reveille.invalid"], NOON)
    proposal = a_proposal(person, message.id)
    store.approvals.file(proposal)
    store.approvals.approve(Approval(proposal.id, proposal.digest, NOON, NOON + timedelta(days=900), person))
    carried_out(store, replace(proposal, id=f"q-{person}"))
    vault = Vault(store.database, Codec([fernet_key("of the vault of a test")]), lambda: NOON)
    vault.put(person, "imap", Credential("imap", f"{person}@keller.example", secrets={"password": PASSWORD}))
    assert store.doorbells.claim("listener", {"maildir"}, NOON, LEASE, 9, person)
    with store.database.write() as on:
        store.revisions.put(on, person, "d", f"me: {{name: {person}}}\n", NOON)
    return bench


def carried_out(store: Store, proposal: Proposal) -> None:
    store.approvals.file(proposal)
    store.approvals.approve(Approval(proposal.id, proposal.digest, NOON, NOON + timedelta(days=900), proposal.person))
    held = store.acts.begin(Pass(proposal, proposal.person), NOON, LEASE, NOON)
    assert held is not None
    store.acts.settle(held, ActState.DONE, NOON, receipt=Receipt("filed", undo={"id": "t1"}))


def a_proposal(person: str, about: str = "m1") -> Proposal:
    return Proposal(f"p-{person}", person, "create_task", "h", {"title": "Send it"}, Tier.PRIVATE, (about,), "asked", NOON)


def with_every_table(store: Store) -> Bench:
    bench = filled(store)
    with store.database.write() as on:
        past = START - timedelta(days=90)
        on.execute(insert(tables.restoration).values(backup="b", made_at=past, restored_at=past, taken_up_at=past))
        on.execute(insert(tables.erasure).values(digest=digest("zoe"), began_at=past, ended_at=past, counts={"item": 3}))
    return bench


def rows_of(store: Store) -> Rows:
    """Every row of every table, sorted; those of restorations aside, and the secret, which not every database keeps."""
    with store.database.read() as on:
        return {
            table.name: sorted((tuple(row) for row in on.execute(select(table)) if row[0] != "secret"), key=repr)
            for table in tables.metadata.sorted_tables
            if table is not tables.restoration
        }


def is_empty(store: Store) -> bool:
    """But for what a new database says of itself."""
    return not any(some for name, some in rows_of(store).items() if name != tables.instance.name)


def files_of(store: Store) -> dict[str, bytes]:
    root = store.artefacts._root
    return {str(file.relative_to(root)): file.read_bytes() for file in root.rglob("*") if file.is_file()}


def secret_of(store: Store, file: Path) -> bytes:
    """Where the store of this kind looks for it; made anew where it isn't there."""
    return shared_secret(store.database, store.codec, file)


def with_secret(store: Store, file: Path, secret: bytes) -> None:
    """As if a service of that secret had run on it."""
    if store.database.is_sqlite:
        file.write_bytes(secret)
        return
    with store.database.write() as on:
        on.execute(insert(tables.instance).values(name="secret", value=store.codec.seal(secret)))


def keeper(store: Store) -> Keeper:
    return Keeper(store.database, store.codec, store.artefacts, SECRET)


def restorer(store: Store, secret: Path) -> Restorer:
    return Restorer(store.database, store.codec, store.artefacts, secret)


def backed_up(store: Store, file: Path, bench: Bench) -> Manifest:
    return keeper(store).backup(file, bench.clock.now)


def forged(file: Path, members: Mapping[str, bytes]) -> Path:
    """An archive whose digest is right, whatever is in it."""
    with writing(file) as out:
        for name, data in members.items():
            out.add(name, data)
    return file
