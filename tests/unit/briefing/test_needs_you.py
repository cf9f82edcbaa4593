import pytest

from service.domain.facts import Basis, Sensitivity
from service.domain.items import Bulk
from service.domain.people import Address
from service.domain.verdicts import Category, DateMention, Request, Span, When
from tests.builders import DANA, a_contact, a_deal, a_message, a_verdict, an_event, judged
from tests.unit.briefing.scene import ASKS, DAY, HOUR, SEVEN, TODAY, a_world, an_ask, an_fyi, answer, brief, texts

TOM = Address("tom@reed.example", "Tom Reed")


def needs(*things, **person):
    return brief(a_world(*things, **person)).section("needs_you")


def test_a_request_says_who_asks_in_their_own_words():
    (fact,) = needs(an_ask(), a_contact())
    assert fact.text == f"Dana Whitfield, Atlas AG: “{ASKS}”"
    assert fact.basis is Basis.STATED
    assert fact.sources[0].quote == ASKS


def test_a_due_time_is_said_in_local_words():
    (fact,) = needs(an_ask(at=SEVEN + 10 * HOUR))
    assert fact.text.endswith(" Due today 17:00.")
    assert fact.at == SEVEN + 10 * HOUR


def test_speech_is_shorter_than_text_and_keeps_the_words():
    (fact,) = needs(an_ask("Could you please look at " + "the long annex with many numbers and " * 5 + "tell me?"), a_contact())
    assert len(fact.speech) < len(fact.text)
    assert fact.speech.startswith("Dana Whitfield asks: Could you please look at")


def test_answered_mail_needs_nobody():
    ask = an_ask()
    assert not needs(ask, answer(ask))


def test_words_that_don_t_tell_what_they_are_about_get_their_subject():
    (fact,) = needs(an_ask("Please review.", subject="Re: Draft of the lease"))
    assert fact.text == "Dana Whitfield on “Draft of the lease”: “Please review.”"
    (fact,) = needs(an_ask("Could you review the lease draft?", subject="Draft of the lease"))
    assert fact.text == "Dana Whitfield: “Could you review the lease draft?”"


def test_mail_answered_without_a_reference_needs_nobody_either():
    ask = an_ask(subject="Term sheet")
    assert not needs(ask, answer(ask, thread_id="another", in_reply_to=""))


def test_a_message_flagged_as_answered_needs_nobody():
    assert not needs(an_ask(flags=frozenset({"seen", "answered"})))


def test_an_answer_by_a_machine_is_no_answer():
    ask = an_ask()
    away = an_fyi("I am away.", sender=DANA, thread_id=ask.message.thread_id, bulk=Bulk(auto_submitted="auto-replied"))
    assert len(needs(ask, away)) == 1


def test_a_draft_is_no_answer():
    ask = an_ask()
    assert len(needs(ask, answer(ask, flags=frozenset({"draft"})))) == 1


@pytest.mark.parametrize("flag", ["spam", "phishing", "muted"])
def test_what_triage_keeps_out_never_needs_anybody(flag):
    assert not needs(an_ask(verdict={flag: True}))


def test_bulk_mail_needs_nobody_however_it_asks():
    assert not needs(an_ask("Will you join our webinar?", bulk=Bulk(unsubscribe=True)))
    assert not needs(an_ask("Will you join our webinar?", verdict={"category": Category.PROMOTION}))
    assert not needs(an_ask("Please rate us", sender=Address("no-reply@shop.example", "Shop")))


def test_a_rule_lifts_even_a_machine():
    alarm = an_fyi("Disk full on db1.", sender=Address("alerts@ops.example", "Ops"), verdict={"priority": "urgent"})
    (fact,) = needs(alarm)
    assert fact.text == "Ops on “Term sheet”: “Disk full on db1.”"
    assert "a rule says urgent" in fact.why


def test_a_rule_may_lower_what_would_need_the_person():
    lowered, plain = needs(an_ask()), needs(an_ask(verdict={"priority": "low"}))
    assert lowered[0].importance > plain[0].importance


def test_urgent_mail_without_a_request_is_quoted_and_no_purpose_invented():
    urgent = an_fyi("Hi Mara,\n\nThe notary cancelled. We must move.", verdict={"category": Category.URGENT, "urgency": 0.9})
    (fact,) = needs(urgent)
    assert fact.text == "Dana Whitfield on “Term sheet”: “The notary cancelled.”"
    assert fact.basis is Basis.INFERRED


def test_a_thread_is_told_once_by_its_latest_request():
    first = an_ask(sent_at=SEVEN - 9 * HOUR, thread_id="t")
    again = an_ask("Could you call me?", sent_at=SEVEN - 2 * HOUR, thread_id="t")
    assert texts(brief(a_world(first, again)), "needs_you") == ["Dana Whitfield: “Could you call me?”"]


def test_a_request_stays_open_when_others_chime_in():
    ask = an_ask(thread_id="t")
    chime = an_fyi("I agree with Dana.", sender=TOM, thread_id="t")
    assert texts(brief(a_world(ask, chime)), "needs_you") == [f"Dana Whitfield: “{ASKS}”"]


