"""Every brief of a public office sandbox: one screen, sourced, and quoting only what was really said."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest

from service.briefing import meeting, meetings
from service.briefing.render import words
from service.domain.facts import Fact
from service.domain.items import Attendee, Provenance
from service.domain.people import Address, Person
from service.domain.verdicts import Judged, Relation
from service.triage import Triage
from tests.builders import a_contact, a_deal, a_message, a_task, an_event
from tests.corpus import need
from tests.world import World

pytestmark = pytest.mark.corpus
SAM = Address("sam@atlas.com", "Sam Hill")
PERSON = Person("sam", SAM.name, (SAM.email,))


def rows(name: str) -> list[dict[str, str]]:
    with need("workbench", "sandbox", name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def mails() -> Iterator[Judged]:
    triage = Triage(PERSON)
    for row in rows("emails.csv"):
        other, own = Address(row["sender/recipient"]), row["inbox/outbox"] == "outbox"
        text = row["body"].replace("\\n", "\n")
        message = a_message(
            id=row["email_id"],
            thread_id=row["email_id"],
            sender=SAM if own else other,
            to=(other if own else SAM,),
            subject=row["subject"],
            text=text,
            reply_text=text,
            sent_at=moment(row["sent_datetime"]),
            provenance=Provenance.OWN if own else Provenance.OUTSIDE,
        )
        yield Judged(message, triage.judge(message, Relation(received=9, sent=3, answered=2, known=True)))


@cache
def office() -> World:
    world = World(PERSON).with_(*mails())
    for row in rows("calendar_events.csv"):
        start = moment(row["event_start"])
        people = (Attendee(Address(row["participant_email"])), Attendee(SAM))
        end = start + timedelta(minutes=int(row["duration"]))
        world.with_(
            an_event(
                id=row["event_id"], uid=row["event_id"], title=row["event_name"], start_at=start, end_at=end, attendees=people
            )
        )
    for row in rows("customer_relationship_manager_data.csv"):
        company, email = row["customer_email"].partition("@")[2], row["customer_email"]
        world.with_(
            a_contact(
                id=f"c{row['customer_id']}", name=row["customer_name"], emails=(email,), company=company, notes=row["notes"]
            )
        )
        follow = date.fromisoformat(row["follow_up_by"])
        is_open = row["status"] not in {"Won", "Lost"}
        world.with_(
            a_deal(
                id=row["customer_id"], company=company, people=(email,), stage=row["status"], open=is_open, follow_up_on=follow
            )
        )
    for row in rows("project_tasks.csv"):
        due, done = date.fromisoformat(row["due_date"]), row["list_name"] == "Completed"
        world.with_(a_task(id=row["task_id"], title=row["task_name"], assignee=row["assigned_to_email"], due_on=due, done=done))
    return world


def test_every_brief_is_one_screen_with_a_source_on_every_line() -> None:
    for event in office().instances[::6]:
        early = event.start_at - timedelta(hours=4)
        made = meeting.compose(PERSON, office(), event, (), early, early, words)
        assert words(made) <= 300
        assert all(f.sources for f in made.facts())
        assert made.section("people")


def test_what_is_quoted_was_said_by_then_to_or_by_those_who_come() -> None:
    held = {j.message.id: j.message for j in office().messages}
    for event in office().instances[::6]:
        early = event.start_at - timedelta(hours=4)
        comes = {a.address.email for a in event.attendees}
        for quote in quotes(meeting.compose(PERSON, office(), event, (), early, early).facts()):
            message = held[quote.id]
            assert quote.quote in message.text
            assert message.at < early
            assert comes & {a.email for a in message.people}


def test_a_customer_is_met_with_deal_and_last_entry() -> None:
    row = next(r for r in rows("customer_relationship_manager_data.csv") if r["notes"].strip() and r["status"] == "Proposal")
    start = moment("2023-12-01 10:00:00")
    event = an_event(
        title="Proposal", start_at=start, end_at=start + timedelta(hours=1), attendees=(Attendee(Address(row["customer_email"])),)
    )
    made = meeting.compose(PERSON, office(), event, (), start, start - timedelta(hours=4), words)
    assert row["customer_name"] in made.subject
    assert [f.topic for f in made.section("open")] == ["deal"]
    assert [f.topic for f in made.section("last_said")] == ["crm"]


def test_every_day_is_told_in_order_with_few_questions() -> None:
    start = moment("2023-11-01 00:00:00")
    for day in (start + timedelta(days=n) for n in range(30)):
        office().calls.clear()
        facts = meetings.day(PERSON, office(), (), day, day + timedelta(days=1), day + timedelta(hours=7))
        assert len(office().calls) <= 10
        assert [f.at for f in facts] == sorted(f.at for f in facts)
        assert all(len(f.details) <= 4 for f in facts)


def quotes(facts: tuple[Fact, ...]) -> Iterator:
    return (s for f in facts for s in f.sources if s.quote and s.kind == "message")
