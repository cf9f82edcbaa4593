"""The store keeps the contract that the in-memory world keeps."""

from datetime import timedelta

import pytest

from service.domain.sync import Page, Upsert
from service.store.reading import PersonItems
from tests.builders import NOON
from tests.integration.items_contract import *  # noqa: F403

LEASE = timedelta(minutes=5)


class NoSeries:
    """Events come expanded here; nothing is left to read or expand."""

    def read(self, data, account, where):
        return (), ()

    def expand(self, series, start, end, own, zone):
        return (), ()


@pytest.fixture
def items_factory(new_store):
    def make(person, judged_messages=(), events=(), threads=(), contacts=(), deals=(), notes=(), tasks=()):
        store = new_store()
        things = [*(j.message for j in judged_messages), *events, *threads, *contacts, *deals, *notes, *tasks]
        by_account = {name: [t for t in things if t.account == name] for name in {t.account for t in things}}
        verdicts = {j.message.id: j.verdict for j in judged_messages}
        store.accounts.register(person.id, dict.fromkeys(by_account, "test"))
        for name, some in by_account.items():
            account = store.accounts.claim(person.id, name, NOON, LEASE)
            page = Page(tuple(Upsert(t, f"{name}/{n}", "1") for n, t in enumerate(some)), "1")
            store.accounts.commit(account, page, verdicts, NOON, LEASE)
        parts = {"accounts": store.accounts, "deliveries": store.deliveries, "ledger": store.ledger}
        return PersonItems(person, store.database, store.codec, **parts, calendar=NoSeries())

    return make
