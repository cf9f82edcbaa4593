"""A mark tells whether what was read would be read the same now, on either database and from another process."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from service.briefing import morning
from service.domain.items import Item
from service.domain.ledger import Outcome, Slot
from service.domain.sync import Page, Upsert
from service.store import Store, acting_as, tables
from service.store.reading import PersonItems
from tests.builders import NOON, a_contact, a_message, a_person, a_task, a_verdict, an_event
from tests.integration.test_items_store import LEASE, NoSeries

LATER = NOON + timedelta(minutes=10)
PERSON = a_person()
MAIL = a_message(id="first", sent_at=NOON - timedelta(hours=3))
MEETING = an_event(start_at=LATER + timedelta(hours=1), end_at=LATER + timedelta(hours=2))


@pytest.fixture
def items(store: Store) -> PersonItems:
    with acting_as(PERSON.id):
        store.accounts.register(PERSON.id, {"all": "test"})
        keep(store, MAIL, MEETING, a_contact(), a_task())
    parts = {"accounts": store.accounts, "deliveries": store.deliveries, "ledger": store.ledger}
    return PersonItems(PERSON, store.database, store.codec, **parts, calendar=NoSeries())


def keep(store: Store, *things: Item) -> None:
    account = store.accounts.claim(PERSON.id, "all", NOON, LEASE)
    assert account is not None
    page = Page(tuple(Upsert(thing, thing.id, "1") for thing in things), "1")
    store.accounts.commit(account, page, {MAIL.id: a_verdict()}, NOON, LEASE)
    store.accounts.finish(account, NOON, ())


def marked(items: PersonItems) -> dict:
    with items.at_once():
        morning.compose(PERSON, items, (), NOON, NOON)
        return json.loads(json.dumps(items.mark(NOON)))


def test_the_same_is_unchanged_later(store: Store, items: PersonItems) -> None:
    with acting_as(PERSON.id):
        mark = marked(items)
        assert len(mark["asked"]) > 10
        assert items.unchanged(mark, LATER)


def test_a_source_that_was_read_without_news_changes_nothing(store: Store, items: PersonItems) -> None:
    with acting_as(PERSON.id):
        mark = marked(items)
        keep(store)
        assert items.unchanged(mark, LATER)


def a_new_mail(store: Store) -> None:
    keep(store, a_message(id="new", sent_at=NOON + timedelta(minutes=2)))


def a_mail_in_another_light(store: Store) -> None:
    store.accounts.judge_again(PERSON.id, {MAIL.id: a_verdict(priority="high")})


def a_meeting_moved(store: Store) -> None:
    keep(store, replace(MEETING, end_at=MEETING.end_at + timedelta(hours=1)))


def a_card_corrected(store: Store) -> None:
    keep(store, a_contact(title="Chief of Staff"))


def a_task_done(store: Store) -> None:
    keep(store, replace(a_task(), done=True))


def told_by_hand(store: Store) -> None:
    slot = Slot("manual:1", due_at=NOON - timedelta(minutes=1), prepare_at=NOON, useful_until=LATER)
    with store.database.write() as on:
        id = store.ledger.insert(on, PERSON.id, "morning", "morning", slot)
        on.execute(update(tables.occurrence).where(tables.occurrence.c.id == id).values(outcome=Outcome.SENT.value))


@pytest.mark.parametrize(
    "change", [a_new_mail, a_mail_in_another_light, a_meeting_moved, a_card_corrected, a_task_done, told_by_hand]
)
def test_whatever_a_morning_rests_on_changes_it(store: Store, items: PersonItems, change: Callable[[Store], None]) -> None:
    with acting_as(PERSON.id):
        mark = marked(items)
        change(store)
        assert not items.unchanged(mark, LATER)


def test_a_mail_dated_ahead_is_a_change_once_its_time_has_come(store: Store, items: PersonItems) -> None:
    with acting_as(PERSON.id):
        keep(store, a_message(id="ahead", sent_at=NOON + timedelta(minutes=5)))
        mark = marked(items)
        assert items.unchanged(mark, NOON + timedelta(minutes=4))
        assert not items.unchanged(mark, LATER)


def test_a_question_that_this_release_does_not_know_is_a_change(store: Store, items: PersonItems) -> None:
    with acting_as(PERSON.id):
        mark = marked(items)
        assert not items.unchanged(mark | {"asked": [["DREAMS", {}]]}, LATER)
