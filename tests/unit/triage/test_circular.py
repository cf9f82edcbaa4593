from __future__ import annotations

import pytest

from service.domain.items import Link
from service.domain.people import Address
from service.triage import Triage
from service.triage.circular import is_circular
from tests.builders import a_message, a_person

OFFICE = Address("newsletter@shop.example", "The Shop")
LETTERS = {
    "en": "This week in gardening\n\nRegister today and win! Read more on our site. Click here for the full story.\n"
    "==========\nAdvertisement\n\nYou are receiving this e-mail because you are subscribed. To unsubscribe, click here.\n© 2026 The Shop",
    "de": "Unser Newsletter\n\nJetzt anmelden und sichern! Mehr erfahren Sie hier. Können Sie uns weiterempfehlen?\n==========\n"
    "Sie können diesen Newsletter abonnieren oder abbestellen. Alle Rechte vorbehalten. Impressum",
    "fr": "La newsletter de la semaine\n\nInscrivez-vous avant vendredi ! En savoir plus, cliquez ici. Pouvez-vous nous recommander ?\n==========\n"
    "Pour vous désabonner, cliquez ici. Tous droits réservés.",
    "es": "El boletín\n\n¡Regístrate hoy! Más información: haz clic aquí. ¿Puedes recomendarnos?\n==========\n"
    "Si no quieres recibirlo, puedes darte o darse de baja aquí. Dejar de recibir. Todos los derechos reservados.",
}


@pytest.mark.parametrize("tongue", sorted(LETTERS))
def test_a_newsletter_that_no_header_marks_asks_nothing_personal(tongue: str) -> None:
    links = tuple(Link(f"https://shop.example/{n}", "more") for n in range(9))
    letter = a_message(sender=OFFICE, subject="News", text=LETTERS[tongue], links=links)
    assert is_circular(letter)
    verdict = Triage(a_person()).judge(letter)
    assert (verdict.requests, verdict.hints) == ((), ())


@pytest.mark.parametrize(
    "text",
    [
        "Could you send me the contract?",
        "Please read the newsletter draft below and tell me what you think by Friday.\n\n" + "It has many words. " * 80,
        "Hi Mara,\n\nplease register for the workshop: https://a.example/w\n\nDana\n------------------\nDana Ito, Example Ltd",
    ],
)
def test_a_letter_to_one_is_none(text: str) -> None:
    assert not is_circular(a_message(text=text))


def test_an_answer_is_none() -> None:
    assert not is_circular(a_message(sender=OFFICE, subject="Re: News", text=LETTERS["en"], in_reply_to="<a@shop.example>"))


def test_a_notice_of_a_forum_is_one_though_its_subject_is_an_answer_s() -> None:
    links = tuple(Link(f"https://forum.example/{n}", "more") for n in range(17))
    text = "New message in Gardens\n\nI just found this group. Would you help me?\n\nUnsubscribe or change your settings here. Read more on the site."
    assert is_circular(a_message(sender=OFFICE, subject="Re: I'm new", text=text, links=links))
    assert not is_circular(a_message(subject="Re: I'm new", text=text.partition("Unsubscribe")[0], links=links))
