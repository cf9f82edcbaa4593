from datetime import timedelta

import pytest

from service.domain.facts import Basis
from service.domain.items import Bulk
from service.domain.ledger import Occurrence, Outcome, State
from service.domain.people import Address
from service.domain.sync import Health, Problem
from service.domain.verdicts import Category
from tests.unit.briefing.scene import DAY, HOUR, SEVEN, a_question, a_world, an_account, an_ask, an_fyi, answer, brief, texts
from tests.world import World

NEWS = {"sender": Address("editor@news.example", "News"), "bulk": Bulk(list_id="<weekly.news.example>", unsubscribe=True)}


def test_what_people_wrote_is_counted_with_the_most_relevant_named_and_bulk_left_to_coverage():
    mails = [an_fyi(**NEWS) for _ in range(3)]
    mails += [an_fyi(sender=Address("noreply@bank.example", "Bank"))]
    mails += [
        an_fyi(subject="Minutes", verdict={"urgency": 0.3}),
        an_fyi(subject="Lunch", sender=Address("tom@reed.example", "Tom Reed")),
    ]
    briefing = brief(a_world(*mails))
    (fact,) = briefing.section("rest")
    assert fact.text == "2 FYI: Dana Whitfield on “Minutes”, Tom Reed on “Lunch”."
    assert fact.speech == "Beyond that, 3 newsletters, 1 notification and 2 messages for your information."
    assert briefing.coverage.suppressed == (("newsletters", 3), ("notification", 1))
    assert fact.basis is Basis.DERIVED
    assert len(fact.sources) == 2


def test_what_was_answered_or_told_elsewhere_is_not_counted_again():
    fyi = an_fyi()
    assert not brief(a_world(an_ask(), fyi, answer(fyi))).section("rest")


def test_private_senders_are_counted_and_not_named():
    (fact,) = brief(a_world(an_fyi(verdict={"private": True}))).section("rest")
    assert fact.text == "1 FYI."
    assert not fact.sources


def test_suspected_phishing_is_a_warning_by_name_and_domain():
    mail = an_fyi(sender=Address("help@evil.example", "Your Bank"), verdict={"phishing": True})
    assert texts(brief(a_world(mail)), "rest") == ["Suspected phishing, kept out: “Your Bank” from evil.example."]


def test_many_phishing_messages_do_not_fill_the_morning():
    mails = [an_fyi(sender=Address("x@evil.example"), verdict={"phishing": True}) for _ in range(9)]
    said = texts(brief(a_world(*mails)), "rest")
    assert len(said) == 3
    assert said[-1] == "7 more suspected phishing messages kept out."


def test_coverage_counts_what_was_left_out_by_kind():
    mails = [an_fyi(**NEWS), an_fyi(**NEWS), an_fyi(verdict={"muted": True}), an_fyi(verdict={"category": Category.PROMOTION})]
    assert brief(a_world(*mails)).coverage.suppressed == (("newsletters", 3), ("muted", 1))


def test_coverage_names_each_source_with_what_it_held_and_could_not_read():
    broken = an_account(name="calendar", kind="ics", problems=(Problem("a.ics", "no DTSTART"),))
    sources = brief(a_world(an_fyi(), an_fyi(sent_at=SEVEN - 5 * DAY), broken)).coverage.sources
    assert [(s.account, s.items, s.problems, s.examples) for s in sources] == [
        ("mail", 1, 0, ()),
        ("calendar", 0, 1, ("a.ics: no DTSTART",)),
    ]


def test_the_window_reaches_back_to_the_previous_briefing():
    world = a_world().tell("morning", SEVEN - DAY, (), made_at=SEVEN - DAY - timedelta(minutes=10))
    assert brief(world).coverage.since_at == SEVEN - DAY - timedelta(minutes=10)
    assert brief(world).coverage.until_at == SEVEN


