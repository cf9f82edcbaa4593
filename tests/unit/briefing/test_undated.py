from service.domain.items import Bulk
from tests.builders import DANA, MARA, a_contact
from tests.unit.briefing.scene import DAY, SEVEN, a_promise, a_question, a_world, an_ask, an_fyi, answer, brief, texts

LATER = "I will get back to you."


def morning(*things, as_of=SEVEN):
    return brief(a_world(*things), as_of)


def mine(**fields):
    return a_promise(LATER, **{"sender": MARA, "to": (DANA,), "sent_at": SEVEN - 4 * DAY} | fields)


def test_my_promise_without_a_date_is_told_after_two_working_days():
    (said,) = texts(morning(mine(), a_contact()), "commitments")
    assert said == "You to Dana Whitfield, Atlas AG, 4 days ago: “I will get back to you.”"


def test_not_before():
    assert not texts(morning(mine(sent_at=SEVEN - DAY)), "commitments")


def test_it_ends_when_i_deliver():
    promise = mine(thread_id="t")
    sent = an_fyi("The plan is attached.", sender=MARA, to=(DANA,), thread_id="t")
    assert not texts(morning(promise, sent), "commitments")


def test_their_promise_is_waited_for_where_i_had_asked():
    asked = a_question(sent_at=SEVEN - 6 * DAY, thread_id="t")
    promised = a_promise(LATER, sender=DANA, to=(MARA,), sent_at=SEVEN - 5 * DAY, thread_id="t")
    (said,) = texts(morning(asked, promised, a_contact()), "waiting")
    assert said == "Dana Whitfield, Atlas AG, 5 days ago: “I will get back to you.”"


def test_what_strangers_promise_unasked_is_nobody_s_wait():
    assert not texts(morning(a_promise(LATER, sender=DANA, to=(MARA,), sent_at=SEVEN - 5 * DAY)), "waiting")


def test_an_automatic_reply_promises_nothing():
    asked = a_question(sent_at=SEVEN - 6 * DAY, thread_id="t")
    away = a_promise(
        LATER,
        sender=DANA,
        to=(MARA,),
        subject="Out of office",
        sent_at=SEVEN - 5 * DAY,
        thread_id="t",
        bulk=Bulk(auto_submitted="auto-replied"),
    )
    (said,) = texts(morning(asked, away), "waiting")
    assert "silent 6 days" in said


def test_an_old_request_says_since_when_it_waits():
    (fact,) = morning(an_ask(sent_at=SEVEN - 3 * DAY)).section("needs_you")
    assert "waiting since Sat" in fact.why
    (fact,) = morning(an_ask()).section("needs_you")
    assert "waiting since" not in fact.why


def test_a_question_that_i_put_off_is_my_promise_then():
    asked = an_ask(sent_at=SEVEN - 6 * DAY, thread_id="t")
    put_off = answer(asked, LATER)
    promised = mine(sent_at=put_off.message.sent_at, thread_id="t")
    assert texts(morning(asked, promised), "needs_you") == []
    assert len(texts(morning(asked, promised), "commitments")) == 1
