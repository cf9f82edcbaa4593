"""A store with seven months of a busy person's mail, for benches: 47 messages a day, four meetings today, three Slack channels."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from service.domain.items import Attendee, Bulk, Item, Message, Reply
from service.domain.people import Address, Person
from service.domain.sync import Page, Upsert
from service.ports import CalendarReader, Services
from service.store import Store, open_store
from service.store.reading import PersonItems
from service.triage import Triage
from tests.builders import MARA, a_contact, a_deal, a_message, a_note, a_person, a_task, a_thread, an_event

MORNING = datetime(2026, 5, 12, 5, 0, tzinfo=UTC)  # Tuesday, seven in Zurich
A_DAY = 47
CHANNELS = ("proj-atlas", "sales", "general")
_LEASE = timedelta(minutes=5)
_FIRST = ("Dana", "Finn", "Aisha", "Tom", "Lena", "Marco", "Ines", "Paul", "Yuki", "Nora")
_FIRMS = ("atlas", "northwind", "brightline", "cobalt", "meridian", "harbor", "quill", "summit")
_ABOUT = (
    "term sheet",
    "supplier contract",
    "board deck",
    "hiring plan",
    "budget",
    "pilot",
    "invoice",
    "launch",
    "audit",
    "lease",
)
_ASKS = (
    "Could you send me the signed {about} by Friday?",
    "Can you confirm the {about} today?",
    "Please have a look at the {about} before Thursday.",
    "What do you think of the {about}?",
    "Would next Tuesday at 10:00 work to discuss the {about}?",
)
_SAYS = (
    "Thanks for the call about case {number}, it helped a lot.",
    "The lawyers expect to be done with the {about} and its {number} annexes on Thursday.",
    "Revenue is up by {number} thousand, and the two open positions are filled.",
    "I'll forward version {number} of the {about} to the bank the same day.",
    "The board meets on 20 May at 10:00, and deck {number} goes out two days before.",
    "We saw the same thing in order {number} last quarter and settled it within a week.",
    "Nothing else has changed since we spoke about number {number}.",
)
_SALE = "Save 30% on your next order this week only. Click here to see all offers, or unsubscribe below.\n" * 8


def people(count: int = 60) -> list[Address]:
    names = [(_FIRST[n % len(_FIRST)], _FIRMS[n % len(_FIRMS)]) for n in range(count)]
    return [Address(f"{first.lower()}{n}@{firm}.example", f"{first} Weber {n}") for n, (first, firm) in enumerate(names)]


def mail(count: int, seed: int = 7) -> Iterator[Message]:
    """Oldest first. A third are newsletters, an eighth asks for something, and most of that is answered within some days."""
    chance = random.Random(seed)
    writers = people()
    unanswered: list[Message] = []
    for n in reversed(range(count)):
        at = MORNING - timedelta(days=n / A_DAY) - timedelta(seconds=1)
        kind, who, about = chance.random(), chance.choice(writers), chance.choice(_ABOUT)
        if kind < 0.33:
            shop = Address(f"news@shop{n % 40}.example", f"Shop {n % 40}")
            title = f"Deals of week {n}"
            yield a_message(id=f"m{n}", sender=shop, subject=title, text=_SALE, reply_text=_SALE, sent_at=at, bulk=_NEWS)
        elif kind < 0.45 and unanswered:
            newest = min(len(unanswered), 1 + int(chance.expovariate(0.5)))
            yield _answer(unanswered.pop(-newest), about, id=f"m{n}", sent_at=at)
        else:
            lines = [line.format(about=about, number=chance.randrange(2, 400)) for line in chance.sample(_SAYS, 5)]
            if kind > 0.875:
                lines.insert(2, chance.choice(_ASKS).format(about=about))
            said = f"Hi Mara,\n\n{' '.join(lines)}\n\nBest,\n{who.name}"
            title = f"{about.capitalize()} {n % 900}"
            one = a_message(id=f"m{n}", sender=who, subject=title, text=f"{said}\n\n> {said}", reply_text=said, sent_at=at)
            unanswered += [one] if kind > 0.875 else []
            yield one


def _answer(asked: Message, about: str, **fields: Any) -> Message:
    said = f"Hi {asked.sender.name},\n\nyes, here is the {about}.\n\nMara"
    thread = {"thread_id": asked.thread_id, "in_reply_to": asked.message_id, "subject": f"Re: {asked.subject}"}
    return a_message(sender=MARA, to=(asked.sender,), text=said, reply_text=said, **thread, **fields)


_NEWS = Bulk(list_id="news.shop.example", precedence="bulk", unsubscribe=True)


def day() -> Iterator[Item]:
    """Everything that is no mail."""
    known = people()
    me = Attendee(MARA, Reply.ACCEPTED)
    for n, hour in enumerate((2, 4, 6, 8)):
        guests = tuple(Attendee(a, Reply.ACCEPTED) for a in known[n * 3 : n * 3 + 3])
        start = MORNING + timedelta(hours=hour)
        yield an_event(id=f"e{n}", uid=f"e{n}", title=f"{_ABOUT[n].capitalize()} review", start_at=start, end_at=start + timedelta(hours=1), attendees=(me, *guests))  # fmt: skip
    for n, channel in enumerate(CHANNELS * 8):
        yield a_thread(
            "Where do we stand on the pilot?", "It ships on Thursday.", id=f"t{n}", channel=channel, mentions_me=n % 6 == 0
        )
    for n, who in enumerate(known):
        yield a_contact(id=f"c{n}", name=who.name, emails=(who.email,), company=who.domain.partition(".")[0].title(), title="CFO")
    for n, firm in enumerate(_FIRMS):
        yield a_deal(id=f"d{n}", name=f"{firm.title()} renewal", company=firm.title(), people=(known[n].email,))
    for n in range(60):
        text = f"{known[n].name} wants the {_ABOUT[n % 10]} settled. " * 12
        yield a_note(id=f"n{n}", title=f"Call with {known[n].name}", text=text, at=MORNING - timedelta(days=n + 1))
    for n in range(12):
        yield a_task(id=f"k{n}", title=f"Prepare the {_ABOUT[n % 10]}", due_on=(MORNING + timedelta(days=n - 3)).date())


def filled(folder: Path, messages: int) -> tuple[Store, Person]:
    person = a_person()
    store = open_store(f"sqlite:///{folder / 'store.db'}", folder / "artefacts")
    triage = Triage(person)
    letters = list(mail(messages))
    verdicts = {m.id: triage.judge(m) for m in letters}
    things = [*letters, *day()]
    accounts = {name: [t for t in things if t.account == name] for name in {t.account for t in things}}
    store.accounts.register(person.id, dict.fromkeys(accounts, "test"))
    for name, some in accounts.items():
        _put(store, person, name, some, verdicts)
    return store, person


def _put(store: Store, person: Person, name: str, some: Sequence[Item], verdicts: dict) -> None:
    account = store.accounts.claim(person.id, name, MORNING, _LEASE)
    for start in range(0, len(some), 500):
        changes = tuple(Upsert(t, f"{name}/{t.id}", "1") for t in some[start : start + 500])
        store.accounts.commit(account, Page(changes, "1"), verdicts, MORNING, _LEASE)
    store.accounts.finish(account, MORNING, ())


def services(store: Store, person: Person, calendar: CalendarReader) -> Services:
    parts = {"accounts": store.accounts, "deliveries": store.deliveries, "ledger": store.ledger}
    return Services(items=PersonItems(person, store.database, store.codec, calendar=calendar, **parts))
