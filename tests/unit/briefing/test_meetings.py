from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from service.briefing import meetings
from service.domain.facts import Basis, Fact, Sensitivity
from service.domain.items import Attendee, Reply
from service.domain.people import Address
from service.domain.rules import Condition, Consequence, Rule
from service.domain.verdicts import Request, Span, When
from tests.builders import (
    DANA,
    MARA,
    a_contact,
    a_deal,
    a_message,
    a_note,
    a_person,
    a_thread,
    a_verdict,
    an_event,
    judged,
)
from tests.world import World

TOM = Address("tom.reed@atlas.example", "Tom Reed")
ANNA = Address("anna@keller.example", "Anna Frei")
SEVEN = datetime(2026, 5, 12, 5, 0, tzinfo=UTC)
START, END = datetime(2026, 5, 11, 22, 0, tzinfo=UTC), datetime(2026, 5, 12, 22, 0, tzinfo=UTC)


def at(hour: int, minute: int = 0) -> datetime:
    """A local time of the day in Zurich."""
    return datetime(2026, 5, 12, hour - 2, minute, tzinfo=UTC)


def day(world: World, *rules: Rule, **fields) -> tuple[Fact, ...]:
    return meetings.day(a_person(**fields), world, rules, START, END, SEVEN)


def world(*things: object) -> World:
    return World(a_person()).with_(*things)


def details(fact: Fact) -> list[str]:
    return [d.text for d in fact.details]


def asks(text: str = "Could you send me the signed term sheet by Friday?", due: When | None = None, **fields):
    return judged(a_message(text=text, reply_text=text, **{"sent_at": SEVEN - timedelta(hours=15)} | fields),
                  a_verdict(requests=(Request(Span(text, 0), text, due=due),)))  # fmt: skip


def test_a_meeting_says_when_what_who_and_where() -> None:
    people = (Attendee(MARA, Reply.ACCEPTED), Attendee(DANA, Reply.ACCEPTED), Attendee(TOM))
    [fact] = day(world(a_contact(), an_event(start_at=at(9, 30), end_at=at(10), attendees=people, location="Room 4")))
    assert fact.label == "09:30–10:00"
    assert fact.text == "Atlas round — Dana Whitfield, Tom Reed (Atlas AG); Room 4"
    assert fact.speech == "At 09:30, Atlas round with Dana Whitfield and Tom Reed of Atlas AG."
    assert fact.sources[0].kind == "event"


def test_a_meeting_with_one_from_outside_introduces_them_aloud() -> None:
    assert day(world(an_event(), a_contact()))[0].speech == "At 14:00, Atlas round with Dana Whitfield, CFO of Atlas AG."


def test_meetings_stand_by_start_whatever_they_weigh() -> None:
    inside = an_event(title="Team", start_at=at(8), end_at=at(9), attendees=(Attendee(ANNA),))
    facts = day(world(an_event(), inside, a_deal()))
    assert [f.label for f in facts] == ["08:00–09:00", "14:00–15:00"]
    assert facts[0].importance < facts[1].importance


def test_many_people_are_counted() -> None:
    crowd = tuple(Attendee(Address(f"p{i}@keller.example", f"Person {i}")) for i in range(9))
    [fact] = day(world(an_event(attendees=crowd)))
    assert fact.text == "Atlas round — Person 0, Person 1, Person 2 … and 6 others"


def test_rooms_and_the_person_are_no_guests() -> None:
    room = Attendee(Address("room4@keller.example", "Room 4"), resource=True)
    [fact] = day(world(an_event(attendees=(room, Attendee(MARA), Attendee(DANA)))))
    assert fact.people == ("Dana Whitfield",)


def test_a_link_as_place_is_a_video_call() -> None:
    [fact] = day(world(an_event(location="https://meet.example/abc", conference="https://meet.example/abc")))
    assert fact.text.endswith("; video call")


