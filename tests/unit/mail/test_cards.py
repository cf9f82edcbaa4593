"""A signature says who its writer is; a sentence that names somebody does not."""

from __future__ import annotations

import pytest

from service.domain.mailing import Card
from service.mail.cards import card_of
from tests.unit.mail.test_message import HEAD, read

NAME = "Dana Whitfield"
SIGNED = {
    "stacked": ("Best,\nDana Whitfield\nChief Financial Officer\nAtlas AG\nT +41 44 123 45 67 | M +41 79 123 45 67\ndana@atlas.example", "Chief Financial Officer", "Atlas AG", ("+41 44 123 45 67", "+41 79 123 45 67")),
    "one line": ("-- \nDana Whitfield | CFO | Atlas AG\n+41 44 123 45 67", "CFO", "Atlas AG", ("+41 44 123 45 67",)),
    "comma": ("-- \nDana Whitfield, CFO\nAtlas AG, Main Street 1, 8001 Zurich\nTel.: +41 (0)44 123 45 67\nFax: +41 44 123 45 68", "CFO", "Atlas AG", ("+41 44 123 45 67",)),
    "at": ("Regards\n\nDana Whitfield\nHead of Finance at Atlas\n(212) 555-0187", "Head of Finance", "Atlas", ("(212) 555-0187",)),
    "german": ("Mit freundlichen Gr\u00fc\u00dfen\n\nDr. Dana Whitfield\nLeiterin Finanzen\nAtlas GmbH\nTelefon: 030 1234567", "Leiterin Finanzen", "Atlas GmbH", ("030 1234567",)),
    "french": ("Cordialement,\nDana WHITFIELD\nDirectrice commerciale\nSoci\u00e9t\u00e9 Atlas SARL\nT\u00e9l : 01 23 45 67 89", "Directrice commerciale", "Soci\u00e9t\u00e9 Atlas SARL", ("01 23 45 67 89",)),
    "spanish": ("Saludos,\nDana Whitfield\nGerente de Ventas | Atlas S.L.\nM\u00f3vil: +34 600 123 456", "Gerente de Ventas", "Atlas S.L.", ("+34 600 123 456",)),
    "bold": ("*Dana Whitfield*\n*Senior Account Manager*\n\nAtlas Ltd.\nDirect: 212.555.0187", "Senior Account Manager", "Atlas Ltd.", ("212.555.0187",)),
    "turned round": ("Whitfield, Dana\nFounder & CEO, Atlas\nwww.atlas.example", "Founder & CEO", "Atlas", ()),
}  # fmt: skip


@pytest.mark.parametrize("shape", SIGNED)
def test_a_signature_says_who_somebody_is(shape: str) -> None:
    text, title, company, phones = SIGNED[shape]
    assert card_of(f"Can we meet at noon?\n\n{text}", NAME) == Card(NAME, title, company, phones)


@pytest.mark.parametrize(
    "text",
    [
        "Thanks\nDana",
        "Thanks\nDana Whitfield",
        "Dana Whitfield is our manager, ask her.\nBye",
        "I saw Dana Whitfield\nand her manager at Atlas AG",
        "Dana Whitfield\n\n\nManager numbers are attached",
    ],
)
def test_a_name_alone_or_in_a_sentence_says_nothing(text: str) -> None:
    assert card_of(text, NAME) is None


def test_the_signature_is_found_where_the_reply_has_lost_it_and_never_in_a_quote() -> None:
    quote = b"\n\nOn 12 May 2026 at 10:11, Otto <otto@x.example> wrote:\n> Otto Braun\n> CEO, Other AG"
    message = read(HEAD + b"\nYes, noon.\n\n-- \nDana Whitfield\nCFO, Atlas AG\n+41 44 123 45 67" + quote)
    assert message.reply_text == "Yes, noon."
    assert message.card == Card(NAME, "CFO", "Atlas AG", ("+41 44 123 45 67",))
    assert read(HEAD + b"\nYes, noon." + quote.replace(b"Otto Braun", b"Dana Whitfield")).card is None
