from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from service.briefing import meeting
from service.briefing.render import to_text, words
from service.briefing.render.privacy import without_private
from service.domain.facts import Briefing, Sensitivity
from service.domain.items import Attendee, Event, Post, Reply
from service.domain.people import Address
from service.domain.rules import Condition, Consequence, Rule
from service.domain.sync import Account, Health
from service.domain.verdicts import Commitment, Request, Span, When
from tests.builders import (
    DANA,
    MARA,
    NOON,
    a_contact,
    a_deal,
    a_message,
    a_note,
    a_person,
    a_task,
    a_thread,
    a_verdict,
    an_event,
    judged,
)
from tests.world import World

TOM = Address("tom.reed@atlas.example", "Tom Reed")
TEN = NOON - timedelta(hours=2)
LAST_WEEK = timedelta(days=7)


def brief(event: Event, *things: object, told: dict[str, str] | None = None, rules: tuple[Rule, ...] = (), **fields) -> Briefing:
    world = World(a_person()).with_(event, *things)
    return meeting.compose(a_person(**fields), world, event, rules, TEN, TEN, words, told)


def lines(briefing: Briefing, section: str) -> list[str]:
    return [f"{f.label}: {f.text}" if f.label else f.text for f in briefing.section(section)]


def wrote(text: str, **fields):
    return judged(a_message(text=text, reply_text=text, **{"sent_at": TEN - timedelta(days=1)} | fields), a_verdict())


def test_a_brief_has_its_five_sections_in_order_and_a_source_on_every_line() -> None:
    made = brief(an_event(), wrote("The board agreed to the price."), a_contact(), a_deal(), a_note(at=TEN - timedelta(days=2)))
    assert [name for name, _ in made.sections] == ["when_where", "people", "last_said", "open", "changed"]
    assert all(f.sources for f in made.facts())
    assert made.kind == "meeting"


def test_the_subject_says_when_what_and_who() -> None:
    people = (Attendee(DANA), Attendee(TOM), Attendee(MARA))
    assert brief(an_event(attendees=people)).subject == "14:00 Atlas round · Dana Whitfield, Tom Reed"
    assert brief(an_event(start_at=NOON + timedelta(days=1))).subject.startswith("Wed 13 May 12:00 Atlas round")


def test_when_and_where_with_length_link_and_agenda() -> None:
    event = an_event(
        end_at=NOON + timedelta(hours=3, minutes=30),
        conference="https://meet.example/abc",
        location="Room 4",
        description="Agree on the notice period.\n\nJoin Zoom Meeting\nhttps://meet.example/abc\nMeeting ID: 123",
    )
    assert lines(brief(event), "when_where") == [
        "When: Tue 12 May, 14:00–15:30 (1 h 30 min)",
        "Where: Room 4, video call",
        "Join: https://meet.example/abc",
        "Agenda: “Agree on the notice period.”",
    ]


def test_a_deal_is_theirs_by_the_domain_of_its_company() -> None:
    ours = a_deal(name="Renewal", company="Northbay Holding", people=(), domains=("atlas.example",))
    event = an_event(attendees=(Attendee(TOM), Attendee(MARA)))
    assert any("Renewal" in line for line in lines(brief(event, ours), "open"))
    free = an_event(attendees=(Attendee(Address("tom@gmail.com", "Tom Reed")), Attendee(MARA)))
    assert lines(brief(free, a_deal(name="Renewal", company="Gmail Fans", people=(), domains=("gmail.com",))), "open") == []


def test_who_comes_with_role_reply_last_contact_and_deal() -> None:
    people = (Attendee(DANA, Reply.ACCEPTED), Attendee(TOM, Reply.DECLINED), Attendee(MARA, Reply.ACCEPTED))
    made = brief(an_event(attendees=people), wrote("The board agreed."), a_contact(), a_deal())
    assert lines(made, "people") == [
        "Dana Whitfield: CFO, Atlas AG; accepted; last contact yesterday; open deal Atlas round.",
        "Tom Reed: Atlas AG; declined; no earlier contact found.",
    ]


def test_what_was_said_last_quotes_mail_chat_and_notes_with_their_dates() -> None:
    chat = a_thread("The Atlas round needs a decision on the notice period.")
    note = a_note(at=TEN - timedelta(days=4), title="Atlas round call")
    said = lines(brief(an_event(), wrote("The board agreed to the price."), chat, note), "last_said")
    assert said == [
        "Dana in #proj-atlas today: “The Atlas round needs a decision on the notice period.”",
        "Dana wrote yesterday about Term sheet: “The board agreed to the price.”",
        "Your notes, Fri: “Dana wants the shorter notice period.”",
    ]


def test_the_newest_crm_entry_counts_as_said() -> None:
    card = a_contact(notes="2026-05-03: Saw the demo. 2026-05-09: Had a call about the price. 2026-06-01: Planned dinner.")
    assert lines(brief(an_event(), card), "last_said") == ["CRM entry on Dana, on Saturday: “Had a call about the price.”"]


