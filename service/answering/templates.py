"""The words of the templates, in each language and each way to address somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from service.answering.slots import Slot
from service.domain.people import Person
from service.people.style import ADDRESSED, Style

LANGUAGES = ("en", "de", "fr", "es")
PLAIN: Mapping[str, tuple[str, str]] = {
    "en": ("Hello,", "Best regards"),
    "de": ("Guten Tag,", "Freundliche Grüsse"),
    "fr": ("Bonjour,", "Cordialement"),
    "es": ("Hola:", "Saludos"),
}
"""How somebody is greeted whose hand in a language isn't known: without a name, so that no title or sex is guessed."""
_RECEIPT: Mapping[str, tuple[str, str]] = {  # formal, familiar
    "en": ("thank you, your mail{with_} has arrived.",) * 2,
    "de": ("vielen Dank, Ihre Nachricht{with_} ist angekommen.", "danke, deine Nachricht{with_} ist angekommen."),
    "fr": ("merci, votre message{with_} est bien arrivé.", "merci, ton message{with_} est bien arrivé."),
    "es": ("gracias, he recibido su mensaje{with_}.", "gracias, he recibido tu mensaje{with_}."),
}
_WITH: Mapping[str, tuple[str, str]] = {  # one attachment, several
    "en": (" with the attachment", " with the {n} attachments"),
    "de": (" mit dem Anhang", " mit den {n} Anhängen"),
    "fr": (" avec la pièce jointe", " avec les {n} pièces jointes"),
    "es": (" con el archivo adjunto", " con los {n} archivos adjuntos"),
}
_OFFER: Mapping[str, tuple[str, str]] = {
    "en": ("these times would suit me ({zone}):\n\n{slots}\n\nDoes one of them work for you?",) * 2,
    "de": (
        "diese Zeiten passen mir ({zone}):\n\n{slots}\n\nPasst Ihnen eine davon?",
        "diese Zeiten passen mir ({zone}):\n\n{slots}\n\nPasst dir eine davon?",
    ),
    "fr": (
        "ces moments me conviendraient ({zone}) :\n\n{slots}\n\nL'un d'eux vous convient-il ?",
        "ces moments me conviendraient ({zone}) :\n\n{slots}\n\nL'un d'eux te convient ?",
    ),
    "es": (
        "estas horas me vendrían bien ({zone}):\n\n{slots}\n\n¿Le conviene alguna?",
        "estas horas me vendrían bien ({zone}):\n\n{slots}\n\n¿Te va bien alguna?",
    ),
}
_DAYS: Mapping[str, str] = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
}
_MONTHS: Mapping[str, str] = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
}
_ON: Mapping[str, str] = {
    "en": "{day} {n} {month}, {start}–{end}",
    "de": "{day}, {n}. {month}, {start}–{end}",
    "fr": "{day} {n} {month}, {start}–{end}",
    "es": "{day} {n} de {month}, {start}–{end}",
}


def receipt(style: Style, attachments: int) -> str:
    one, many = _WITH[style.language]
    with_ = "" if not attachments else one if attachments == 1 else many.format(n=attachments)
    return _addressed(_RECEIPT, style).format(with_=with_)


def offer(style: Style, slots: Sequence[Slot], person: Person) -> str:
    lines = "\n".join(f"- {_slot(slot, style.language, person)}" for slot in slots)
    return _addressed(_OFFER, style).format(zone=person.timezone, slots=lines)


def letter(style: Style, body: str, name: str, person: Person) -> str:
    """With the greeting and the sign-off that the person uses, or plain ones."""
    greeting, sign_off = PLAIN[style.language]
    opening = style.opens(name) or greeting
    if not opening.endswith(",") or style.language != "de":  # after a comma German goes on in lower case
        body = body[:1].upper() + body[1:]
    closing = style.closes() if style.sign_off else f"{sign_off}\n{style.signs_as or person.name}"
    return f"{opening}\n\n{body}\n\n{closing}\n"


def _addressed(texts: Mapping[str, tuple[str, str]], style: Style) -> str:
    familiar = style.formality != "" and style.formality == ADDRESSED.get(style.language, ("", ""))[1]
    return texts[style.language][familiar]


def _slot(slot: Slot, language: str, person: Person) -> str:
    start, end = slot.start_at.astimezone(person.zone), slot.end_at.astimezone(person.zone)
    return _ON[language].format(
        day=_DAYS[language].split()[start.weekday()],
        n=start.day,
        month=_MONTHS[language].split()[start.month - 1],
        start=f"{start:%H:%M}",
        end=f"{end:%H:%M}",
    )
