from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.items import Authentication, Bulk, Link
from service.domain.mailing import Automatic, Delivery, Report
from service.domain.people import Address
from service.domain.rules import Condition, Consequence, Rule
from service.domain.verdicts import Category, Relation, Verdict
from service.triage import Triage
from service.triage.phishing import looks_like
from tests.builders import DANA, MARA, a_message, a_person

KNOWN = Relation(received=12, sent=10, answered=9)


def judge(text: str, relation: Relation = Relation(), rules: tuple[Rule, ...] = (), **fields: Any) -> Verdict:  # noqa: B008
    return Triage(a_person(), rules, {"mail": "imap"}).judge(a_message(text=text, **fields), relation)


def test_a_direct_ask_for_today_is_urgent_and_says_why() -> None:
    verdict = judge("Mara,\n\nI need your decision on the term sheet by 5pm today, the bank is waiting.\n\nDana", KNOWN)
    assert verdict.category is Category.URGENT
    assert verdict.urgency >= 0.85
    assert verdict.reasons[:2] == ("Dana Whitfield asks you directly", "due Tue 12 May 17:00")


def test_a_question_without_hurry_needs_a_reply() -> None:
    verdict = judge("Hi Mara,\n\nCould you share your notes on the supplier contract? Next week is fine.")
    assert verdict.category is Category.NEEDS_REPLY
    assert 0.3 <= verdict.urgency <= 0.75


def test_a_heads_up_is_for_information() -> None:
    verdict = judge("Quick heads-up that the launch moved to May 20. No action needed from you.", subject="Launch timeline")
    assert verdict.category is Category.FYI
    assert 'says "no action needed"' in verdict.reasons


def test_an_automatic_reply_is_for_information_and_promises_nothing() -> None:
    verdict = judge(
        "I am out of the office until Monday. I will respond when I return. Please call Finn.", subject="Automatic reply: Draft"
    )
    assert verdict.category is Category.FYI
    assert verdict.requests == verdict.commitments == ()


@pytest.mark.parametrize(
    ("kind", "to", "why", "at_least"),
    [
        (Automatic.BOUNCE, ("ann@x.example",), "your mail to ann@x.example could not be delivered", 0.4),
        (
            Automatic.BOUNCE,
            ("ann@x.example", "bo@x.example"),
            "your mail to ann@x.example and 1 more could not be delivered",
            0.4,
        ),
        (Automatic.DELAY, (), "your mail has not been delivered yet", 0.25),
        (Automatic.READ, ("ann@x.example",), "says that your mail was shown", 0.05),
    ],
)
def test_what_a_program_says_of_the_persons_own_mail_asks_nothing(
    kind: Automatic, to: tuple[str, ...], why: str, at_least: float
) -> None:
    message = a_message(
        text="Could you check the address and send it again today?",
        automatic=kind,
        report=Report(tuple(Delivery(email) for email in to)),
    )
    verdict = Triage(a_person()).judge(message)
    assert (verdict.category, verdict.urgency, verdict.reasons) == (Category.FYI, at_least, (why,))
    assert verdict.requests == ()


def test_private_life_is_personal() -> None:
    verdict = judge(
        "Hey! Are you coming to mom's birthday dinner on Saturday? The kids can't wait.",
        sender=Address("lea@gmail.com", "Lea"),
        subject="Saturday",
    )
    assert verdict.category is Category.PERSONAL


def test_advertising_is_a_promotion_that_asks_nothing_of_a_person() -> None:
    text = (
        "Last chance! 40% off all plans, today only. Please confirm your seat and claim your discount before the offer expires."
    )
    verdict = judge(text, sender=Address("deals@shop.example", "Shop"), subject="40% off ends today", bulk=Bulk(unsubscribe=True))
    assert verdict.category is Category.PROMOTION
    assert verdict.urgency < 0.2
    assert verdict.requests == ()


