"""Only what the sender wrote this time is left."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.mail.reply import reply_html, reply_text

QUOTED = {
    "english": "On Tue, 12 May 2026 at 10:11, Dana Whitfield <dana@atlas.example> wrote:\n\nCan we meet?",
    "english_two_lines": "On Tuesday, May 12, 2026 at 10:11 AM Dana Whitfield\n<dana.whitfield.with.a.long.name@atlas.example> wrote:\n> Can we meet?",
    "german": "Am 12.05.2026 um 10:11 schrieb Dana Whitfield:\n> Passt es dir?",
    "german_long": "Am Di., 12. Mai 2026 um 10:11 Uhr schrieb Dana Whitfield <\ndana@atlas.example>:\n\n> Passt es dir?",
    "french": "Le mar. 12 mai 2026 \xe0 10:11, Dana Whitfield <dana@atlas.example> a \xe9crit :\n\n> On se voit ?",
    "spanish": "El mar, 12 may 2026 a las 10:11, Dana Whitfield (<dana@atlas.example>) escribi\xf3:\n\n> \xbfPodemos vernos?",
    "italian": "Il giorno mar 12 mag 2026 alle ore 10:11 Dana Whitfield <dana@atlas.example> ha scritto:\n\n> Ci vediamo?",
    "portuguese": "Em ter., 12 de mai. de 2026 \xe0s 10:11, Dana Whitfield <dana@atlas.example> escreveu:\n\n> Podemos falar?",
    "dutch": "Op 12 mei 2026 om 10:11 schreef Dana Whitfield <dana@atlas.example>:\n\nKunnen we afspreken?",
    "polish": "wt., 12 maj 2026 o 10:11 Dana Whitfield <dana@atlas.example> napisa\u0142(a):\n\n> Spotkamy si\u0119?",
    "swedish": "Den tis 12 maj 2026 kl 10:11 skrev Dana Whitfield <dana@atlas.example>:\n\n> Kan vi ses?",
    "czech": "Dne \xfat 12. 5. 2026 10:11 u\u017eivatel Dana Whitfield <dana@atlas.example> napsal:\n\n> Sejdeme se?",
    "russian": "\u0432\u0442, 12 \u043c\u0430\u044f 2026 \u0433. \u0432 10:11, Dana Whitfield <dana@atlas.example>:\n\n> \u041c\u043e\u0436\u0435\u043c?",
    "chinese": "Dana Whitfield <dana@atlas.example> \u4e8e2026\u5e745\u670812\u65e5\u5468\u4e8c 10:11\u5199\u9053\uff1a\n\n> \u53ef\u4ee5\u5417",
    "outlook": "From: Dana Whitfield <dana@atlas.example>\nSent: Tuesday, May 12, 2026 10:11 AM\nTo: Mara Keller\nSubject: Lunch\n\nCan we meet?",
    "outlook_bold": "*From:* Dana Whitfield <dana@atlas.example>\n*Sent:* Tuesday, May 12, 2026 10:11 AM\n*To:* Mara\n*Subject:* Lunch\n\nCan we?",
    "outlook_rule": "________________________________\nVon: Dana Whitfield\nGesendet: Dienstag, 12. Mai 2026 10:11\nAn: Mara Keller\nBetreff: Mittag\n\nPasst es?",
    "outlook_french": "De : Dana Whitfield\nEnvoy\xe9 : mardi 12 mai 2026 10:11\n\xc0 : Mara Keller\nObjet : D\xe9jeuner\n\nOn se voit ?",
    "original": "-----Original Message-----\nFrom: Dana\n\nCan we meet?",
    "original_german": "-----Urspr\xfcngliche Nachricht-----\nVon: Dana\n\nPasst es?",
    "marked_only": "> Can we meet?\n> At noon?",
    "phone": "Sent from my iPhone\n\nOn 12 May 2026, at 10:11, Dana Whitfield <dana@atlas.example> wrote:\n\n> Can we meet?",
    "signature_then_quote": "--\nMara Keller\nKeller AG\n\nOn 12/05/2026 10:11, Dana Whitfield wrote:\n> Can we meet?",
}


@pytest.mark.parametrize("client", QUOTED)
def test_quotes_are_left_out(client: str) -> None:
    assert reply_text(f"Yes, noon works.\n\n{QUOTED[client]}\n") == "Yes, noon works."


SIGNED = [
    "-- \nMara Keller\n+41 44 000 00 00",
    "--\nMara",
    "Sent from my iPhone",
    "Von meinem iPhone gesendet",
    "Get Outlook for iOS",
    "-Mara",
]


@pytest.mark.parametrize("signature", SIGNED)
def test_signatures_are_left_out(signature: str) -> None:
    assert reply_text(f"Yes, noon works.\n\n{signature}\n") == "Yes, noon works."


def test_disclaimers_and_list_footers_are_left_out() -> None:
    notice = "CONFIDENTIALITY NOTICE: this e-mail is meant for you alone.\nDelete it otherwise."
    footer = "_______________________________________________\nclub mailing list\nhttps://lists.example/mailman/listinfo/club"
    assert reply_text(f"Noon.\n\n{notice}") == "Noon."
    assert reply_text(f"Noon.\n\n{footer}\n") == "Noon."


def test_answers_between_quotes_are_kept() -> None:
    text = "Hi Dana,\n\nOn 12 May 2026 10:11, Dana wrote:\n> Which room?\nBaltic.\n\n> When?\nAt two.\n\nMara"
    assert reply_text(text) == "Hi Dana,\n\nBaltic.\n\nAt two.\n\nMara"


def test_a_forwarded_message_is_the_senders_to_show() -> None:
    text = "FYI\n\n---------- Forwarded message ----------\nFrom: dana@atlas.example\nDate: Tue, May 12, 2026\nSubject: Lunch\n\nCan we meet?"
    assert reply_text(text) == text


KEPT = [
    "On Monday I wrote the report; read it.",
    "Date: 3 October\nTime: 7:00\nPlace: Fox St",
    "Three things:\n- one\n- two",
    "Sent from my desk, which is much nicer than a phone.",
    "I thought so -- and still do.",
    "To: everybody who asked\n\nIt works.",
    "Note: from 5 May to 9 May we are closed.",
    "Re: your question: yes.",
    "Thanks,\nMara",
]


@pytest.mark.parametrize("text", KEPT)
def test_nothing_is_taken_from_what_is_no_quote(text: str) -> None:
    assert reply_text(text) == text


def test_html_quotes_are_known_by_their_marks() -> None:
    assert (
        reply_html('<p>Noon.</p><div class="gmail_quote"><div>On Tue, Dana wrote:<br></div><blockquote>When?</blockquote></div>')
        == "Noon."
    )
    assert reply_html('<p>Noon.</p><blockquote type="cite">When?</blockquote><p>Bye</p>') == "Noon.\n\nBye"
    assert reply_html('<p>Noon.</p><div id="divRplyFwdMsg"><b>From:</b> Dana</div><div>When?</div>') == "Noon."
    assert (
        reply_html(
            '<div>Noon.</div><div style="border-top:solid #E1E1E1 1.0pt"><p><b>From:</b> Dana &lt;dana@atlas.example&gt;<br><b>Sent:</b> Tuesday, May 12, 2026'
            "<br><b>To:</b> Mara<br><b>Subject:</b> Lunch</p></div><p>When?</p>"
        )
        == "Noon."
    )


def test_a_mail_that_is_all_quote_is_shown_whole() -> None:
    assert reply_html("<blockquote>All of it</blockquote>") == "All of it"


@given(st.text(alphabet="On >:\nwrote-_a@.1", max_size=400))
@settings(max_examples=100, deadline=None)
def test_any_text_comes_back_shorter_or_equal(text: str) -> None:
    assert len(reply_text(text)) <= len(text)


@pytest.mark.parametrize(
    "bomb", [">" * 200_000, "On 1/1/2020 x a@b.example:\n" * 3000, "--\n" * 20_000, "-Bob\n" * 20_000, "wrote " * 50_000]
)
def test_no_text_takes_long(bomb: str) -> None:
    began = time.process_time()
    reply_text(bomb)
    assert time.process_time() - began < 2