def test_a_request_ends_when_somebody_else_delivers():
    ask = an_ask(thread_id="t")
    assert not needs(ask, an_fyi("Here is the signed term sheet.", sender=TOM, thread_id="t"))


def test_a_request_ends_when_it_is_taken_back():
    ask = an_ask(thread_id="t")
    assert not needs(ask, an_fyi("Never mind, found it.", thread_id="t"))


def test_the_same_question_in_two_threads_is_told_once():
    assert len(needs(an_ask(), an_ask())) == 1


def test_requests_count_for_two_weeks():
    assert len(needs(an_ask(sent_at=SEVEN - 13 * DAY))) == 1
    assert not needs(an_ask(sent_at=SEVEN - 15 * DAY))


def test_at_most_five_and_the_rest_is_counted():
    briefing = brief(a_world(*(an_ask(f"Could you check number {n}?") for n in range(8))))
    assert len(briefing.section("needs_you")) == 5
    assert "Not shown: 3 need you." in texts(briefing, "rest")


def test_importance_goes_before_time():
    older_and_due = an_ask("Could you sign today?", on=TODAY, sent_at=SEVEN - 3 * DAY)
    newer = an_ask("Could you have a look?", sent_at=SEVEN - HOUR)
    assert [f.sources[0].quote for f in needs(newer, older_and_due)] == ["Could you sign today?", "Could you have a look?"]


def test_deal_priority_and_meeting_weigh_and_are_named():
    plain = needs(an_ask())[0]
    ask = an_ask(subject="Atlas round")
    (fact,) = needs(ask, a_contact(), a_deal(), an_event(start_at=SEVEN + 3 * HOUR), priorities=("close the Atlas round",))
    assert fact.importance > plain.importance
    for reason in ("open deal “Atlas round”", "your priority “close the Atlas round”", "you meet them at 10:00"):
        assert reason in fact.why


def test_private_mail_makes_a_private_fact():
    assert needs(an_ask(verdict={"private": True}))[0].sensitivity is Sensitivity.PRIVATE


def test_outside_words_stay_on_one_line_and_inside_their_quotation():
    hostile = an_ask("Could you\nsend ”me\u202e the\x00 file?", sender=Address("x@y.example", "Eve\r\nBcc: all"))
    (fact,) = needs(hostile)
    assert fact.text == "Eve Bcc: all: “Could you send ’me the file?”"


def test_a_sender_without_a_name_is_called_by_their_address():
    (fact,) = needs(an_ask(sender=Address("x42@y.example")))
    assert fact.text.startswith("x42@y.example:")


def test_a_message_without_words_is_told_by_its_subject():
    (fact,) = needs(judged(a_message(text="", sent_at=SEVEN - HOUR), a_verdict(category=Category.URGENT)))
    assert fact.text == "Dana Whitfield on “Term sheet”."


def test_a_stranger_who_asks_nothing_exactly_is_left_to_the_rest():
    hint = judged(a_message(sent_at=SEVEN - HOUR), a_verdict())
    assert not needs(hint)
    assert len(needs(hint, a_contact())) == 1


def test_nothing_later_than_the_moment_is_told():
    assert not needs(an_ask(sent_at=SEVEN + HOUR))


def test_a_request_that_announces_a_list_is_quoted_with_its_beginning():
    text = "Please do the following:\n- sign the lease\n- call the bank"
    message = a_message(text=text, subject="", sent_at=SEVEN - HOUR)
    asked = Request(Span("Please do the following:", 0), "do the following")
    (fact,) = needs(judged(message, a_verdict(requests=(asked,))))
    assert fact.text == "Dana Whitfield: “Please do the following: - sign the lease - call the bank”."
    assert fact.sources[0].quote == text


def test_a_request_about_a_day_that_is_over_is_dropped():
    text = "Let us meet on Saturday."
    when = DateMention(Span("Saturday", 15), When("Saturday", TODAY - 3 * DAY))
    message = a_message(text=text, sent_at=SEVEN - 6 * DAY)
    assert not needs(judged(message, a_verdict(requests=(Request(Span(text, 0), "meet"),), dates=(when,))))


def test_the_text_is_quoted_before_the_subject():
    both = (Request(Span("Lease?", -1), "lease"), Request(Span("Could you sign it?", 0), "sign it"))
    message = a_message(text="Could you sign it?", subject="Lease?", sent_at=SEVEN - HOUR)
    (fact,) = needs(judged(message, a_verdict(requests=both)))
    assert fact.sources[0].quote == "Could you sign it?"


def test_talk_on_a_mailing_list_needs_the_person_only_where_it_is_sent_to_them():
    the_list = {"bulk": Bulk(list_id="<dev.project.example>", precedence="list")}
    assert not needs(an_ask(to=(Address("dev@project.example"),), **the_list))
    assert len(needs(an_ask(**the_list))) == 1