@pytest.mark.parametrize(("days_later", "back"), [(0, 1), (5, 2), (6, 3)])
def test_the_first_window_is_a_day_and_reaches_over_the_weekend(days_later, back):
    now = SEVEN + days_later * DAY
    assert brief(a_world(), now).coverage.since_at == now - back * DAY


def test_after_a_long_absence_two_weeks_are_enough():
    world = a_world().tell("morning", SEVEN - 90 * DAY, ())
    assert brief(world).coverage.since_at == SEVEN - 14 * DAY


def test_a_late_briefing_says_so():
    assert brief(a_world(), SEVEN + timedelta(minutes=40), SEVEN).coverage.notes == ("This briefing is 40 minutes late.",)
    assert brief(a_world(), SEVEN + 3 * HOUR, SEVEN).coverage.notes == ("This briefing is 3 hours late.",)
    assert brief(a_world(), SEVEN + timedelta(minutes=5), SEVEN).coverage.notes == ()


def test_missed_briefings_are_told():
    def missed(cadence, outcome, reason, hours):
        at = SEVEN - hours * HOUR
        return Occurrence(
            f"{cadence}{hours}", "mara", cadence, cadence, "slot", at, at, at, "", State.ENDED, outcome, reason, ended_at=at
        )

    world = a_world(
        missed("evening", Outcome.FAILED, "SMTP refused", 12),
        missed("triage", Outcome.SKIPPED, "expired", 3),
        missed("triage", Outcome.SKIPPED, "expired", 2),
    )
    assert brief(world).coverage.missed == (
        "evening of yesterday 19:00: failed (SMTP refused)",
        "triage: 2 times skipped, last 05:00 (expired)",
    )


def test_no_account_at_all_claims_nothing():
    briefing = brief(World(a_world().person))
    assert briefing.bottom_line == "Nothing needs you in what could be read, but no source is connected."


def test_what_was_told_before_is_counted_with_its_people():
    world = a_world(an_ask(), a_question(subject="Budget"))
    world.tell("morning", SEVEN, brief(world).facts())
    assert "2 told before, unchanged (Dana Whitfield)." in texts(brief(world, SEVEN + HOUR), "rest")


def test_an_unhealthy_source_is_in_coverage_as_it_is():
    failing = an_account(health=Health.UNREACHABLE, failing_since=SEVEN - HOUR, error="time-out")
    source = brief(World(a_world().person).with_(failing)).coverage.sources[0]
    assert (source.health, source.failing_since, source.error) == ("unreachable", SEVEN - HOUR, "time-out")


def test_talk_on_a_list_is_told_apart_from_a_newsletter():
    the_list = {"bulk": Bulk(list_id="<dev.project.example>", unsubscribe=True), "to": (Address("dev@project.example"),)}
    talk = an_fyi(sender=Address("ann@elsewhere.example", "Ann"), **the_list)
    letter = an_fyi(sender=Address("team@project.example", "Team"), **the_list)
    assert brief(a_world(talk, letter)).coverage.suppressed == (("mailing-list message", 1), ("newsletter", 1))


def test_a_list_without_headers_shows_by_its_tag():
    talk = an_fyi(subject="Re: [project] a question", to=(Address("dev@project.example"),))
    assert brief(a_world(talk)).coverage.suppressed == (("mailing-list message", 1),)


def test_several_messages_of_one_talk_are_named_once():
    mails = [an_fyi(subject="Lunch"), an_fyi(subject="Re: Lunch"), an_fyi(subject="Dinner", verdict={"urgency": 0})]
    assert texts(brief(a_world(*mails)), "rest") == ["3 FYI: Dana Whitfield on “Lunch”, Dana Whitfield on “Dinner”."]


def test_mail_written_before_the_last_briefing_and_arrived_after_it_is_new():
    written, arrived = SEVEN - 25 * HOUR, SEVEN - 23 * HOUR
    world = a_world(an_fyi(sent_at=written, arrived_at=arrived), an_fyi(sent_at=written))
    world.tell("morning", SEVEN - 24 * HOUR, ())
    assert brief(world).coverage.sources[0].items == 1
