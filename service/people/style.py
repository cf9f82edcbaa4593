"""How the person writes to somebody: features of their own sent mail, made anew where they're needed and kept nowhere.

Nothing that others wrote goes in: quotes were cut away when the mail was read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from service.domain.items import Message, Provenance
from service.domain.people import Address, Person
from service.people.languages import language_of
from service.people.names import first_name

ENOUGH = 2
"""Mails that must agree before a greeting counts as the person's way."""
EXAMPLES, EXAMPLE_LENGTH = 3, 600
_GREETING = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|hallo|hi|liebe[rs]?|lieber|guten (?:tag|morgen|abend)|moin|servus|gr(?:ü|ue)e?zi"
    r"|sehr geehrte[rs]?|werte[rs]?|bonjour|bonsoir|salut|coucou|ch(?:er|ère)s?|madame|monsieur|hola|buen(?:os|as) (?:d[ií]as|tardes)"
    r"|estimad[oa]s?|querid[oa]s?)\b[^\n.!?]{0,50}[,!:.\-–]?",
    re.IGNORECASE,
)
_SIGN_OFF = re.compile(
    r"(?:(?:all (?:the|my) )?best(?: regards| wishes)?|(?:kind|warm|many)(?:est)? regards|regards|cheers|thanks(?: a lot| again| so much)?|thank you"
    r"|many thanks|sincerely(?: yours)?|yours(?: sincerely| truly)?|talk soon|take care|love"
    r"|(?:mit )?(?:viele[n]?|liebe[n]?|beste[n]?|sch(?:ö|oe)ne[n]?|freundliche[nr]?|herzliche[n]?) gr(?:ü|ue|u)(?:ß|ss)en?|mfg|lg|vg|gru(?:ß|ss)|danke(?: dir| ihnen)?"
    r"|vielen dank|herzlich(?:st)?|bis bald|cordialement|bien (?:cordialement|à (?:vous|toi))|amicalement|bises|merci(?: beaucoup| d'avance)?|à bientôt"
    r"|(?:un )?(?:cordial )?saludos?|saludos cordiales|un abrazo|abrazos|atentamente|(?:muchas )?gracias)\s*[,!.]?",
    re.IGNORECASE,
)
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]|(?<!\\w)[:;]-?[)D(P](?!\\w)")
_WORDS = re.compile(r"\w+(?:['’.@/-]\w+)*")
_SENTENCE = re.compile(r"[.!?…]+(?:\s|$)|\n{2,}")
_FORMAL = {
    "de": re.compile(r"(?<=[a-zäöüß,] )(?:Sie|Ihnen|Ihre?[nmrs]?)\b"),
    "fr": re.compile(r"\b(?:vous|votre|vos)\b", re.IGNORECASE),
    "es": re.compile(r"\b(?:usted(?:es)?)\b", re.IGNORECASE),
}
_FAMILIAR = {
    "de": re.compile(r"\b(?:du|dir|dich|deine?[nmrs]?|euch|eure?)\b", re.IGNORECASE),
    "fr": re.compile(r"\b(?:tu|toi|ton|ta|tes|t')\b", re.IGNORECASE),
    "es": re.compile(r"\b(?:tú|te|ti|tu|tus|contigo)\b", re.IGNORECASE),
}
ADDRESSED = {"de": ("Sie", "du"), "fr": ("vous", "tu"), "es": ("usted", "tú")}
"""How a language speaks to somebody formally and familiarly."""


@dataclass(frozen=True, slots=True)
class Style:
    """Of the person's mails in one language. `greeting` has {first} or {last} where the reader's name stood; "" is none.

    `formality` is how the language addresses somebody ("Sie", "du", "vous", "tu" …), "" where it does not tell or both occur alike.
    """

    language: str
    mails: int
    greeting: str = ""
    sign_off: str = ""
    signs_as: str = ""
    formality: str = ""
    words: int = 0  # of a mail, median
    sentence_words: float = 0.0
    emoji: float = 0.0  # share of mails with any

    def opens(self, name: str) -> str:
        """The greeting for somebody of this name; without a name it would need, none."""
        parts = name.split()
        if "{" in self.greeting and ("@" in name or not parts):
            return ""
        return self.greeting.format(first=first_name(name), last=parts[-1] if parts else "")

    def closes(self) -> str:
        return "\n".join(filter(None, (self.sign_off, self.signs_as)))


@dataclass(frozen=True, slots=True)
class _Letter:
    """One mail taken apart."""

    language: str
    greeting: str
    body: str
    sign_off: str
    signs_as: str


