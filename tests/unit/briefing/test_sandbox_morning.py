"""The morning of somebody whose two months of mail, calendar, CRM and tasks are public (`workbench/sandbox`)."""

import csv
from datetime import UTC, date, datetime, timedelta

import pytest

from service.briefing import render
from service.domain.items import Attendee, Contact, Deal, Event, Message, Provenance, Task
from service.domain.people import Address, Person
from service.domain.verdicts import Judged
from service.triage import Triage
from tests.corpus import need
from tests.unit.briefing.scene import DAY, an_account, brief
from tests.world import World

pytestmark = pytest.mark.corpus
SAM = Person("sam", "Sam", ("sam@atlas.com",))
ME = Address(SAM.emails[0], SAM.name)


def rows(name):
    with need("workbench", "sandbox", name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def a_mail(row):
    other = Address(row["sender/recipient"].lower())
    mine = row["inbox/outbox"] == "outbox"
    text = row["body"].replace("\\n", "\n")
    return Message(
        id=row["email_id"],
        account="mail",
        message_id=row["email_id"],
        thread_id=row["email_id"],
        sent_at=at(row["sent_datetime"]),
        sender=ME if mine else other,
        subject=row["subject"],
        text=text,
        reply_text=text,
        to=(other,) if mine else (ME,),
        provenance=Provenance.OWN if mine else Provenance.OUTSIDE,
    )


def an_event(row):
    start = at(row["event_start"])
    return Event(
        id=row["event_id"],
        account="calendar",
        uid=row["event_id"],
        start_at=start,
        end_at=start + timedelta(minutes=int(row["duration"])),
        title=row["event_name"],
        attendees=(Attendee(Address(row["participant_email"].lower())), Attendee(ME)),
    )


def a_customer(row):
    email = row["customer_email"].lower()
    contact = Contact(
        f"c{row['customer_id']}", "crm", row["customer_name"], (email,), owner=row["assigned_to_email"], notes=row["notes"]
    )
    deal = Deal(
        id=f"d{row['customer_id']}",
        account="crm",
        name=f"{row['product_interest']} for {row['customer_name']}",
        stage=row["status"],
        follow_up_on=date.fromisoformat(row["follow_up_by"]),
        owner=row["assigned_to_email"],
        people=(email,),
        open=row["status"] not in {"Won", "Lost"},
    )
    return contact, deal


def a_job(row):
    due, done = date.fromisoformat(row["due_date"]), row["list_name"] == "Completed"
    return Task(row["task_id"], "tasks", row["task_name"], due, done, row["assigned_to_email"], row["board"])


@pytest.fixture(scope="module")
def sandbox():
    triage = Triage(SAM)
    mails = [a_mail(r) for r in rows("emails.csv")]
    customers = [item for r in rows("customer_relationship_manager_data.csv") for item in a_customer(r)]
    return World(SAM).with_(
        *(Judged(m, triage.judge(m)) for m in mails),
        *(an_event(r) for r in rows("calendar_events.csv")),
        *customers,
        *(a_job(r) for r in rows("project_tasks.csv")),
        an_account(person="sam", read_at=datetime(2023, 12, 1, tzinfo=UTC)),
    )


@pytest.mark.parametrize("day", ["2023-11-06", "2023-11-15", "2023-11-28", "2023-11-30", "2023-12-01"])
def test_any_morning_of_two_months_fits_and_holds_together(sandbox, day):
    briefing = brief(sandbox, at(f"{day} 07:00:00"), measure=render.words)
    assert render.words(briefing) <= 450
    bodies = {j.message.id: j.message.text for j in sandbox.messages}
    for fact in briefing.section("needs_you"):
        assert all(s.quote in bodies[s.id] for s in fact.sources)


def test_a_week_of_mornings_repeats_nothing(sandbox):
    world = World(SAM, sandbox.messages, sandbox.instances, [], sandbox.people, sandbox.crm, [], sandbox.to_do, sandbox.connected)
    told: dict[str, str] = {}
    for number in range(5):
        now = at("2023-11-20 07:00:00") + number * DAY
        briefing = brief(world, now, measure=render.words)
        open_facts = [f for name in ("needs_you", "waiting", "commitments", "slack") for f in briefing.section(name)]
        assert not [f.key for f in open_facts if told.get(f.key) == f.version]
        told |= {f.key: f.version for f in open_facts}
        world.tell("morning", now, briefing.facts())