def test_open_ends_of_both_sides() -> None:
    asked = "Could you confirm the closing date?"
    mine = judged(
        a_message(sender=MARA, to=(DANA,), subject="Closing date", text=asked, reply_text=asked, sent_at=TEN - timedelta(days=2)),
        a_verdict(requests=(Request(Span(asked, 0), asked, of_me=False),)),
    )
    promise = "I will send the cap table by Monday."
    theirs = judged(
        a_message(subject="Cap table", text=promise, reply_text=promise, sent_at=TEN - timedelta(days=3)),
        a_verdict(commitments=(Commitment(Span(promise, 0), promise, DANA.email, False, When("Monday", date(2026, 5, 11))),)),
    )
    assert lines(brief(an_event(), mine, theirs), "open") == [
        "Dana promised Sat: “I will send the cap table by Monday.” Overdue since yesterday.",
        "You asked Dana Sun, no answer: “Could you confirm the closing date?”",
    ]


def test_a_promise_that_a_later_mail_delivers_is_kept() -> None:
    promise = "I will send the cap table by Monday."
    theirs = judged(
        a_message(thread_id="t", text=promise, reply_text=promise, sent_at=TEN - timedelta(days=3)),
        a_verdict(commitments=(Commitment(Span(promise, 0), promise, DANA.email, False),)),
    )
    later = wrote("Attached is the cap table.", thread_id="t")
    assert lines(brief(an_event(), theirs, later), "open") == []


def test_many_old_requests_are_counted_not_listed() -> None:
    ask = "Could you review this?"
    asked = [
        judged(
            a_message(text=ask, reply_text=ask, subject=f"Page {n}", sent_at=TEN - timedelta(days=10 + n)),
            a_verdict(requests=(Request(Span(ask, 0), ask),)),
        )
        for n in range(6)
    ]
    opened = lines(brief(an_event(), *asked), "open")
    assert len(opened) == 3
    assert opened[-1] == "4 older requests of Dana are not answered either."


def test_tasks_that_name_who_comes_are_open() -> None:
    task = a_task(title="Send Dana Whitfield the cap table", due_on=date(2026, 5, 12), assignee=MARA.email)
    assert lines(brief(an_event(), task), "open") == ["Your task: Send Dana Whitfield the cap table, due today."]


def test_changes_since_the_last_brief() -> None:
    people = (Attendee(DANA, Reply.DECLINED), Attendee(TOM), Attendee(MARA))
    event, deal = an_event(attendees=people), a_deal(stage="Signed")
    told = {
        f"brief:{event.id}:when": "20260512T080000Z/20260512T090000Z",
        f"brief:{event.id}:who:{DANA.email}": "accepted",
        f"deal:{deal.id}": "Term sheet",
    }
    assert lines(brief(event, deal, told=told), "changed") == [
        "Moved since the last brief: it was 10:00.",
        "Deal Atlas round moved from Term sheet to Signed since the last brief.",
        "Dana Whitfield has declined since the last brief.",
        "New since the last brief: Tom Reed.",
    ]


def test_a_brief_told_again_unchanged_reports_no_change() -> None:
    event = an_event()
    first = brief(event, a_deal(id="d"), a_contact())
    again = brief(event, a_deal(id="d"), a_contact(), told={f.key: f.version for f in first.facts()})
    assert lines(again, "changed") == []


def test_changes_since_the_last_meeting_of_the_series() -> None:
    event = an_event(uid="s", recurring=True, attendees=(Attendee(DANA), Attendee(TOM), Attendee(MARA)), location="Room 4")
    last = an_event(
        uid="s", recurring=True, start_at=event.start_at - LAST_WEEK, end_at=event.end_at - LAST_WEEK, location="Room 1",
        attendees=(Attendee(DANA), Attendee(MARA)),
    )  # fmt: skip
    made = brief(an_event(id="s/20260512T120000Z", **{f: getattr(event, f) for f in ("uid", "recurring", "attendees", "location")}),
                 last, wrote("The board agreed."))  # fmt: skip
    assert lines(made, "changed") == [
        "New since the last meeting: Tom Reed.",
        "The place changed since the last meeting: it was Room 1.",
        "The last meeting was on 5 May; 1 mail between you since.",
    ]


def test_a_deal_touched_since_the_last_meeting_says_where_it_stands() -> None:
    last = an_event(uid="s", start_at=TEN - LAST_WEEK, end_at=TEN - LAST_WEEK + timedelta(hours=1))
    made = brief(an_event(uid="s"), last, a_deal(stage="Signed", updated_at=TEN - timedelta(days=2)))
    assert lines(made, "changed") == ["Deal Atlas round was updated on Sunday, now Signed.", "The last meeting was on 5 May."]


