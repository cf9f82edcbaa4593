"""Every program's way to quote, sign and forward, in every language it speaks: only the sender's words of this time are left."""

from __future__ import annotations

import pytest

from service.mail.reply import reply_html, reply_text
from tests.unit.mail.attributions import DANA, DEVICES, FRAMES, LABELS, LINES, block
from tests.unit.mail.html_quotes import AFTER, SIGNED

OWN = "Yes, noon works. I'll book a table.\n\nThanks,\nMara"
OWN_HTML = "<div>Yes, noon works. I'll book a table.</div><div><br></div><div>Thanks,</div><div>Mara</div>"
MARKED = "> Can we meet?\n>\n> Dana"
ONLY_ABOVE_MARKS = {"horde", "horde fi", "horde de", "gnus"}  # too short to be told from a sentence where nothing marks the quote


@pytest.mark.parametrize("program", LINES)
def test_a_line_that_names_who_is_quoted_goes_with_the_quote(program: str) -> None:
    line = LINES[program]
    assert reply_text(f"{OWN}\n\n{line}\n{MARKED}\n") == OWN
    assert reply_text(f"{OWN}\n{line}\n{MARKED}\n") == OWN
    assert reply_text(f"{line}\n{MARKED}\n\n{OWN}\n") == OWN, "an answer below the quote"
    assert reply_text(f"Hi,\n\n{line}\n{MARKED}\n\nNoon.\n\n> Where?\n\nHere.\n") == "Hi,\n\nNoon.\n\nHere.", "answers in between"
    if program not in ONLY_ABOVE_MARKS:
        assert reply_text(f"{OWN}\n\n{line}\n\nCan we meet?\n\nDana\n") == OWN, "a quote without marks"


@pytest.mark.parametrize("language", LABELS)
@pytest.mark.parametrize("form", ["{}: {}", "*{}:* {}", "{} : {}", "{}:\t{}", "**{}:** {}", "{}\uff1a{}"])
def test_header_blocks_end_the_reply(language: str, form: str) -> None:
    assert reply_text(f"{OWN}\n\n{block(language, form=form)}") == OWN


@pytest.mark.parametrize("frame", FRAMES)
def test_rules_that_name_the_original_message_go_too(frame: str) -> None:
    assert reply_text(f"{OWN}\n\n{FRAMES[frame].format(block('en'))}") == OWN


@pytest.mark.parametrize("line", DEVICES)
def test_devices_that_name_themselves_are_left_out(line: str) -> None:
    assert reply_text(f"{OWN}\n\n{line}\n") == OWN
    assert reply_text(f"{OWN}\n\n{line}\n\n{LINES['gmail en']}\n> Can we?") == OWN


@pytest.mark.parametrize("program", AFTER)
def test_html_quotes_of_every_program_are_left_out(program: str) -> None:
    assert reply_html(f"<html><body>{OWN_HTML}{AFTER[program]}</body></html>") == OWN


@pytest.mark.parametrize("program", SIGNED)
def test_html_signatures_are_left_out(program: str) -> None:
    assert reply_html(f"<html><body>{OWN_HTML}<br>{SIGNED[program]}</body></html>") == OWN
    assert reply_html(f"<html><body>{OWN_HTML}<br>{SIGNED[program]}{AFTER['gmail']}</body></html>") == OWN


DISCLAIMERS = [
    "This email and any attachments are confidential and intended solely for the addressee. If you are not the intended recipient, delete it.",
    "Diese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen. Wenn Sie nicht der richtige Adressat sind, informieren Sie uns.",
    "Der Inhalt dieser E-Mail ist vertraulich und ausschließlich für den bezeichneten Adressaten bestimmt.",
    "Ce message et toutes les pièces jointes sont confidentiels et établis à l'intention exclusive de ses destinataires.",
    "Este mensaje y sus archivos adjuntos son confidenciales y van dirigidos exclusivamente a su destinatario.",
    "Le informazioni contenute nella presente comunicazione sono riservate e destinate esclusivamente al destinatario.",
    "Esta mensagem pode conter informação confidencial ou privilegiada, sendo seu sigilo protegido por lei.",
    "De informatie verzonden met dit e-mailbericht is vertrouwelijk en uitsluitend bestemd voor de geadresseerde.",
    "Niniejsza wiadomość jest poufna i przeznaczona wyłącznie dla adresata.",
    "Detta e-postmeddelande är konfidentiellt och avsett endast för adressaten.",
    "Denne e-mail er fortrolig og kun beregnet til modtageren.",
    "Please consider the environment before printing this e-mail.",
    "Avant d'imprimer, pensez à l'environnement.",
    "NOTICE TO RECIPIENT: If you are not the intended recipient of this e-mail, you are prohibited from sharing it.",
    "The information in this email is confidential and may be legally privileged. It is intended solely for the addressee.",
    "The information transmitted is intended only for the person or entity to which it is addressed and may contain confidential material.",
    "Disclaimer: the views expressed here are mine.",
    "This email has been scanned for viruses by Example Antivirus. www.example.com",
    "Virus-free. www.example.com",
]


@pytest.mark.parametrize("notice", DISCLAIMERS)
def test_disclaimers_are_known_by_what_they_say(notice: str) -> None:
    assert reply_text(f"{OWN}\n\n{notice}\n") == OWN
    assert reply_text(f"{OWN}\n\n{notice}\n\n{LINES['gmail en']}\n> Can we?") == OWN
    assert reply_text(f"{OWN}\n\n-- \nMara Keller\nKeller AG\n\n{notice}\n") == OWN


