from datetime import UTC, datetime, timedelta

from service.domain.sync import Health
from tests.builders import an_event
from tests.unit.briefing.scene import DAY, HOUR, SEVEN, a_question, a_world, an_account, an_ask, brief
from tests.world import World


def meeting(hours, **fields):
    return an_event(start_at=SEVEN + hours * HOUR, end_at=SEVEN + (hours + 1) * HOUR, **fields)


def test_quiet_day_says_so_in_one_line():
    briefing = brief(a_world())
    assert briefing.bottom_line == "A quiet day: nothing needs you, no meetings."
    assert briefing.subject == "Tue 12 May · a quiet day"
    assert briefing.facts() == ()


def test_the_person_is_greeted_by_name_and_day():
    assert brief(a_world()).title == "Good morning, Mara – Tuesday 12 May"
    assert brief(a_world(), SEVEN + 9 * HOUR).title.startswith("Good afternoon, Mara")


def test_subject_counts_what_is_there():
    briefing = brief(a_world(an_ask(), an_ask("Could you call?"), meeting(2), meeting(5)))
    assert briefing.subject == "Tue 12 May · 2 need you · 2 meetings"
    assert brief(a_world(an_ask())).subject == "Tue 12 May · 1 needs you"
    assert brief(a_world(meeting(2))).subject == "Tue 12 May · 1 meeting"


def test_subject_counts_the_rest_where_nothing_presses():
    assert brief(a_world(a_question())).subject == "Tue 12 May · 1 waiting"


def test_cancelled_meetings_are_not_counted():
    assert brief(a_world(meeting(2, status="cancelled"))).subject == "Tue 12 May · a quiet day"


def test_the_bottom_line_puts_importance_before_time():
    briefing = brief(a_world(an_ask(at=SEVEN + 10 * HOUR), an_ask("Could you call?"), meeting(2.5), meeting(5)))
    assert briefing.bottom_line == (
        "Dana Whitfield: “Could you send me the signed term sheet?” Due today 17:00. One more needs you,"
        " two meetings, the first at 09:30."
    )


def test_a_day_of_meetings_only_says_that_nothing_needs_the_person():
    assert brief(a_world(meeting(2))).bottom_line == "Nothing needs you, one meeting at 09:00."


def test_in_the_afternoon_the_next_meeting_is_named_and_what_is_over_left_to_a_count():
    briefing = brief(a_world(meeting(2), meeting(7.5), meeting(9)), SEVEN + 8 * HOUR)
    assert briefing.bottom_line.endswith("two meetings, the next at 16:00.")
    assert [f.text for f in briefing.section("meetings") if f.topic == "over"] == ["1 already over: Atlas round 09:00–10:00"]


def test_a_source_that_could_not_be_read_forbids_calm():
    failing = an_account(name="Mail", health=Health.UNREACHABLE, failing_since=SEVEN - timedelta(minutes=110))
    briefing = brief(World(a_world().person).with_(failing))
    assert briefing.bottom_line == "Nothing needs you in what could be read, but Mail has been unreachable since 05:10."
    assert "quiet" not in briefing.subject


def test_a_busy_day_names_what_is_missing_too():
    lost = an_account(name="Calendar", health=Health.NO_ACCESS, failing_since=SEVEN - 4 * DAY)
    assert brief(a_world(an_ask(), lost)).bottom_line.endswith(", but Calendar has refused access since Friday 07:00.")


def test_stale_and_new_sources_forbid_calm():
    stale = an_account(name="Notes", read_at=SEVEN - 2 * DAY)
    new = an_account(name="CRM", health=Health.NEW, read_at=None)
    assert brief(a_world(stale, new)).bottom_line == (
        "Nothing needs you in what could be read, but Notes was last read on Sunday 07:00 and CRM has not been read yet."
    )


def test_weekends_and_holidays_are_greeted():
    def quiet(now, **person):
        return brief(World(a_world(**person).person).with_(an_account(read_at=now)), now)

    assert quiet(SEVEN + 4 * DAY).bottom_line == "A quiet Saturday: nothing needs you, no meetings."
    ascension = quiet(SEVEN + 2 * DAY, holidays="CH-ZH")
    assert ascension.title == "Good morning, Mara – Thursday 14 May, Ascension Day"
    assert ascension.bottom_line == "Ascension Day, a quiet day: nothing needs you, no meetings."


def test_an_unknown_holiday_calendar_keeps_none():
    assert brief(a_world(holidays="XX-YY")).subject == "Tue 12 May · a quiet day"


def test_the_day_is_the_persons_own():
    late_evening = datetime(2026, 5, 12, 23, 30, tzinfo=UTC)
    assert brief(a_world(), late_evening).subject.startswith("Wed 13 May")
    assert brief(a_world(timezone="America/New_York"), late_evening).subject.startswith("Tue 12 May")