def test_chat_of_others_counts_where_it_is_about_the_meeting() -> None:
    anna = Address("anna@keller.example", "Anna Frei")
    post = Post("p", TEN - timedelta(days=1), anna, "Legal is fine with 60 days for the Atlas round.")
    off_topic = Post("q", TEN - timedelta(days=1), anna, "The coffee machine is broken again.")
    made = brief(an_event(), a_thread(posts=(post,)), a_thread(posts=(off_topic,), channel="general"))
    assert lines(made, "last_said") == ["Anna Frei in #proj-atlas yesterday: “Legal is fine with 60 days for the Atlas round.”"]


def test_notes_about_the_same_thing_count_though_they_name_nobody() -> None:
    note = a_note(title="Atlas prep", text="We want the shorter notice period.", at=TEN - timedelta(days=3))
    assert "shorter notice period" in lines(brief(an_event(), note), "last_said")[0]


def test_an_instance_moved_from_its_usual_time_says_so() -> None:
    moved = an_event(id="s/20260512T090000Z", uid="s", recurring=True)
    assert lines(brief(moved), "changed") == ["Moved from its usual time: 11:00."]


def test_nothing_known_is_said_honestly() -> None:
    stranger = an_event(attendees=(Attendee(Address("kim@unknown.example")), Attendee(MARA)))
    made = brief(stranger)
    assert made.bottom_line == "Nothing was found about kim@unknown.example beyond the invitation."
    assert brief(an_event(attendees=())).bottom_line == "The invitation names nobody else."


def test_the_bottom_line_is_the_question_that_waits() -> None:
    ask = "Could you send the signed term sheet?"
    asked = judged(
        a_message(text=ask, reply_text=ask, sent_at=TEN - timedelta(days=1)), a_verdict(requests=(Request(Span(ask, 0), ask),))
    )
    assert brief(an_event(), asked).bottom_line == "Dana Whitfield waits for an answer from you."


def test_a_brief_is_one_screen_whatever_there_is() -> None:
    people = tuple(Attendee(Address(f"p{n}@atlas.example", f"Firstname Lastname {n}")) for n in range(40))
    mails = [wrote(f"Number {n} of many long sentences about the Atlas round and its price. " * 5, subject=f"Subject {n} of many",
                   sender=p.address) for n, p in enumerate(people)]  # fmt: skip
    made = brief(an_event(attendees=people, description="We agree on everything. " * 50), *mails, *(a_deal() for _ in range(9)))
    assert words(made) <= 300
    assert made.section("when_where")


def test_what_is_later_than_the_moment_is_not_known() -> None:
    assert lines(brief(an_event(), wrote("The board agreed.", sent_at=TEN + timedelta(minutes=1))), "last_said") == []


def test_private_events_and_messages_are_marked() -> None:
    made = brief(an_event(private=True), wrote("The board agreed."))
    assert all(f.sensitivity is Sensitivity.PRIVATE for f in made.facts())
    ruled = brief(an_event(), rules=(Rule("board", Condition(attendee="dana@*"), Consequence(private=True)),))
    assert all(f.sensitivity is Sensitivity.PRIVATE for f in ruled.facts())
    secret = judged(a_message(text="The board agreed.", reply_text="The board agreed.", sent_at=TEN - timedelta(days=1)),
                    a_verdict(private=True))  # fmt: skip
    assert [f.sensitivity for f in brief(an_event(), secret).section("last_said")] == [Sensitivity.PRIVATE]


def test_the_person_reads_the_bottom_line_of_a_private_event_others_do_not() -> None:
    made = brief(an_event(private=True, title="Doctor"), a_deal())
    assert made.bottom_line.startswith("Open deal")
    assert "Doctor" not in to_text(without_private(made))
    assert "deal" not in to_text(without_private(made))


def test_coverage_names_every_source() -> None:
    ill = Account(
        "mara", "slack", "slack_export", Health.UNREACHABLE, failing_since=TEN - timedelta(hours=3), error="no such folder"
    )
    made = brief(an_event(), ill)
    assert [(s.account, s.health) for s in made.coverage.sources] == [("slack", "unreachable")]


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", " https://[", "file://x\n"])
def test_only_pages_become_join_links(link: str) -> None:
    joins = [f for f in brief(an_event(conference=link)).section("when_where") if f.topic == "join"]
    assert all(f.text.startswith("https://") for f in joins)


def test_all_day_events_and_other_days_are_written_out() -> None:
    event = an_event(
        all_day=True,
        start_date=date(2026, 5, 13),
        end_date=date(2026, 5, 15),
        start_at=datetime(2026, 5, 12, 22, tzinfo=UTC),
        end_at=datetime(2026, 5, 14, 22, tzinfo=UTC),
    )
    assert lines(brief(event), "when_where")[0] == "When: Wed 13 May – Thu 14 May, all day"
