from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from jobs import JOBS, Job
from service.domain.delivery import Audience, Draft, Keep, Nothing, Replace, Skip
from service.domain.items import Attendee, Event, Reply
from service.domain.ledger import BeforeEvents, Cadence, Occurrence
from service.domain.people import Address
from service.domain.rules import Condition, Consequence, Rule
from service.ports import Occasion, Services
from tests.builders import DANA, MARA, NOON, a_contact, a_deal, a_message, a_person, a_verdict, an_event, judged
from tests.world import World

ANNA = Address("anna@keller.example", "Anna Frei")
MEETINGS: Job = JOBS["meeting"]
BOTH = {"inbox": Audience.PERSON, "phone": Audience.OTHERS}
HOUR = timedelta(hours=1)


def services(*things: object, audiences: dict[str, Audience] | None = None, **fields) -> Services:
    world = World(a_person()).with_(*things)
    return Services(world, audiences=BOTH if audiences is None else audiences, **{"interrupts": frozenset({"phone"})} | fields)


def occasion(event: Event, slot: str = "brief", *, only: str = "", to: tuple[str, ...] = ("inbox", "phone")) -> Occasion:
    timing = BeforeEvents(only=only)
    lead = timing.brief if slot == "brief" else timing.push
    due = event.start_at - lead
    row = Occurrence("o", "mara", "meetings", "meeting", slot, due, due, event.start_at, subject=event.id)
    return Occasion(Cadence("mara", "meetings", "meeting", timing, to), row)


def prepare(at: Services, when: Occasion) -> Draft | Nothing:
    return MEETINGS.prepare(at, a_person(), when, when.occurrence.due_at)


def recheck(at: Services, draft: Draft, when: Occasion):
    return MEETINGS.recheck(at, a_person(), draft, when, when.occurrence.due_at + timedelta(minutes=1))


def test_a_brief_goes_where_it_is_read_and_a_push_where_it_is_heard() -> None:
    event = an_event()
    brief, push = (prepare(services(event), occasion(event, slot)) for slot in ("brief", "push"))
    assert (brief.kind, brief.to) == ("meeting", ("inbox",))
    assert (push.kind, push.to) == ("push", ("phone",))
    assert brief.notices[0].subject == "14:00 Atlas round · Dana Whitfield"
    assert brief.facts


def test_with_one_sort_of_channel_it_gets_everything() -> None:
    event = an_event()
    draft = prepare(services(event, interrupts=frozenset()), occasion(event))
    assert draft.to == ("inbox", "phone")
    assert {n.audience for n in draft.notices} == {Audience.PERSON, Audience.OTHERS}


def test_a_push_is_two_lines() -> None:
    event = an_event(conference="https://meet.example/abc")
    draft = prepare(services(event), occasion(event, "push"))
    assert draft.notices[0].short == "In 15 min: Atlas round — Dana Whitfield\nJoin: https://meet.example/abc"
    assert draft.notices[0].priority == "high"


def test_a_push_after_its_brief_says_no_more_than_that() -> None:
    event, deal = an_event(location="Room 4"), a_deal()
    at = services(event, deal, a_contact())
    brief = prepare(at, occasion(event))
    at.items.tell("meetings", occasion(event).occurrence.due_at, brief.facts)
    told, untold = prepare(at, occasion(event, "push")), prepare(services(event, deal, a_contact()), occasion(event, "push"))
    assert "Open deal" in untold.notices[0].text
    assert "Open deal" not in told.notices[0].text
    assert told.notices[0].short == "In 15 min: Atlas round — Dana Whitfield\nRoom 4"


def test_a_push_says_what_changed_since_the_brief() -> None:
    event = an_event()
    at = services(event)
    at.items.tell("meetings", NOON - 2 * HOUR, prepare(at, occasion(event)).facts)
    at.items.instances[0] = replace(event, start_at=event.start_at + HOUR / 2, end_at=event.end_at + HOUR / 2)
    draft = prepare(at, occasion(event, "push"))
    assert draft.notices[0].short.splitlines() == [
        "In 45 min: Atlas round — Dana Whitfield",
        "Moved since the last brief: it was 14:00.",
    ]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"status": "cancelled"}, "the meeting is cancelled"),
        ({"attendees": (Attendee(MARA, Reply.DECLINED), Attendee(DANA))}, "you have declined it"),
        ({"attendees": (), "title": "Focus"}, "nobody else takes part"),
        ({"attendees": (Attendee(ANNA), Attendee(MARA))}, "nobody from outside takes part"),
    ],
)
def test_unfit_events_end_with_their_reason(fields: dict, reason: str) -> None:
    event = an_event(**fields)
    assert prepare(services(event), occasion(event, only="external")) == Nothing(reason)