def test_two_busy_meetings_at_once_conflict() -> None:
    board = an_event(title="Board prep", start_at=at(14, 30), end_at=at(16), attendees=(Attendee(ANNA),))
    first, second = day(world(an_event(), board))
    assert details(first)[0] == "conflict with 14:30 Board prep"
    assert details(second)[0] == "conflict with 14:00"
    assert first.details[0].basis is Basis.DERIVED


def test_what_follows_directly_or_is_free_does_not_conflict() -> None:
    after = an_event(title="After", start_at=at(15), end_at=at(16))
    free = an_event(title="Info", busy=False, start_at=at(14), end_at=at(16))
    gone = an_event(title="Declined", attendees=(Attendee(MARA, Reply.DECLINED), Attendee(ANNA)))
    off = an_event(title="Off", status="cancelled", updated_at=SEVEN - timedelta(days=9))
    facts = day(world(an_event(), after, free, gone, off))
    assert {f.text.partition(" —")[0] for f in facts} == {"Atlas round", "Info", "After"}
    assert not any(d.topic == "conflict" for f in facts for d in f.details)


def test_one_meeting_in_two_calendars_is_told_once() -> None:
    facts = day(world(an_event(account="work"), an_event(account="phone")))
    assert len(facts) == 1
    assert not any(d.topic == "conflict" for d in facts[0].details)


def test_a_fresh_cancellation_is_told_an_old_one_is_not() -> None:
    fresh = an_event(title="Canceled: Pipeline", status="cancelled", updated_at=SEVEN - timedelta(hours=12))
    old = an_event(title="Old", status="cancelled", updated_at=SEVEN - timedelta(days=9))
    [fact] = day(world(fresh, old))
    assert fact.text == "cancelled: Pipeline — Dana Whitfield"
    assert fact.topic == "cancelled"


def test_own_blocks_are_counted_not_listed_as_meetings() -> None:
    focus = an_event(title="Focus", attendees=(), start_at=at(8), end_at=at(9))
    lunch = an_event(title="Lunch", attendees=(Attendee(MARA),), start_at=at(12), end_at=at(13))
    [fact] = day(world(focus, lunch))
    assert fact.text == "Yours: Focus 08:00–09:00, Lunch 12:00–13:00"
    assert fact.topic == "blocks"


def test_a_meeting_that_names_nobody_is_still_one() -> None:
    call = an_event(title="Call with the notary", attendees=())
    [fact] = day(world(call))
    assert fact.text == "Call with the notary"


def test_private_events_stay_private_even_as_a_conflict() -> None:
    doctor = an_event(title="Doctor", attendees=(), location="Main St 1", private=True, start_at=at(14, 30), end_at=at(15, 30))
    atlas, hidden = day(world(an_event(), doctor))
    assert hidden.sensitivity is Sensitivity.PRIVATE
    assert all(d.sensitivity is Sensitivity.PRIVATE for d in hidden.details)
    assert [d.sensitivity for d in atlas.details if "Doctor" in d.text] == [Sensitivity.PRIVATE]
    assert "Doctor" not in atlas.text + atlas.speech + atlas.why


def test_preparation_names_the_open_question_and_the_deal() -> None:
    deal = a_deal(amount="CHF 2.4m", follow_up_on=date(2026, 5, 14))
    [fact] = day(world(an_event(), asks(), deal, a_contact()))
    assert sorted(details(fact)) == [
        "Dana asked you yesterday: “Could you send me the signed term sheet by Friday?”",
        "Open deal Atlas round: Term sheet, CHF 2.4m, follow-up due Thursday.",
    ]
    assert {d.sources[0].kind for d in fact.details} == {"message", "deal"}


def test_at_most_two_lines_prepare_a_meeting() -> None:
    chat = a_thread("The Atlas round needs a decision on the notice period.")
    note = a_note(at=SEVEN - timedelta(days=2), title="Atlas round call")
    more = a_message(subject="Atlas round", text="The board agreed to the price.", reply_text="The board agreed to the price.")
    [fact] = day(world(an_event(), asks(), a_deal(), chat, note, more, a_contact()))
    assert len(fact.details) == 2