def styles(person: Person, sent: Iterable[Message], to: str = "") -> tuple[Style, ...]:
    """By language, the one they write in most first. `to` leaves only mails to that address."""
    letters: dict[str, list[_Letter]] = {}
    for message in own(sent, to):
        letter = _apart(message, person)
        if letter.body or letter.greeting:
            letters.setdefault(letter.language, []).append(letter)
    found = [_style(language, some) for language, some in letters.items()]
    return tuple(sorted(found, key=lambda s: (-s.mails, s.language)))


def examples(sent: Iterable[Message], to: str) -> tuple[str, ...]:
    """A few of the person's own last replies to somebody, newest first, for a draft to be like them."""
    replies = sorted((m for m in own(sent, to) if m.in_reply_to and m.reply_text.strip()), key=lambda m: m.at, reverse=True)
    return tuple(m.reply_text.strip()[:EXAMPLE_LENGTH] for m in replies[:EXAMPLES])


def own(sent: Iterable[Message], to: str = "") -> list[Message]:
    """What the person wrote, by proof and not by address alone; to one reader where `to` is said."""
    mine = (m for m in sent if m.provenance is Provenance.OWN and not m.own_briefing)
    return [m for m in mine if not to or any(a.email == to.lower() for a in (*m.to, *m.cc))]


def _apart(message: Message, person: Person) -> _Letter:
    lines = [line.strip() for line in message.reply_text.strip().splitlines()]
    greeting = ""
    if lines and len(lines[0]) <= 60 and _GREETING.fullmatch(lines[0]):
        greeting = _nameless(lines.pop(0), message.to[0] if len(message.to) == 1 else None)
    sign_off, signs_as = "", ""
    filled = [n for n, line in enumerate(lines) if line][-4:]
    for n in reversed(filled):
        if _SIGN_OFF.fullmatch(lines[n]):
            after = [line for line in lines[n + 1 :] if line]
            sign_off, signs_as = lines[n], _signature(after, person)
            lines = lines[:n]
            break
    body = "\n".join(lines).strip()
    return _Letter(language_of(message.reply_text), greeting, body, sign_off, signs_as)


def _signature(after: Sequence[str], person: Person) -> str:
    """The name below a sign-off, where it is the person's."""
    if not after or len(after[0]) > 40:
        return ""
    mine = {part.casefold() for part in person.name.split()}
    parts = after[0].strip(",.").split()
    initials = {part[0] for part in mine}
    theirs = [p.casefold().rstrip(".") for p in parts]
    return after[0] if theirs and (theirs[0] in mine or (len(theirs) == 1 and theirs[0] in initials)) else ""


def _nameless(greeting: str, reader: Address | None) -> str:
    """With a place for the name, so that it serves for others; "" where somebody is named whom we can't tell."""
    shape = greeting.replace("{", "").replace("}", "")
    if reader is not None and reader.name:
        for part, place in ((first_name(reader.name), "{first}"), (reader.name.split()[-1], "{last}")):
            if part:
                shape = re.sub(rf"\b{re.escape(part)}\b", place, shape, flags=re.IGNORECASE)
    return shape


def _style(language: str, letters: Sequence[_Letter]) -> Style:
    counts = [len(_WORDS.findall(letter.body)) for letter in letters if letter.body]
    sentences = sum(max(1, len(_SENTENCE.findall(letter.body))) for letter in letters if letter.body)
    return Style(
        language,
        len(letters),
        _usual([letter.greeting for letter in letters]),
        _usual([letter.sign_off for letter in letters]),
        _usual([letter.signs_as for letter in letters]),
        _formality(language, letters),
        int(median(counts)) if counts else 0,
        round(sum(counts) / sentences, 1) if sentences else 0.0,
        round(sum(bool(_EMOJI.search(letter.body)) for letter in letters) / len(letters), 2),
    )


def _usual(seen: Sequence[str]) -> str:
    """The commonest, where several mails agree on it; none where most have none."""
    [(value, count)] = Counter(seen).most_common(1)
    if value:
        return value if count >= min(ENOUGH, len(seen)) else ""
    named = Counter(s for s in seen if s).most_common(1)
    return named[0][0] if named and named[0][1] >= ENOUGH and named[0][1] * 3 >= len(seen) else ""


def _formality(language: str, letters: Sequence[_Letter]) -> str:
    if language not in ADDRESSED:
        return ""
    formal = sum(bool(_FORMAL[language].search(letter.body)) for letter in letters)
    familiar = sum(bool(_FAMILIAR[language].search(letter.body)) for letter in letters)
    if formal == familiar:
        return ""
    return ADDRESSED[language][0 if formal > familiar else 1]