SIGNATURES = [
    "-- \nMara Keller | Head of Operations\nKeller AG | Main Street 1\nT +41 44 000 00 00 | M +41 79 000 00 00\nmara@keller.example | www.keller.example",
    "--\nMara Keller\nHead of Operations\n\nKeller AG\nMain Street 1\n\nTel: +41 44 000 00 00\nMobile: +41 79 000 00 00\nmara@keller.example",
    "_______________\nMara Keller\nKeller AG",
    "---\nMara Keller\nKeller AG\n+41 44 000 00 00",
    "-----\nMara Keller",
    "*****\nMara Keller\nKeller AG",
    "=====================\nMara Keller\nTel. +41 44 000 00 00",
    "— Mara",
    "-- \nMara\n\nSent from my iPhone",
    '-- \nYou received this message because you are subscribed to the Google Groups "club" group.\nTo unsubscribe send an email to club+unsubscribe@groups.example.',
    "---\nReply to this email directly, view it on GitHub, or mute the thread.",
    "---------------------------------------------------------------------\nTo unsubscribe, e-mail: dev-unsubscribe@lists.example\nFor additional commands, e-mail: dev-help@lists.example",
]


@pytest.mark.parametrize("signature", SIGNATURES)
def test_signatures_below_any_rule_are_left_out(signature: str) -> None:
    assert reply_text(f"Yes, noon works.\n\n{signature}\n") == "Yes, noon works."


HELPDESKS = [
    "##- Please type your reply above this line -##",
    "--- Reply above this line ---",
    "Please reply above this line",
    "##- Bitte geben Sie Ihre Antwort über dieser Zeile ein. -##",
    "##- Veuillez saisir votre réponse au-dessus de cette ligne -##",
]


@pytest.mark.parametrize("line", HELPDESKS)
def test_what_stands_below_a_helpdesks_line_is_theirs(line: str) -> None:
    assert reply_text(f"{OWN}\n\n{line}\n\nDana, 12 May:\nCan we meet?\n") == OWN
    assert reply_text(f"{line}\n\nYour request (4711) has been answered.\n") == "Your request (4711) has been answered."


FORWARDS = [
    "---------- Forwarded message ---------", "-------- Weitergeleitete Nachricht --------", "---------- Message transféré ----------",
    "Begin forwarded message:", "Anfang der weitergeleiteten Nachricht:", "Début du message réexpédié :", "Inicio del mensaje reenviado:",
    "---------- Mensaje reenviado ----------", "Inizio messaggio inoltrato:", "-------- Mensagem encaminhada --------",
    "Início da mensagem encaminhada:", "---------- Doorgestuurd bericht ---------", "-------- Wiadomość przekazana dalej --------",
    "---------- Vidarebefordrat meddelande ----------", "Vidarebefordrat brev:", "Videresendt besked:", "-------- Videresendt melding --------",
    "-------- Edelleenlähetetty viesti --------", "-------- Перенаправленное сообщение --------", "Начало переадресованного сообщения:",
    "---------- 転送メッセージ ---------", "転送されたメッセージ：", "-------- 转发的消息 --------", "开始转发的邮件：", "-------- 전달된 메시지 --------",
    "---------- Přeposlaná zpráva ---------", "---------- Yönlendirilmiş ileti ---------", "---------- Továbbított üzenet ----------",
    "----- Forwarded by Dana on 12.05.2026 -----",
]  # fmt: skip


@pytest.mark.parametrize("line", FORWARDS)
def test_a_forwarded_message_stays_in_any_language(line: str) -> None:
    text = f"FYI\n\n{line}\nFrom: {DANA}\nDate: Tue, 12 May 2026 10:11\nSubject: Lunch\nTo: Mara\n\nCan we meet?"
    assert reply_text(text) == text


NO_QUOTE = [
    "The invoice:\nNo: 4711\nDate: 12.05.2026\nTo: Keller AG\n\nPlease pay.",
    "Meeting on 12.05.2026 at 10:11 with dana@atlas.example:\n- agenda\n- minutes",
    "On 12 May 2026 at 10:11 the server went down:\n- cause unknown",
    "As Dana wrote on 12 May: we need it.\n\nSo please send it.",
    "He said:\n\nwe go on.",
    'On Tuesday we said no. Dana wrote back:\n\n"Fine by me."',
    "From my side all is fine.\nTo be sure, ask Dana.",
    "From: Zurich\nTo: Berlin\nDate: 12 May\n\nCan you book this flight?",
    "Please contact me:\nMara Keller <mara@keller.example>\n\nThanks",
    "Am Montag schrieb ich Dana um 10:15 am 12.05.2026:\n\nkeine Antwort.",
    "Le 12/05/2026 à 10:11 nous avons constaté :\n- panne",
    "Results\n=======\nTotal 5\n\nThe rest follows tomorrow.",
    "Sent the parcel via DHL today.",
    "Sent from the office in Zurich, we'll get it on Monday.",
    "Gesendet von Dana kam heute das Paket, wir haben es geöffnet.",
    "Hi Dana,\n\nThis message is confidential, please don't forward. The deal closes Friday.",
    "Hi Dana,\n\nIf you have received this error message again, tell me.\n\nMara",
    "Did you transfer the money? The numbers:\nFrom: our account\nIt was forwarded:\nyesterday",
]


@pytest.mark.parametrize("text", NO_QUOTE)
def test_sentences_that_resemble_a_quote_stay(text: str) -> None:
    assert reply_text(text) == text
