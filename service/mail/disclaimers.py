"""Paragraphs that lawyers, scanners and printers put below a mail, in the languages of `phrases`."""

from __future__ import annotations

import re

_HEADED = re.compile(
    r"\W*(?:(?:legal |confidentiality |privacy |e-?mail )?disclaimer\b|confidentiality (?:note|notice|statement|warning)|"
    r"confidential(?:ity)? notice|privileged (?:and|/|&) ?confidential|notice to recipients?\b|vertraulichkeitshinweis|haftungsausschluss|"
    r"avis de confidentialité|clause de confidentialité|aviso (?:de confidencialidad|legal)|aviso de privacidad|cláusula de confidencialidad|"
    r"avviso di riservatezza|nota de confidencialidad)",
    re.IGNORECASE,
)
_PRINTED = re.compile(
    r"\W*(?:[Pp] )?(?:please (?:consider|think of) the environment|think before you print|save (?:a tree|paper)|before printing,? think|"
    r"bitte (?:denken sie an|prüfen sie der|schonen sie) |pensez à l.environnement|avant d.imprimer|antes de imprimir|prima di stampare|"
    r"denk aan het milieu|tänk på miljön|tænk på miljøet|virus-?free\b|virenfrei\b|"
    r"(?:this|diese) (?:e-?mail|nachricht|message) (?:has been|was|wurde) (?:scanned|checked|sent from a virus-free|auf viren)|scanned (?:for viruses|by \w+ anti))",
    re.IGNORECASE,
)
_LABELLED = re.compile(f"{_HEADED.pattern}|{_PRINTED.pattern}", re.IGNORECASE)
_MAIL = (
    r"e-?mail|message\b|transmission|communication|nachricht|courriel|messagerie|mensaje|correo|messaggio|comunicazione|mensagem|bericht|"
    r"information (?:transmitted|contained|in this)|wiadomość|meddelande|meddelelse|melding|viesti|сообщени|письмо|zpráva|邮件|郵件|メール|메일"
)
_SIGNS = tuple(
    re.compile(words, re.IGNORECASE)
    for words in (
        (
            r"confidential|privileged|vertraulich|confidentiel|confidencia[il]|riservat|confidenzial|vertrouwelijk|poufn|konfidenti|fortrolig|"
            r"luottamuksel|конфиденциальн|důvěrn|gizli|保密|機密|기밀|秘密"
        ),
        (
            r"intended|(?:the|any|other) recipient|named recipient|addressee|adressat|empfänger|destinataire|destinat[aá]ri|geadresseerde|ontvanger|"
            r"adresat|mottagar|mottaker|modtager|vastaanotta|адресат|příjemc|alıcı|收件人|受信者"
        ),
        (
            r"delet|notify|disclos|dissemina|copying|prohibited|unauthori[sz]ed|legally|liabilit|in error|by mistake|views (?:expressed|or opinions)|"
            r"attachment|destroy|lösch|benachrichtig|unbefugt|irrtüm|rechtlich|ausschlie(?:ß|ss)lich|détrui|supprim|par erreur|pièces jointes|"
            r"exclusive|por error|elimin|borr[ae]r|adjuntos|errore|esclusivamente|apag|sigilo|por engano|verwijder|uitsluitend|usun|wyłącznie|"
            r"radera|endast för|slette?|kun beregnet|ainoastaan|удалит|исключительно"
        ),
    )
)
_MAIL_NAMED = re.compile(_MAIL, re.IGNORECASE)
_STEMS = (
    "confidential", "privileged", "vertraulich", "confidentiel", "confidencia", "riservat", "confidenzial", "vertrouwelijk", "poufn", "konfidenti",
    "fortrolig", "luottamuksel", "конфиденциальн", "důvěrn", "gizli", "保密", "機密", "기밀", "秘密", "intended", "recipient", "addressee", "adressat",
    "empfänger", "destinat", "geadresseerde", "ontvanger", "adresat", "mottag", "mottak", "modtager", "vastaanotta", "адресат", "disclaimer",
    "haftungsausschluss", "aviso", "avviso",
)  # fmt: skip
_LONGEST = 700
_SHORTEST = 50
"""Characters of a paragraph looked at, and below which nobody can have said all that a disclaimer says."""
_LABELS = (
    "environment", "environnement", "print", "drucken", "imprim", "stampare", "umwelt", "milieu", "milj", "virus", "viren", "paper", "a tree",
)  # fmt: skip


def may_hold_one(lowered: str) -> bool:
    """Cheap: False where no paragraph of a text in lower case can be one that `is_disclaimer` knows by what it says."""
    return any(stem in lowered for stem in _STEMS)


def may_be_labelled(lowered: str) -> bool:
    """The same for `is_labelled`."""
    return any(stem in lowered for stem in _LABELS)


def is_disclaimer(paragraph: str) -> bool:
    """By its heading, or by saying of a mail two of: it is confidential, meant for somebody, and what others must do or not."""
    if is_labelled(paragraph):
        return True
    text = paragraph[:_LONGEST]
    if len(text) < _SHORTEST or not may_hold_one(text.lower()) or _MAIL_NAMED.search(text) is None:
        return False
    return sum(sign.search(text) is not None for sign in _SIGNS) > 1


def is_labelled(paragraph: str) -> bool:
    """Its first words say so, or it is what printers and virus scanners ask or praise."""
    return _LABELLED.match(paragraph) is not None