def test_a_newsletter_says_which_list_it_is() -> None:
    verdict = judge(
        "This week: five stories. Read more on our site.", bulk=Bulk(list_id="weekly.press.example", unsubscribe=True)
    )
    assert verdict.category in {Category.FYI, Category.PROMOTION}
    assert "newsletter (list id weekly.press.example)" in verdict.reasons


def test_a_newsletter_never_waits_for_an_answer_however_it_asks() -> None:
    text = "Tell us: which mountain do you like best? Write to me and say which, by Friday at the latest."
    verdict = judge(text, subject="Mountain letter", bulk=Bulk(unsubscribe=True))
    assert verdict.category is Category.FYI
    assert verdict.requests == ()
    assert not any("asks" in reason for reason in verdict.reasons)


def test_a_page_of_links_with_a_way_to_leave_is_a_newsletter_without_headers_too() -> None:
    text = (
        "Today's stories. Which lake is warmest? Read more on our site. To stop receiving this letter, change your preferences."
    )
    links = tuple(Link(f"Story {n}", f"https://letter.example/{n}") for n in range(9))
    assert judge(text, subject="Lake letter", links=links).category is Category.FYI


def test_whoever_the_person_answers_may_ask_through_a_list_tool() -> None:
    verdict = judge("Could you send me the drawing by Friday?", KNOWN, bulk=Bulk(unsubscribe=True))
    assert verdict.category is Category.NEEDS_REPLY
    assert len(verdict.requests) == 1


def test_an_answer_on_a_discussion_list_is_no_newsletter() -> None:
    footer = "\n\nSponsor: save today. To unsubscribe write to the list."
    verdict = judge(
        "I think the boat was blue, as she said. " * 5 + footer, subject="Re: [boats] Colours", bulk=Bulk(unsubscribe=True)
    )
    assert verdict.category is Category.FYI


def test_an_emergency_at_home_is_urgent_without_a_time() -> None:
    verdict = judge("Dad had an accident and mom is with the doctor. Please call me.", sender=Address("lea@gmail.com", "Lea"))
    assert verdict.category is Category.URGENT


def test_junk_is_flagged_with_reasons() -> None:
    text = "CHEAP PILLS!!! Viagra and cialis without prescription!!! 100% guaranteed, order now, click here, save up to 80%!!!"
    verdict = judge(text, sender=Address("x817@pharma-deals.top"), subject="ACT NOW!!! LOWEST PRICES")
    assert verdict.spam
    assert verdict.category is Category.PROMOTION
    assert "sells medicine" in verdict.reasons


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("ADV: Garden gnomes", "Dear neighbour, our gnomes are here. Visit us at https://gnomes.example and choose yours."),
        ("Link you wanted", "I am horny, see my webcam and be my sex partner: https://cam.example/17"),
        ("Heute Abend", "Du suchst ein Sexabenteuer oder einen Seitensprung? Wir helfen dir: https://x.example"),
        (
            "Business proposal",
            (
                "I am contacting you for a business proposal of mutual benefit. My late client left US$ 9 million; as next of kin you"
                " keep your percentage of the total sum. Treat this transaction with utmost confidentiality."
            ),
        ),
    ],
)
def test_plain_junk_of_several_kinds_is_flagged(subject: str, text: str) -> None:
    verdict = judge(text, subject=subject, sender=Address("rosa88@mailer.example"))
    assert verdict.spam
    assert verdict.requests == ()


def test_somebody_i_write_to_is_not_junk() -> None:
    assert not judge("Order now! 100% guaranteed, click here to save $500 on loans!!!", KNOWN).spam


PHISH = "Your account has been suspended due to unusual activity. Verify your identity within 24 hours or it will be closed permanently."


def test_an_account_lure_from_a_lookalike_is_phishing() -> None:
    verdict = judge(
        PHISH, sender=Address("it@kel1er.example", "IT Support"), links=(Link("Verify now", "https://kel1er.example/login"),)
    )
    assert verdict.phishing
    assert "may be phishing: kel1er.example imitates keller.example" in verdict.reasons


