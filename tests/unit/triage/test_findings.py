"""Amounts, decisions and times to meet at, in four languages, each with its exact words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.verdicts import Verdict
from service.triage import Triage
from tests.builders import a_message, a_person


def read(text: str) -> Verdict:
    """As read on Tuesday 12 May 2026, at noon in Zurich."""
    return Triage(a_person()).judge(a_message(text=text, subject=""))


@pytest.mark.parametrize(
    ("text", "words", "currency", "value"),
    [
        ("The deposit is €1.200,50.", "€1.200,50", "EUR", "1200.5"),
        ("The fee is 12k USD.", "12k USD", "USD", "12000"),
        ("It costs CHF 3'400 a month.", "CHF 3'400", "CHF", "3400"),
        ("We raised $5 million.", "$5 million", "USD", "5000000"),
        ("Es geht um 2 Mio. Euro.", "2 Mio. Euro", "EUR", "2000000"),
        ("Il reste 1 200,50 € à payer.", "1 200,50 €", "EUR", "1200.5"),
        ("Son 3.500 euros al mes.", "3.500 euros", "EUR", "3500"),
        ("Das sind 49,90 EUR.", "49,90 EUR", "EUR", "49.9"),
        ("A ticket is £0.500.", "£0.500", "GBP", "0.5"),
    ],
)
def test_amounts_have_a_currency_and_a_value(text: str, words: str, currency: str, value: str) -> None:
    (amount,) = read(text).amounts
    assert (amount.span.text, amount.currency, amount.value) == (words, currency, Decimal(value))


@pytest.mark.parametrize(
    "text", ["12 % of sales", "5 kg of flour", "room 1200", "version 3.5", "on 12 May", "Call 0800 123 456."]
)
def test_other_numbers_are_no_money(text: str) -> None:
    assert read(text).amounts == ()


@pytest.mark.parametrize(
    "text",
    [
        "We decided to go with the second offer.",
        "The board has decided against the merger.",
        "Let's go with option B.",
        "The budget was approved this morning.",
        "We've agreed on a price of 400 euros.",
        "Wir haben uns für das zweite Angebot entschieden.",
        "Der Vorstand hat beschlossen, das Werk zu verkaufen.",
        "Das Budget ist genehmigt.",
        "Nous avons décidé de reporter le lancement.",
        "Le budget a été approuvé ce matin.",
        "On part sur la deuxième offre.",
        "Hemos decidido aplazar el lanzamiento.",
        "El presupuesto está aprobado.",
        "Quedamos en vernos en la oficina.",
    ],
)
def test_decisions_are_found(text: str) -> None:
    (decision,) = read(text).decisions
    assert decision.span.text == text


@pytest.mark.parametrize(
    "text",
    [
        "Did we decide on the offer?",
        "Once the budget is approved, we start.",
        "It hasn't been decided yet.",
        "If we agreed to that, it would cost too much.",
        "The budget should be approved soon.",
        "Wir haben uns noch nicht entschieden.",
        "Wenn das Budget genehmigt ist, fangen wir an.",
        "Nous n'avons pas encore décidé.",
        "Cuando esté aprobado, empezamos.",
        "She is a decided person.",
    ],
)
def test_what_is_still_open_is_no_decision(text: str) -> None:
    assert read(text).decisions == ()


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("Tuesday 3pm or Wednesday morning?", ["Tuesday 3pm", "Wednesday morning"]),
        ("Are you free on Thursday at 10?", ["Thursday at 10"]),
        ("How about lunch on 20 May at 12:30 or on the 21st?", ["20 May at 12:30", "the 21st"]),
        ("I'm free Monday 9am and on Friday.", ["Monday 9am", "Friday"]),
        ("Passt dir Dienstag um 15 Uhr oder Mittwoch früh?", ["Dienstag um 15 Uhr", "Mittwoch früh"]),
        ("Wie wäre es mit Donnerstag um 14 Uhr?", ["Donnerstag um 14 Uhr"]),
        ("Mardi à 15h ou mercredi matin, ça te va ?", ["Mardi à 15h", "mercredi matin"]),
        ("Êtes-vous disponible jeudi à 10h ?", ["jeudi à 10h"]),
        ("¿Te viene bien el martes a las 15:00 o el jueves?", ["martes a las 15:00", "jueves"]),
        ("¿Podemos vernos el viernes a las 11?", ["viernes a las 11"]),
    ],
)
def test_times_to_meet_at_are_slots(text: str, slots: list[str]) -> None:
    (meeting,) = read(text).meetings
    assert [slot.span.text for slot in meeting.slots] == slots


@pytest.mark.parametrize(
    "text",
    [
        "The board met on Tuesday.",
        "Please send it by Tuesday.",
        "The meeting is on Friday at 10.",
        "Did you see her yesterday?",
        "Die Sitzung ist am Freitag um 10 Uhr.",
        "La réunion a lieu vendredi.",
        "La reunión es el viernes.",
    ],
)
def test_a_day_alone_proposes_no_meeting(text: str) -> None:
    assert read(text).meetings == ()


def test_slots_are_resolved_as_far_as_the_words_settle_them() -> None:
    (meeting,) = read("How about Thursday at 10, Thursday at 3 or Friday at 3 pm?").meetings
    assert [(s.when.on, s.when.at) for s in meeting.slots] == [
        (None, datetime(2026, 5, 14, 8, 0, tzinfo=UTC)),
        (date(2026, 5, 14), None),
        (None, datetime(2026, 5, 15, 13, 0, tzinfo=UTC)),
    ]


PIECES = st.sampled_from(
    [
        "€1.200",
        "12k USD ",
        "We decided ",
        "Tuesday 3pm or Wednesday? ",
        "\n",
        "> q\n",
        "entschieden",
        " at 10 ",
        "Mio. ",
        "ﬁ",
        "İ",
        "$",
        "ya ",
    ]
)


@given(st.lists(PIECES, max_size=25), st.text(max_size=40))
def test_every_finding_quotes_exactly(pieces: list[str], more: str) -> None:
    text = "".join(pieces) + more
    verdict = read(text)
    slots = [s.span for m in verdict.meetings for s in m.slots]
    found = (*verdict.amounts, *verdict.decisions, *verdict.meetings, *verdict.hints, *verdict.requests)
    for span in (*slots, *(x.span for x in found)):
        assert text[span.offset : span.offset + len(span.text)] == span.text
