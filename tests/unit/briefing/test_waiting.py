from datetime import timedelta

import pytest

from service.domain.items import Bulk
from service.domain.people import Address
from service.domain.verdicts import Category, Request, Span
from tests.builders import DANA, MARA, a_contact, a_message, a_verdict, judged
from tests.unit.briefing.scene import DAY, HOUR, SEVEN, TODAY, a_promise, a_question, a_world, an_fyi, brief, texts

TOM = Address("tom@reed.example", "Tom Reed")


def waiting(*things, as_of=SEVEN, **person):
    return brief(a_world(*things, **person), as_of).section("waiting")


def test_an_unanswered_question_is_told_with_its_age():
    (fact,) = waiting(a_question(), a_contact())
    assert fact.text == "Dana Whitfield, Atlas AG, silent 4 days: “Could you share the budget?”"


def test_two_working_days_are_waited_for():
    assert not waiting(a_question(sent_at=SEVEN - 3 * DAY - 24 * HOUR), as_of=SEVEN - DAY)
    assert waiting(a_question(sent_at=SEVEN - 4 * DAY))


def test_a_holiday_is_no_working_day():
    before_ascension = SEVEN + DAY  # Wednesday 13 May; Thursday is a holiday in Zurich
    asked = a_question(sent_at=before_ascension)
    assert waiting(asked, as_of=before_ascension + 2 * DAY)
    assert not waiting(asked, as_of=before_ascension + 2 * DAY, holidays="CH-ZH")


def test_after_three_weeks_nobody_is_waited_for():
    assert not waiting(a_question(sent_at=SEVEN - 22 * DAY))


def test_an_answer_ends_the_wait():
    asked = a_question()
    answer = an_fyi("Next week.", sender=DANA, thread_id=asked.message.thread_id)
    assert not waiting(asked, answer)


def test_an_answer_in_another_thread_ends_it_too():
    asked = a_question(subject="Budget")
    assert not waiting(asked, an_fyi("Next week.", sender=DANA, subject="AW: Budget"))


def test_an_automatic_reply_does_not():
    asked = a_question(subject="Budget")
    away = an_fyi(
        "I am away.", thread_id=asked.message.thread_id, subject="Out of office", bulk=Bulk(auto_submitted="auto-replied")
    )
    assert len(waiting(asked, away)) == 1


def test_a_question_triage_did_not_mark_is_found_by_its_mark():
    message = a_message(text="Thanks. Any thoughts on the annex?", sender=MARA, to=(DANA,), sent_at=SEVEN - 4 * DAY)
    (fact,) = waiting(judged(message, a_verdict(category=Category.FYI)))
    assert fact.sources[0].quote == "Any thoughts on the annex?"


def test_a_message_that_asks_nothing_waits_for_nothing():
    assert not waiting(judged(a_message(text="Thank you.", sender=MARA, to=(DANA,), sent_at=SEVEN - 4 * DAY), a_verdict()))


@pytest.mark.parametrize("to", [(), (MARA,), (Address("noreply@shop.example"),)])
def test_nobody_waits_for_oneself_or_a_machine(to):
    assert not waiting(a_question(to=to))


def test_several_people_asked_are_one_line():
    (fact,) = waiting(a_question(to=(DANA, TOM)))
    assert fact.text.startswith("Dana Whitfield and 1 other, silent 4 days:")


def test_their_promise_in_the_same_thread_is_said_instead():
    promise = a_promise(on=TODAY, thread_id="t", sent_at=SEVEN - 5 * DAY)
    briefing = brief(a_world(promise, a_question(thread_id="t")))
    assert not briefing.section("waiting")
    assert len(briefing.section("commitments")) == 1


def test_it_is_said_again_after_a_week_not_every_day():
    world = a_world(a_question())
    told = brief(world)
    world.tell("morning", SEVEN, told.facts())
    assert not brief(world, SEVEN + DAY).section("waiting")
    assert texts(brief(world, SEVEN + timedelta(days=3)), "waiting")


def test_a_courtesy_waits_for_no_answer():
    assert not waiting(a_question("If there is anything else I can do, please let me know."))


def test_the_subject_of_a_reply_is_no_question():
    message = a_message(text="Fine with me.", subject="Re: Lunch next week?", sender=MARA, to=(DANA,), sent_at=SEVEN - 4 * DAY)
    asked = Request(Span("Re: Lunch next week?", -1), "lunch", of_me=False)
    assert not waiting(judged(message, a_verdict(requests=(asked,))))


def test_a_mailing_list_owes_no_answer():
    assert not waiting(a_question(to=(Address("dev@project.example"),), bulk=Bulk(list_id="<dev.project.example>")))
