"""Which words of a message are the ask, and until when."""

from zoneinfo import ZoneInfo

import pytest

from service.briefing.hurry import hurries
from service.briefing.relative import clause
from service.domain.people import Address
from service.domain.verdicts import Request, Span
from tests.builders import MARA, a_message, a_verdict, judged
from tests.unit.briefing.scene import DAY, HOUR, SEVEN, a_question, a_world, an_ask, brief, due

ZURICH = ZoneInfo("Europe/Zurich")
TODAY_AT_TEN = due(at=SEVEN + 3 * HOUR)


def asked(text, *requests, **fields):
    found = tuple(
        Request(Span(words, text.find(words)), words, due=when, question=words.endswith("?")) for words, when in requests
    )
    message = a_message(**{"text": text, "subject": "", "sent_at": SEVEN - 13 * HOUR} | fields)
    return judged(message, a_verdict(requests=found))


def quote_of(one):
    (fact,) = brief(a_world(one)).section("needs_you")
    return fact.sources[0].quote, fact.text.rpartition("” ")[2]


HURRY = "I need your answer before our call tomorrow at 10:00."


def test_a_sentence_that_only_hurries_gives_its_time_to_the_question_before_it():
    text = f"Atlas asks for 30 days. Do you accept the shorter notice period? {HURRY}"
    assert quote_of(asked(text, (HURRY, TODAY_AT_TEN))) == ("Do you accept the shorter notice period?", "Due today 10:00.")


def test_it_gives_its_time_to_another_request_where_there_is_one():
    both = asked(f"Please sign the lease. {HURRY}", ("Please sign the lease.", None), (HURRY, TODAY_AT_TEN))
    assert quote_of(both) == ("Please sign the lease.", "Due today 10:00.")


def test_alone_it_is_quoted_itself():
    assert quote_of(asked(HURRY, (HURRY, TODAY_AT_TEN))) == (HURRY, "Due today 10:00.")


def test_it_hurries_what_the_person_asked_too():
    text = "Nils, which day suits you? Please let me know by Monday."
    one = judged(
        a_message(
            text=text, subject="", sender=MARA, to=(Address("nils@audit.example", "Nils Brandt"),), sent_at=SEVEN - 4 * DAY
        ),
        a_verdict(
            requests=(Request(Span("Please let me know by Monday.", 27), "let me know", of_me=False, due=due(on=SEVEN.date())),)
        ),
    )
    (fact,) = brief(a_world(one)).section("waiting")
    assert fact.sources[0].quote == "Nils, which day suits you?"
    assert fact.text.endswith("Due today.")


@pytest.mark.parametrize(
    "words",
    [
        HURRY,
        "Please reply by Friday.",
        "Let me know before noon.",
        "We need it by tomorrow.",
        "Ich brauche deine Antwort bis morgen 10 Uhr.",
        "Bitte um Rückmeldung bis Freitag.",
        "Could you get back to me by Monday?",
    ],
)
def test_words_that_only_hurry(words):
    assert hurries(words)


@pytest.mark.parametrize(
    "words",
    [
        "Do you accept the shorter notice period?",
        "Could you send us the signed term sheet by tomorrow 17:00?",
        "Please answer the auditor's questions by Friday.",
        "I need your signature on the lease by Friday.",
        "Let me know whether you can come before noon.",
    ],
)
def test_words_that_ask_for_something(words):
    assert not hurries(words)


@pytest.mark.parametrize(
    ("words", "said_at", "meant"),
    [
        ("Shall we talk tomorrow?", SEVEN - 13 * HOUR, " That is today."),
        ("Do you want it tonight?", SEVEN - 13 * HOUR, " That was yesterday."),
        ("Sehen wir uns morgen?", SEVEN - 13 * HOUR, " That is today."),
        ("Guten Morgen, passt das?", SEVEN - 13 * HOUR, ""),
        ("Ist Montag Morgen gut?", SEVEN - 13 * HOUR, ""),
        ("Shall we talk tomorrow?", SEVEN - HOUR, ""),
        ("Shall we talk on Friday?", SEVEN - 13 * HOUR, ""),
    ],
)
def test_a_day_named_by_its_distance_is_said_beside_older_words(words, said_at, meant):
    assert clause(words, said_at, None, SEVEN, ZURICH) == meant


def test_the_quotation_itself_is_never_altered():
    (fact,) = brief(a_world(an_ask("Could you call me tomorrow?"))).section("needs_you")
    assert fact.text == "Dana Whitfield: “Could you call me tomorrow?” That is today."
    (waiting,) = brief(a_world(a_question("Can you send it tomorrow?"))).section("waiting")
    assert waiting.text.endswith("“Can you send it tomorrow?” That was Saturday.")
