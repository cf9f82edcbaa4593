from datetime import timedelta

import pytest

from service.domain.facts import Sensitivity
from service.domain.people import Address
from tests.builders import DANA, MARA, a_deal, a_message, a_task, a_verdict, judged
from tests.unit.briefing.scene import DAY, HOUR, SEVEN, TODAY, a_promise, a_world, an_ask, an_fyi, answer, brief, texts

TOM = Address("tom@reed.example", "Tom Reed")
TOMORROW = TODAY + timedelta(days=1)


def said(*things, **person):
    return texts(brief(a_world(*things, **person)), "commitments")


def test_their_promise_says_who_what_and_when():
    assert said(a_promise(on=TODAY)) == ["Dana Whitfield: “I will send the deck by then.” Due today."]


def test_the_persons_own_promise_says_to_whom():
    mine = a_promise("I'll call the notary.", on=TOMORROW, sender=MARA, to=(TOM,))
    assert said(mine) == ["You to Tom Reed: “I'll call the notary.” Due tomorrow."]


@pytest.mark.parametrize(("days", "told"), [(-8, False), (-7, True), (-1, True), (0, True), (2, True), (3, False)])
def test_what_is_near_is_told(days, told):
    assert bool(said(a_promise(on=TODAY + timedelta(days=days)))) is told


def test_a_promise_without_a_date_is_not_due():
    assert not said(a_promise())


def test_a_promise_that_was_kept_is_dropped():
    mine = a_promise(on=TODAY, sender=MARA, to=(TOM,), thread_id="t")
    kept = judged(a_message(text="Here is the deck.", sender=MARA, to=(TOM,), thread_id="t", sent_at=SEVEN - HOUR))
    assert not said(mine, kept)


def test_somebody_elses_attachment_keeps_no_promise():
    theirs = a_promise(on=TODAY, thread_id="t")
    other = an_fyi("Here is the agenda.", sender=TOM, thread_id="t")
    assert len(said(theirs, other)) == 1


def test_a_newer_promise_about_the_same_replaces_it():
    first = a_promise("I will send the signed deck today.", on=TODAY, thread_id="t")
    later = a_promise("I can send the signed deck tomorrow only.", on=TOMORROW, thread_id="t", sent_at=SEVEN - DAY)
    assert said(first, later) == ["Dana Whitfield: “I can send the signed deck tomorrow only.” Due tomorrow."]


def test_two_promises_of_one_message_are_two():
    one = a_promise("I will send the deck tomorrow.", on=TOMORROW)
    both = (*one.verdict.commitments, *a_promise("I will call the bank.", on=TODAY).verdict.commitments)
    message = a_message(text="I will send the deck tomorrow. I will call the bank.", sent_at=SEVEN - DAY)
    assert len(said(judged(message, a_verdict(commitments=both)))) == 2


def test_spam_promises_nothing():
    one = a_promise(on=TODAY)
    assert not said(judged(one.message, a_verdict(spam=True, commitments=one.verdict.commitments)))


def test_what_is_asked_for_again_is_told_once():
    mine = a_promise(on=TODAY, sender=MARA, to=(DANA,), thread_id="t")
    briefing = brief(a_world(mine, an_ask(thread_id="t", on=TODAY)))
    assert len(briefing.section("needs_you")) == 1
    assert not briefing.section("commitments")


def test_a_promise_comes_back_when_it_falls_due():
    world = a_world(a_promise(on=TODAY + timedelta(days=2)))
    world.tell("morning", SEVEN, brief(world).facts())
    due = [bool(brief(world, SEVEN + n * DAY).section("commitments")) for n in (1, 2)]
    assert due == [True, True]


def test_own_tasks_due_stand_among_the_commitments():
    tasks = (
        a_task(title="Sign lease", due_on=TODAY, assignee="mara@keller.example", project="Office"),
        a_task(title="Call bank", due_on=TODAY - timedelta(days=1)),
        a_task(title="Not mine", due_on=TODAY, assignee="tom@reed.example"),
        a_task(title="Not yet", due_on=TOMORROW),
        a_task(title="Long ago", due_on=TODAY - timedelta(days=30)),
    )
    briefing = brief(a_world(*tasks))
    assert sorted(texts(briefing, "commitments")) == [
        "Task “Call bank”: overdue since yesterday.",
        "Task “Sign lease” (Office): due today.",
    ]
    assert "1 task overdue for more than a week." in texts(briefing, "rest")


def test_a_task_assigned_by_first_name_is_mine():
    assert said(a_task(title="Sign", due_on=TODAY, assignee="Mara"))


def test_a_deal_to_follow_up_is_due_like_a_task():
    deal = a_deal(name="Atlas round", follow_up_on=TODAY, owner="Mara Keller")
    assert said(deal) == ["Follow-up “Atlas round” (Atlas AG, Term sheet): due today."]


def test_private_promises_stay_private():
    one = a_promise(on=TODAY)
    private = judged(one.message, a_verdict(private=True, commitments=one.verdict.commitments))
    assert brief(a_world(private)).section("commitments")[0].sensitivity is Sensitivity.PRIVATE


def test_an_answer_that_delivers_nothing_leaves_the_promise_open():
    theirs = a_promise(on=TODAY)
    assert len(said(theirs, answer(theirs, "Thank you!"))) == 1
