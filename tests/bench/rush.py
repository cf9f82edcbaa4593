"""A store for the morning rush: many people, each with fifty new things to hear of at seven and three weeks behind them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from service.domain.items import Attendee, Bulk, Event, Item, Message, Post, Provenance, Reply, Thread
from service.domain.people import Address, Person
from service.domain.sync import Page, Upsert
from service.settings import Config, load
from service.store import Store, open_store
from service.store.database import acting_as
from service.triage import Triage
from tests.builders import a_contact, a_deal, a_message, a_task, a_thread, an_event

MORNING = datetime(2026, 5, 12, 5, 0, tzinfo=UTC)  # Tuesday, seven in Zurich
MAILS, MEETINGS, CHATS, TASKS = 40, 3, 5, 2
"""What is new for each person since yesterday's briefing: fifty items."""
EARLIER = 60
"""Mails of the three weeks before."""
COLLEAGUES = 12
SOURCES = {"mail": "maildir", "calendar": "ics", "slack": "slack_export", "crm": "csv", "tasks": "csv"}
_LEASE = timedelta(minutes=5)
_CONFIG = """\
# {name}'s mornings
me:
  name: {name}
  emails: [{email}]
  role: Runs the {about} desk
  priorities: [close the {about} round, hire a head of sales]
  timezone: Europe/Zurich
  working_hours: {{from: "08:30", until: "18:00"}}
sources:
  - {{kind: maildir, path: Mail, name: mail}}
  - {{kind: ics, path: calendar.ics, name: calendar}}
  - {{kind: slack_export, path: slack, name: slack}}
channels:
  inbox:
    kind: email
    to: {email}
    from: reveille@house.example
    smtp: {{host: 127.0.0.1, port: {port}}}
cadences:
  morning: {{at: "07:00", days: weekdays, to: [inbox]}}
  triage: {{every: 5m}}
quiet: {{from: "21:00", until: "06:30", except: [urgent]}}
budget: {{pushes_per_day: 8}}
keep: {{bodies: 180d, artefacts: 30d, ledger: 400d}}
rules:
  - {{name: board first, when: {{from: "*@board.example"}}, then: {{priority: urgent}}}}
  - {{name: payslips stay private, when: {{subject: "*payslip*"}}, then: {{private: true}}}}
"""
_FIRST = ("Dana", "Finn", "Aisha", "Tom", "Lena", "Marco", "Ines", "Paul", "Yuki", "Nora", "Omar", "Greta")
_FIRMS = ("atlas", "northwind", "brightline", "cobalt", "meridian", "harbor", "quill", "summit")
_ABOUT = ("term sheet", "supplier contract", "board deck", "hiring plan", "budget", "pilot", "launch", "audit", "lease")
_ASKS = (
    "Could you send me the signed {about} by Friday?",
    "Can you confirm the {about} today?",
    "Please have a look at the {about} before Thursday.",
    "What do you think of version {number} of the {about}?",
)
_SAYS = (
    "Thanks for the call about case {number}, it helped a lot.",
    "The lawyers expect to be done with the {about} and its {number} annexes on Thursday.",
    "Revenue is up by {number} thousand, and the two open positions are filled.",
    "I'll forward version {number} of the {about} to the bank the same day.",
    "The board meets on 20 May at 10:00, and deck {number} goes out two days before.",
    "We saw the same thing in order {number} last quarter and settled it within a week.",
)
_SALE = "Save 30% on your next order this week only. Click here to see all offers, or unsubscribe below.\n" * 6
_NEWS = Bulk(list_id="news.shop.example", precedence="bulk", unsubscribe=True)


def config(folder: Path, number: int, port: int) -> Path:
    """The file of one person, as they would write it. Its e-mail goes to `port` on this machine."""
    first, about = _FIRST[number % len(_FIRST)], _ABOUT[number % len(_ABOUT)]
    path = folder / f"p{number}.yaml"
    path.write_text(_CONFIG.format(name=f"{first} Keller", email=f"p{number}@house.example", about=about, port=port))
    return path


def fill(url: str, folder: Path, count: int, port: int) -> tuple[Store, list[Path]]:
    """A store with so many people in it, every mail judged, and their config files."""
    store = open_store(url, folder / "artefacts")
    files = [config(folder, number, port) for number in range(count)]
    for number, file in enumerate(files):
        settings = load(file)
        with acting_as(settings.person.id):
            _move_in(store, settings, number)
    return store, files


