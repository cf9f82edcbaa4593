"""Who somebody says they are below their words: the name, title, company and telephone of a signature, in any of its usual shapes."""

from __future__ import annotations

import re

from service.domain.mailing import Card

_LINES = 40
"""At the end of a person's own words, among which a signature is looked for."""
_BLOCK = 9
"""Lines a signature goes on after the name."""
_LONGEST = 90
_DIGITS = 7
"""Of the shortest telephone number."""
_PHONE = re.compile(
    r"(?:(?P<label>\b(?:tel(?:efon|éfono|efono|\.)?|phone|mobile?|mob|cell|direct|office|handy|natel|móvil|tél|gsm|portable|cellulare|fax|[tpmdofc])\b)[\s.:)]*)?"
    r"(?P<number>(?:\+|\b00|\(\+|\b0|\(0|\b[2-9]\d{2}[-. ]\d{3}[-. ]|\([2-9]\d{2}\))[\d ()./\u2010-\u2013-]{3,20}\d)(?!\d)",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"\b(?:manager|director|head of|lead\b|chief|officer|president|founder|co-founder|partner|engineer|developer|designer|consultant|analyst|"
    r"associate|assistant|specialist|coordinator|advisor|adviser|executive|supervisor|administrator|accountant|architect|professor|scientist|"
    r"researcher|editor|lawyer|attorney|counsel|secretary|representative|agent|buyer|planner|owner|principal|recruiter|nurse|teacher|"
    r"c[efotimp]o\b|cro\b|cso\b|cdo\b|ciso\b|s?vp\b|evp\b|managing|geschäftsführ|leiter|leitung|vorstand|prokurist|inhaber|assistenz|referent|berater|"
    r"entwickler|ingenieur|sachbearbeit|vertrieb\b|einkäufer|steuerberater|rechtsanw|direct(?:eur|rice)|responsable|gérant|ingénieur|conseill|"
    r"chargée? d|chef de|président|avocate?|comptable|jefe|jefa|gerente|directora?|ingenier[oa]|asesora?|consultora?|socio|abogad[oa]|"
    r"responsabile|amministrat|direttore|direttrice|titolare|avvocato|commerciale|diretora?|sócio|advogad[oa]|directeur|adviseur|medewerker|"
    r"kierownik|dyrektor|specjalista|direktör|chef\b|direktør|leder\b|johtaja|päällikkö|директор|менеджер|руководитель)",
    re.IGNORECASE,
)
_COMPANY = re.compile(
    r"(?:\b(?:GmbH|mbH|AG|KG|OHG|SE|eG|Inc|Incorporated|Ltd|Limited|LLC|LLP|PLC|Corp|Corporation|Co|S\.?A\.?S?|SARL|Sàrl|EURL|S\.?L\.?U?|S\.?r\.?l|S\.?p\.?A|"
    r"B\.?V|N\.?V|Oyj?|AB|ApS|A/S|AS|ASA|Lda|Ltda|s\.r\.o|a\.s|Kft|Zrt|Sp\. z o\.?o|d\.o\.o|Pty|Pte)\.?(?=$|[\s,|)])|"
    r"\b(?:Universit|Hochschule|Institut|Bank|Group|Holding|Partners|Consulting|Solutions|Technologies|Agency|Ministry|Foundation|Stiftung|Verlag)\w*)"
)
_APART = re.compile(r"\s*(?:\||\u2022|\u00b7|/ | \u2013 | \u2014 | - |\t| {3,})\s*")
_SEPARATED = re.compile(r"[,|/(\u2013\u2014\u00b7\u2022-]")
_AT = re.compile(r"^(?P<title>.{2,60}?)(?:,\s+| at | bei | chez | @ | en | presso | bij | hos )(?P<company>[^,]{2,60})$")
_NOT_WORDS = re.compile(r"@|https?:|www\.|\d{4,}|[?!]|^\W*$", re.IGNORECASE)
_DEGREE = re.compile(
    r"^(?:dr|prof|mr|mrs|ms|dipl|ing|mag|herr|frau|m|mme)\b\.?\s*|,?\s*(?:ph\.?d|mba|m\.?sc|b\.?sc|m\.?a|cpa|esq|jr|sr|pmp)\.?$",
    re.IGNORECASE,
)


def card_of(text: str, name: str) -> Card | None:
    """What stands below the last line of `text` that is this name, or begins with it. `text` is the sender's own, quotes left out;
    None where nothing is said but the name.
    """
    wanted = _plain(name)
    if len(wanted.split()) < 2 or wanted.split()[-1] not in text.casefold():
        return None
    lines = [line.strip(" *_>\t") for line in text.split("\n")][-_LINES:]
    at = next((n for n in range(len(lines) - 1, -1, -1) if _plain(lines[n][: len(name) + 30]).startswith(wanted)), None)
    if at is None or len(lines[at]) > _LONGEST:
        return None
    behind = _DEGREE.sub("", lines[at][_end_of_name(lines[at], name) :]).strip()
    if behind and not _SEPARATED.match(behind):
        return None  # a sentence about them
    rest = behind.strip(" ,|/-\u2013\u2014\u00b7\u2022")
    pieces = [rest] if rest else []
    blanks = 0
    for line in lines[at + 1 : at + 1 + _BLOCK]:
        blanks = 0 if line else blanks + 1
        if blanks > 1 or len(line) > _LONGEST:
            break
        pieces += [line] if line else []
    return _card(name, [piece.strip(" ,") for line in pieces for piece in _APART.split(line) if piece.strip(" ,")])


def _card(name: str, pieces: list[str]) -> Card | None:
    title = company = ""
    phones: list[str] = []
    for number, piece in enumerate(pieces):
        found = _PHONE.search(piece)
        if found and sum(map(str.isdigit, found["number"])) >= _DIGITS:
            if not (found["label"] or "").lower().startswith("f"):
                phones.append(_number(found["number"]))
            continue
        head = piece.partition(",")[0]
        if _NOT_WORDS.search(head) or len(piece) > 70:
            continue
        if not title and _TITLE.search(piece):
            both = _AT.match(piece)
            if both and not _TITLE.search(both["company"]):
                title, company = both["title"], company or both["company"]
            else:
                title = piece
        elif not company and _COMPANY.search(head):
            company = head
        elif not company and (_COMPANY.search(piece) or (title and number <= 2 and _is_named(piece))):
            company = piece
    return Card(name, title, company, tuple(dict.fromkeys(phones))[:4]) if title or company or phones else None


def _is_named(piece: str) -> bool:
    """Whether it can be the name of something: a few words, the first and most of them with a capital."""
    words = piece.split()
    return (
        0 < len(words) <= 5
        and words[0][:1].isupper()
        and sum(w[:1].isupper() for w in words) * 2 > len(words)
        and not any(c.isdigit() for c in piece)
    )


def _number(text: str) -> str:
    return " ".join(re.sub(r"\(0\)", " ", text).replace("/", " ").split())


def _plain(text: str) -> str:
    """A name in lower case without degrees; "Last, First" turned round."""
    last, comma, first = text.partition(", ")
    if comma and first and len(first.split()) < 3 and not _TITLE.search(first):
        turned = f"{first} {last}"
        text = turned if len(last.split()) == 1 else text
    return " ".join(_DEGREE.sub("", text.strip()).casefold().split())


def _end_of_name(line: str, name: str) -> int:
    at = line.casefold().find(name.casefold())
    if at >= 0:
        return at + len(name)
    last = name.split(",", maxsplit=1)[0].rsplit(maxsplit=1)[-1]
    at = line.casefold().find(last.casefold())
    return at + len(last) if at >= 0 else len(line)