def test_what_was_answered_is_not_open() -> None:
    asked = asks(thread_id="t1")
    answer = a_message(thread_id="t1", sender=MARA, to=(DANA,), text="Here it is.", sent_at=SEVEN - timedelta(hours=2))
    [fact] = day(world(an_event(), asked, answer))
    assert not any("not answered" in d.text for d in fact.details)


def test_junk_is_never_quoted() -> None:
    bad = judged(a_message(subject="Atlas round"), a_verdict(phishing=True))
    [fact] = day(world(an_event(), bad))
    assert fact.details == ()


def test_the_day_asks_at_most_ten_questions() -> None:
    many = [an_event(title=f"Meeting {i}", start_at=at(8) + timedelta(minutes=20 * i)) for i in range(20)]
    here = world(*many, asks(), a_deal(), a_contact())
    day(here)
    assert len(here.calls) <= 10


def test_a_rule_decides_importance_and_silence() -> None:
    first = Rule("board", Condition(subject="*atlas*"), Consequence(priority="urgent"))
    never = Rule("no stand-ups", Condition(subject="stand-up"), Consequence(mute=True))
    [fact] = day(world(an_event(), an_event(title="Stand-up", start_at=at(9), end_at=at(9, 15))), first, never)
    assert fact.importance > 0.9


def test_what_the_person_should_know_of_the_invitation() -> None:
    people = (Attendee(MARA, Reply.NEEDS_ACTION), Attendee(DANA, Reply.DECLINED))
    [fact] = day(world(an_event(attendees=people, start_at=at(20), end_at=at(21))))
    assert details(fact) == ["Dana Whitfield has declined", "you have not answered the invitation", "outside your working hours"]


def test_priorities_and_people_from_outside_weigh_more() -> None:
    plain = day(world(an_event(attendees=(Attendee(ANNA),))))[0]
    outside = day(world(an_event()))[0]
    priority = day(world(an_event()), priorities=("close the Atlas round",))[0]
    assert plain.importance < outside.importance < priority.importance
    assert priority.why == "somebody from outside takes part and it touches a priority of yours"


def test_hours_are_those_of_the_person() -> None:
    here = world(an_event())
    [fact] = meetings.day(a_person(timezone="America/New_York"), here, (), START, END, SEVEN)
    assert fact.label == "08:00–09:00"


def test_on_the_day_the_clocks_change_hours_are_local() -> None:
    zone = ZoneInfo("Europe/Zurich")
    start = datetime(2026, 10, 25, 2, 30, tzinfo=zone, fold=0).astimezone(UTC)
    event = an_event(start_at=start, end_at=start + timedelta(hours=1))
    here = world(event)
    midnight = datetime(2026, 10, 25, tzinfo=zone).astimezone(UTC)
    [fact] = meetings.day(a_person(), here, (), midnight, midnight + timedelta(hours=25), midnight)
    assert fact.label == "02:30–02:30"  # an hour long, though the clock on the wall says the same


@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=40), st.integers(0, 600), st.integers(-5, 300)), max_size=8))
def test_any_calendar_makes_a_section(rows) -> None:
    events = [
        an_event(title=title, location=place, description=place, start_at=START + timedelta(minutes=begin),
                 end_at=START + timedelta(minutes=begin + lasting), attendees=(Attendee(Address("x@y.example", title)),))
        for title, place, begin, lasting in rows
    ]  # fmt: skip
    facts = day(world(*events))
    assert all(f.sources and "\n" not in f.text and (f.label or f.topic == "over") for f in facts)


def test_a_calendar_gone_wild_is_cut_short_and_says_so() -> None:
    facts = day(world(*(an_event(title=f"Call {n}", start_at=at(8) + timedelta(minutes=n)) for n in range(300))))
    assert len(facts) == 41
    assert facts[-1].text.startswith("260 more entries")
