"""How somebody writes, read off their own sent mail."""

from __future__ import annotations

from typing import Any

import pytest

from service.domain.items import Message, Provenance
from service.domain.people import Address
from service.people.languages import language_of
from service.people.style import Style, examples, styles
from tests.builders import DANA, MARA, a_message, a_person

TOM = Address("tom@else.example", "Tom Becker")


def sent(text: str, to: Address = DANA, **fields: Any) -> Message:
    return a_message(sender=MARA, to=(to,), reply_text=text, text=text, **fields)


def one(*texts: str, to: Address = DANA) -> Style:
    [style] = styles(a_person(), [sent(t, to) for t in texts], to.email)
    return style


def test_a_familiar_hand_in_english() -> None:
    style = one(*[f"Hi Dana,\n\nThe sheet is {n} pages. I will send it to you today. 🙂\n\nCheers\nMara" for n in (3, 4, 5)])
    assert style == Style("en", 3, "Hi {first},", "Cheers", "Mara", "", 12, 6.0, 1.0)
    assert style.opens("Tom Becker") == "Hi Tom,"
    assert style.opens("") == style.opens("tom@else.example") == ""
    assert style.closes() == "Cheers\nMara"


@pytest.mark.parametrize(
    ("text", "greeting", "formality", "sign_off", "language"),
    [
        (
            "Sehr geehrter Herr Becker,\n\ngerne sende ich Ihnen den Vertrag. Haben Sie noch Fragen?\n\nMit freundlichen Grüßen\nMara Keller",
            "Sehr geehrter Herr {last},",
            "Sie",
            "Mit freundlichen Grüßen",
            "de",
        ),
        ("Hallo Tom,\n\nich schicke dir das morgen, passt das für dich?\n\nLG\nMara", "Hallo {first},", "du", "LG", "de"),
        (
            "Bonjour Tom,\n\nje vous envoie le contrat, dites-moi si cela vous va.\n\nCordialement,\nMara",
            "Bonjour {first},",
            "vous",
            "Cordialement,",
            "fr",
        ),
        ("Salut Tom,\n\ntu peux m'envoyer le plan pour la réunion ?\n\nBises\nMara", "Salut {first},", "tu", "Bises", "fr"),
        (
            "Hola Tom,\n\nte mando el contrato por la tarde, ¿está bien para ti?\n\nUn abrazo\nMara",
            "Hola {first},",
            "tú",
            "Un abrazo",
            "es",
        ),
    ],
)
def test_a_hand_in_each_language(text: str, greeting: str, formality: str, sign_off: str, language: str) -> None:
    style = one(text, text, to=TOM)
    assert (style.greeting, style.formality, style.sign_off, style.language) == (greeting, formality, sign_off, language)


def test_languages_are_kept_apart_and_readers_too() -> None:
    mails = [sent("Hi Dana,\nI will send it to you when it is done.")] * 3 + [
        sent("Hallo Tom,\nich schicke es dir noch heute.", TOM)
    ] * 2
    assert [(s.language, s.mails) for s in styles(a_person(), mails)] == [("en", 3), ("de", 2)]
    assert [s.language for s in styles(a_person(), mails, TOM.email)] == ["de"]


def test_nothing_of_others_goes_in() -> None:
    theirs = [
        a_message(sender=DANA, to=(MARA,), reply_text="Yo Mara,\nwhat is up with the thing?"),
        sent("Yo Dana,\nyes", provenance=Provenance.OUTSIDE),
    ]
    assert styles(a_person(), theirs) == ()
    assert examples(theirs, DANA.email) == ()


def test_a_habit_takes_more_than_one_of_many() -> None:
    style = one(
        "Hi Dana,\nthe plan is here for you.", "the plan is here for you", "this is the plan for you", "that is it for you"
    )
    assert style.greeting == ""


def test_their_last_replies_to_one_person() -> None:
    mails = [sent(f"Reply {n}", in_reply_to="x") for n in range(5)] + [
        sent("A letter of my own"),
        sent("Reply to Tom", TOM, in_reply_to="y"),
    ]
    assert len(examples(mails, DANA.email)) == 3
    assert not {"A letter of my own", "Reply to Tom"} & set(examples(mails, DANA.email))


@pytest.mark.parametrize(
    "text", ["", "ok", "Obrigado pela mensagem, vejo isso amanhã", "Спасибо, посмотрю завтра", "Grazie mille, a domani"]
)
def test_other_languages_are_no_guess(text: str) -> None:
    assert language_of(text) == ""