def test_a_link_that_lies_and_an_account_lure_are_phishing() -> None:
    link = Link("https://www.bank.example/login", "http://203.0.113.7/x")
    assert judge(PHISH, sender=Address("service@mailer.example", "Bank"), links=(link,)).phishing


def test_my_own_name_from_elsewhere_with_failed_authentication_is_phishing() -> None:
    verdict = judge(
        "Send the payment urgently.", sender=Address("ceo@evil.example", MARA.name), authentication=Authentication(dmarc="fail")
    )
    assert verdict.phishing


def test_an_ordinary_link_and_a_colleague_are_no_phishing() -> None:
    link = Link("the draft", "https://docs.example/d/1")
    assert not judge(
        "Here is the draft, please sign in to see it.", sender=Address("finn@keller.example", "Finn"), links=(link,)
    ).phishing


@pytest.mark.parametrize(
    "domain",
    [
        "atIas-capital.example",
        "atlascapita1.example",
        "atlas-capitals.example",
        "atlascapitl.example",
        "atlascapital-login.example",
    ],
)
def test_lookalike_domains(domain: str) -> None:
    assert looks_like(domain.lower(), "atlascapital.example") == (
        domain not in {"atIas-capital.example", "atlas-capitals.example"}
    )


def test_my_own_mail_is_read_but_not_ranked() -> None:
    verdict = judge("Could you send the draft by Friday? I'll review it on Monday.", sender=MARA, to=(DANA,))
    assert (verdict.category, verdict.spam) == (Category.FYI, False)
    assert len(verdict.requests) == len(verdict.commitments) == 1


def test_a_rule_cannot_be_overruled() -> None:
    board = Rule(
        "board first",
        Condition(sender="*@atlas.example", source="imap"),
        Consequence(priority="urgent", notify=("phone",), label="board"),
    )
    verdict = judge("Quick heads-up, no action needed.", rules=(board,))
    assert verdict.category is Category.URGENT
    assert (verdict.priority, verdict.notify, verdict.labels, verdict.rules, verdict.brain) == (
        "urgent",
        ("phone",),
        ("board",),
        ("board first",),
        "rules",
    )
    assert verdict.reasons[0] == 'your rule "board first"'


def test_rules_mute_and_keep_private() -> None:
    rules = (Rule("quiet", Condition(subject="*"), Consequence(mute=True, private=True, category="fyi")),)
    verdict = judge("Could you call me today by 5pm?", rules=rules)
    assert (verdict.muted, verdict.private, verdict.category) == (True, True, Category.FYI)


def test_a_rule_may_ask_for_what_triage_says() -> None:
    rules = (Rule("ads away", Condition(category="promotion"), Consequence(mute=True)),)
    assert judge("Flash sale: 40% off, order now, offer expires today", rules=rules, subject="Discount").muted
    assert not judge("Could you send the draft?", rules=rules).muted


def test_whom_i_answer_often_weighs_more() -> None:
    text = "Could you share your notes on the supplier contract?"
    assert judge(text, KNOWN).urgency > judge(text).urgency


@pytest.mark.parametrize(
    "piece",
    [
        " ",
        "\n",
        "a",
        "A, ",
        "1/1 ",
        "12:30 ",
        "(1) ",
        "? ",
        ". ",
        "- ",
        "Ab, ",
        '"',
        "I will send, and ",
        "\u00a0",
        "İ",
        "@",
        "within the next ",
    ],
)
def test_no_text_takes_long(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    started = time.process_time()
    judge(text, subject=text, sender=Address("x@y.example", text))
    assert time.process_time() - started < 1


@given(st.text(max_size=300), st.text(max_size=60), st.text(max_size=30))
def test_nothing_in_a_message_upsets_triage(text: str, subject: str, name: str) -> None:
    verdict = judge(text, subject=subject, sender=Address("x@y.example", name), links=(Link(text[:50], subject),))
    assert 0 <= verdict.urgency <= 1
    assert verdict.reasons