def test_an_event_that_is_gone_or_over_is_not_briefed() -> None:
    event = an_event()
    assert prepare(services(), occasion(event)) == Nothing("the event is no longer in the calendar")
    late = MEETINGS.prepare(services(event), a_person(), occasion(event), event.end_at)
    assert late == Nothing("the meeting is over")


def test_a_meeting_moved_away_is_skipped_one_moved_within_is_prepared_again() -> None:
    event = an_event()
    at, when = services(event), occasion(event)
    draft = prepare(at, when)
    at.items.instances[0] = replace(event, start_at=event.start_at + HOUR, end_at=event.end_at + HOUR)
    assert recheck(at, draft, when) == Replace("the meeting moved since it was prepared")
    at.items.instances[0] = replace(event, start_at=event.start_at + 48 * HOUR, end_at=event.end_at + 48 * HOUR)
    assert recheck(at, draft, when) == Skip("the meeting moved to Thu 14 May 14:00")


def test_a_push_does_not_follow_a_meeting_to_the_evening() -> None:
    event = an_event()
    at, when = services(event), occasion(event, "push")
    draft = prepare(at, when)
    at.items.instances[0] = replace(event, start_at=event.start_at + 4 * HOUR, end_at=event.end_at + 4 * HOUR)
    assert recheck(at, draft, when) == Skip("the meeting moved to Tue 12 May 18:00")


def test_unchanged_is_kept_and_cancelled_is_skipped() -> None:
    event = an_event()
    at, when = services(event, a_deal(), a_contact()), occasion(event)
    draft = prepare(at, when)
    assert recheck(at, draft, when) == Keep()
    at.items.instances[0] = replace(event, status="cancelled")
    assert recheck(at, draft, when) == Skip("the meeting is cancelled")


def test_a_mail_that_came_since_is_worth_preparing_again() -> None:
    event = an_event()
    at, when = services(event), occasion(event)
    draft = prepare(at, when)
    text = "The board agreed to the price."
    at.items.with_(judged(a_message(text=text, reply_text=text), a_verdict(requests=())))
    assert recheck(at, draft, when) == Replace("it changed since it was prepared")


def test_private_events_never_reach_channels_others_see() -> None:
    event = an_event(private=True)
    at = services(event, interrupts=frozenset())
    assert prepare(at, occasion(event)).to == ("inbox",)
    assert prepare(at, occasion(event, to=("phone",))) == Nothing("the event is private, and its channels are seen by others")
    ruled = services(an_event(id=event.id), rules=(Rule("b", Condition(attendee="dana@*"), Consequence(private=True)),))
    assert prepare(ruled, occasion(event, to=("phone",))) == Nothing("the event is private, and its channels are seen by others")


def test_private_words_are_not_in_the_notice_for_others() -> None:
    event = an_event()
    text = "The board agreed to 2 million."
    secret = judged(a_message(text=text, reply_text=text), a_verdict(private=True, requests=()))
    draft = prepare(services(event, secret, interrupts=frozenset()), occasion(event))
    said = {n.audience: n.text + n.html + n.short + b"".join(f.data for f in n.files).decode() for n in draft.notices}
    assert "2 million" in said[Audience.PERSON]
    assert "2 million" not in said[Audience.OTHERS]


def test_a_brief_asked_for_by_hand_knows_no_slot() -> None:
    event = an_event(start_at=NOON + 72 * HOUR, end_at=NOON + 73 * HOUR)
    when = occasion(event)
    when = replace(when, occurrence=replace(when.occurrence, slot="manual:now", due_at=NOON))
    assert MEETINGS.prepare(services(event), a_person(), when, NOON).kind == "meeting"


def test_every_job_is_found_by_name() -> None:
    assert set(JOBS) == {"morning", "meeting", "triage", "slack"}
    assert all(callable(job.prepare) and callable(job.recheck) for job in JOBS.values())
    with pytest.raises(KeyError):
        JOBS["os"]