def _move_in(store: Store, settings: Config, number: int) -> None:
    person = settings.person
    triage = Triage(person, settings.rules)
    things = list(belongings(person, number))
    verdicts = {m.id: triage.judge(m) for m in things if isinstance(m, Message)}
    store.accounts.register(person.id, SOURCES)
    for name in SOURCES:
        account = store.accounts.claim(person.id, name, MORNING, _LEASE)
        assert account is not None
        changes = tuple(Upsert(t, f"{name}/{t.id}", "1") for t in things if t.account == name)
        store.accounts.commit(account, Page(changes, "1"), verdicts, MORNING, _LEASE)
        store.accounts.finish(account, MORNING, ())


def belongings(person: Person, number: int) -> Iterator[Item]:
    """All that one person's sources hold."""
    chance = random.Random(number)
    known = [_somebody(number * COLLEAGUES + n) for n in range(COLLEAGUES)]
    me = Address(person.emails[0], person.name)
    yield from _mail(chance, me, known, f"p{number}")
    yield from _meetings(chance, me, known, f"p{number}")
    yield from _chats(known, f"p{number}")
    for n, who in enumerate(known):
        company = who.domain.partition(".")[0].title()
        yield a_contact(id=f"p{number}c{n}", name=who.name, emails=(who.email,), company=company, title="CFO")
    for n in range(2):
        company = known[n].domain.partition(".")[0].title()
        yield a_deal(id=f"p{number}d{n}", name=f"{company} renewal", company=company, people=(known[n].email,))
    for n in range(TASKS):
        yield a_task(id=f"p{number}k{n}", title=f"Prepare the {_ABOUT[n]}", due_on=(MORNING + timedelta(days=n)).date())


def _somebody(number: int) -> Address:
    first, firm = _FIRST[number % len(_FIRST)], _FIRMS[number % len(_FIRMS)]
    return Address(f"{first.lower()}{number}@{firm}.example", f"{first} Weber {number}")


def _mail(chance: random.Random, me: Address, known: list[Address], mark: str) -> Iterator[Message]:
    """A third are newsletters and notifications, a sixth asks for something, a tenth is the person's own answer."""
    for n in range(MAILS + EARLIER):
        ago = timedelta(minutes=n * 34 + 20) if n < MAILS else timedelta(days=1 + (n - MAILS) * 20 / EARLIER)
        kind, who, about = chance.random(), chance.choice(known), chance.choice(_ABOUT)
        id = f"{mark}m{n}"
        one = partial(a_message, id=id, message_id=f"{id}@example", thread_id=f"{id}@example", sent_at=MORNING - ago, to=(me,))
        number = chance.randrange(2, 400)
        if kind < 0.33:
            shop = Address(f"news@shop{n % 40}.example", f"Shop {n % 40}")
            yield one(sender=shop, subject=f"Deals of week {n}", text=_SALE, reply_text=_SALE, bulk=_NEWS)
        elif kind < 0.43:
            said = f"Hi {who.name},\n\nyes, here is the {about}.\n\n{me.name}"
            yield one(sender=me, to=(who,), subject=f"Re: {about}", text=said, reply_text=said, provenance=Provenance.OWN)
        else:
            lines = [line.format(about=about, number=number) for line in chance.sample(_SAYS, 4)]
            lines += [chance.choice(_ASKS).format(about=about, number=number)] if kind > 0.83 else []
            said = f"Hi,\n\n{' '.join(lines)}\n\nBest,\n{who.name}"
            yield one(sender=who, subject=f"{about.capitalize()} {number}", text=f"{said}\n\n> {said}", reply_text=said)


def _chats(known: list[Address], mark: str) -> Iterator[Thread]:
    for n in range(CHATS):
        said = ("Where do we stand on the " + _ABOUT[n] + "?", "It ships on Thursday.")
        at = MORNING - timedelta(hours=n + 2)
        posts = tuple(Post(f"{mark}t{n}.{i}", at + timedelta(minutes=i), known[n + i], text) for i, text in enumerate(said))
        yield a_thread(id=f"{mark}t{n}", channel=f"proj-{_FIRMS[n]}", posts=posts, mentions_me=n == 0)


def _meetings(chance: random.Random, me: Address, known: list[Address], mark: str) -> Iterator[Event]:
    for n, hour in enumerate((2, 4, 8)[:MEETINGS]):
        guests = tuple(Attendee(a, Reply.ACCEPTED) for a in known[n * 2 : n * 2 + 2])
        start = MORNING + timedelta(hours=hour)
        title = f"{chance.choice(_ABOUT).capitalize()} review"
        yield an_event(
            id=f"{mark}e{n}/{start:%Y%m%dT%H%M%SZ}",
            uid=f"{mark}e{n}",
            title=title,
            start_at=start,
            end_at=start + timedelta(hours=1),
            attendees=(Attendee(me, Reply.ACCEPTED), *guests),
        )
