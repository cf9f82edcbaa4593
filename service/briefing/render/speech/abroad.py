"""How German, French and Spanish say figures; any other language only gets its number words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.briefing.render.speech.numbers import cardinal, digits
from service.briefing.render.speech.patterns import NUMBER


@dataclass(frozen=True, slots=True)
class Tongue:
    """`hour` puts a time of day into words; `day` joins the day and the month; `first` is the first of a month."""

    hour: str
    half: str
    day: str
    first: str
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    words: dict[str, str]


GERMAN = Tongue(
    hour="{hour} Uhr", half="{hour} Uhr {minute}", day="{day}. {month}", first="erste",
    months=("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"),
    weekdays=("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    words={"CHF": "Franken", "EUR": "Euro", "€": "Euro", "USD": "Dollar", "$": "Dollar", "GBP": "Pfund", "£": "Pfund", "%": "Prozent",
           "&": "und", "+": "plus", "z.B.": "zum Beispiel", "d.h.": "das heißt", "usw.": "und so weiter", "ca.": "zirka",
           "to": "bis", "minus": "minus", "link": "ein Link", "at": "ät", "dot": "Punkt", "m": "Millionen", "k": "Tausend", "bn": "Milliarden"},
)  # fmt: skip
FRENCH = Tongue(
    hour="{hour} heures", half="{hour} heures {minute}", day="{day} {month}", first="premier",
    months=("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    weekdays=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    words={"CHF": "francs suisses", "EUR": "euros", "€": "euros", "USD": "dollars", "$": "dollars", "GBP": "livres", "£": "livres",
           "%": "pour cent", "&": "et", "+": "plus", "p. ex.": "par exemple", "etc.": "et cetera", "to": "à", "minus": "moins",
           "link": "un lien", "at": "arobase", "dot": "point", "m": "millions", "k": "mille", "bn": "milliards"},
)  # fmt: skip
SPANISH = Tongue(
    hour="las {hour}", half="las {hour} y {minute}", day="{day} de {month}", first="primero",
    months=("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    weekdays=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    words={"CHF": "francos suizos", "EUR": "euros", "€": "euros", "USD": "dólares", "$": "dólares", "GBP": "libras", "£": "libras",
           "%": "por ciento", "&": "y", "+": "más", "p. ej.": "por ejemplo", "etc.": "etcétera", "to": "a", "minus": "menos",
           "link": "un enlace", "at": "arroba", "dot": "punto", "m": "millones", "k": "mil", "bn": "mil millones"},
)  # fmt: skip
TONGUES = {"de": GERMAN, "fr": FRENCH, "es": SPANISH}

_TIME = re.compile(r"(?<![\d:.])([01]?\d|2[0-4])[:h]([0-5]\d)(?::[0-5]\d)?(?![\d:])(?:\s?Uhr\b)?")
_LINK = re.compile(r"\b(?:https?|ftp|file|slack|mid|mailto):\S+[\w/]|\bwww\.\S+[\w/]", re.IGNORECASE)
_MARKUP = re.compile(r"<[A-Za-z/!][^<>]{0,400}>")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_ISO = re.compile(r"\b(?:20|19)\d\d-([01]\d)-([0-3]\d)(?:T|\b)")
_DOTTED = re.compile(r"\b([0-3]?\d)\.([01]?\d)\.(?:(?:20|19)?\d\d)?(?!\d)")
_MONEY = re.compile(rf"(CHF|EUR|USD|GBP|[€$£])\s?({NUMBER})(?:\s?(k|m|bn)\b)?")
_MONEY_AFTER = re.compile(rf"({NUMBER})\s?(CHF|EUR|USD|GBP|[€$£%])(?![A-Za-z])")
_RANGE = re.compile(r"(?<=[\w])\s?[–-]\s?(?=\d)")
_NEGATIVE = re.compile(r"(?<!\w)[-−](?=\d)")
_GROUPED = re.compile(r"(?<=\d)[.'’  ](?=\d{3}(?!\d))")
_FIGURES = re.compile(r"[0-9]+(?:[.,][0-9]+)?|\d+")
_ORDINAL = re.compile(r"\b(\d{1,2})\.(?=\s[A-ZÄÖÜ])")


def spell(text: str, language: str) -> str:
    tongue = TONGUES.get(language)
    if tongue:
        text = _spelled(text, tongue, language)
    return _FIGURES.sub(lambda m: f" {_figures(m[0], language)} ", text)


def _spelled(text: str, tongue: Tongue, language: str) -> str:
    words = tongue.words
    text = _LINK.sub(words["link"], _MARKUP.sub(" ", text))
    text = _MAIL.sub(lambda m: m[0].replace("@", f" {words['at']} ").replace(".", f" {words['dot']} "), text)
    text = _ISO.sub(lambda m: _date(int(m[2]), int(m[1]), tongue, language) or m[0], text)
    text = _DOTTED.sub(lambda m: _date(int(m[1]), int(m[2]), tongue, language) or m[0], text)
    text = _TIME.sub(lambda m: f"{_clock(int(m[1]), int(m[2]), tongue, language)} ", text)
    text = text.replace("las las ", "las ").replace("la la ", "la ")  # the article stood there already
    text = _GROUPED.sub("", text)
    text = _MONEY.sub(lambda m: f"{m[2]} {words[m[3]] + ' ' if m[3] else ''}{words[m[1]]} ", text)
    text = _MONEY_AFTER.sub(lambda m: f"{m[1]} {words[m[2]]} ", text)
    if tongue is GERMAN:
        text = _ORDINAL.sub(lambda m: _german_day(int(m[1])), text)
    text = _NEGATIVE.sub(f"{words['minus']} ", _RANGE.sub(f" {words['to']} ", text))
    for short in ("z.B.", "d.h.", "usw.", "ca.", "p. ex.", "p. ej.", "etc.", "&", "+", "%"):
        if short in text and short in words:
            text = text.replace(short, f" {words[short]} ")
    return text


def _clock(hour: int, minute: int, tongue: Tongue, language: str) -> str:
    said = {"hour": cardinal(str(hour), language), "minute": cardinal(str(minute), language)}
    said["hour"] = {("de", 1): "ein", ("fr", 1): "une", ("es", 1): "una"}.get((language, hour), said["hour"])
    if language == "es" and hour == 1:
        tongue_hour, tongue_half = "la {hour}", "la {hour} y {minute}"
    else:
        tongue_hour, tongue_half = tongue.hour, tongue.half
    return (tongue_half if minute else tongue_hour).format(**said)


def _date(day: int, month: int, tongue: Tongue, language: str) -> str:
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return ""
    if tongue is GERMAN:
        return f"{_german_day(day)} {tongue.months[month - 1]}"
    said = tongue.first if day == 1 else cardinal(str(day), language)
    return tongue.day.format(day=said, month=tongue.months[month - 1])


def _german_day(day: int) -> str:
    """Such as "zwölfte": German days of the month are ordinals."""
    irregular = {1: "erste", 3: "dritte", 7: "siebte", 8: "achte"}
    return irregular.get(day) or cardinal(str(day), "de") + ("te" if day < 20 else "ste")


def _figures(written: str, language: str) -> str:
    if not written.isascii():
        return digits(written, language)
    return cardinal(written.replace(",", "."), language)
