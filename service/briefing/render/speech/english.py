"""How English says figures, dates, times, money, abbreviations and codes."""

from __future__ import annotations

import re
from collections.abc import Callable

from service.briefing.render.speech import english_dates, english_money, english_words
from service.briefing.render.speech.numbers import cardinal, digits, ordinal
from service.briefing.render.speech.patterns import NUMBER, number

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str] | str]

_DIGIT = re.compile(r"\d")
_PLAIN = re.compile(r"[A-Za-z]?[a-z]*(?:[ ,]+[A-Za-z]?[a-z]+)*[.?!]?")
"""Nothing to spell: lower-case words, perhaps with a capital, commas and a stop."""

_UNITS = {
    "min": "minute", "mins": "minute", "h": "hour", "hr": "hour", "hrs": "hour", "sec": "second", "secs": "second", "wk": "week",
    "wks": "week", "yr": "year", "yrs": "year", "kg": "kilogram", "km": "kilometre", "cm": "centimetre", "mm": "millimetre",
    "ms": "millisecond", "KB": "kilobyte", "kB": "kilobyte", "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte",
    "pp": "percentage point", "bps": "basis point", "pax": "person",
}  # fmt: skip
_FRACTIONS = {"1/2": "one half", "1/3": "one third", "2/3": "two thirds", "1/4": "one quarter", "3/4": "three quarters",
              "24/7": "around the clock"}  # fmt: skip


def spell(text: str) -> str:
    if _PLAIN.fullmatch(text) and not english_words.SHORT.search(text):
        return text
    figures = _FIGURES if _DIGIT.search(text) else (_CHANNEL,)
    symbols = english_words.SYMBOLS if english_words.SYMBOL.search(text) else ()
    for pattern, saying in (*_MARKUP, *english_dates.WEEKDAYS, *figures, *english_words.RULES, *symbols):
        text = pattern.sub(saying, text)
    return text


def _mail(m: re.Match[str]) -> str:
    said = m.group(0).replace("@", " at ")
    return said.replace(".", " dot ").replace("_", " ").replace("-", " ").replace("+", " plus ")


def _unit(m: re.Match[str]) -> str:
    unit = _UNITS[m.group(2)]
    unit = unit if m.group(1) == "1" else "people" if unit == "person" else unit + "s"
    return f"{number(m.group(1))} {unit}"


def _code(m: re.Match[str]) -> str:
    return f"{english_words.name(m.group(1))} {digits(m.group(2))}"


def _version(m: re.Match[str]) -> str:
    return "version " + " point ".join(cardinal(part) for part in m.group(1).split("."))


def _fraction(m: re.Match[str]) -> str:
    return _FRACTIONS.get(m.group(0)) or f"{cardinal(m.group(1))} of {cardinal(m.group(2))}"


def _channel(m: re.Match[str]) -> str:
    return m.group(1).replace("-", " ").replace("_", " ")


def _phone(m: re.Match[str]) -> str:
    return "plus " + digits(re.sub(r"\D", "", m.group(0))) + " "


_MARKUP: tuple[Rule, ...] = (
    (re.compile(r"!?\[([^\]]{0,200})\]\([^)]{0,2000}\)"), r"\1"),
    (re.compile(r"<[A-Za-z/!][^<>]{0,400}>"), " "),
    (re.compile(r"\b(?:https?|ftp|file|slack|mid|mailto|hxxps?):\S+[\w/]|\bwww\.\S+[\w/]", re.IGNORECASE), "a link"),
    (re.compile(r"\b(?=[A-Za-z/+]*[0-9])(?=[0-9/+]*[A-Za-z])[A-Za-z0-9/+]{20,}={0,2}"), "a code"),
    (re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"), "a code"),
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"), _mail),
)
_CHANNEL: Rule = (re.compile(r"#([A-Za-z][\w-]*)"), _channel)
_FIGURES: tuple[Rule, ...] = (
    (re.compile(r"\+\d[\d ()/.-]{6,18}\d"), _phone),
    *english_money.RULES,
    *english_dates.RULES,
    (
        re.compile(r"\b(\d{1,2})h([0-5]\d)?\b"),
        lambda m: f"{number(m[1])} hour{'' if m[1] == '1' else 's'}" + (f" {number(m[2])}" if m[2] else ""),
    ),
    (re.compile(rf"\b({NUMBER})\s?({'|'.join(_UNITS)})\b"), _unit),
    (re.compile(r"\b([A-Z][A-Za-z0-9]{1,9})-(\d{1,8})\b"), _code),
    (re.compile(r"#(\d{1,12})\b"), lambda m: "number " + digits(m[1])),
    (re.compile(r"\bv\.?(\d{1,4}(?:\.\d{1,4})*)\b"), _version),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,4}){2,5}\b"), lambda m: " dot ".join(cardinal(p) for p in m[0].split("."))),
    _CHANNEL,
    (re.compile(r"\b(\d{1,4}):(\d{1,4})\b"), lambda m: f"{cardinal(m[1])} to {cardinal(m[2])}"),
    (re.compile(r"\b(\d{1,4})(?:st|nd|rd|th)\b", re.IGNORECASE), lambda m: ordinal(m[1])),
    (re.compile(r"\b(\d{1,2})/(\d{1,2})\b"), _fraction),
    (re.compile(rf"\b({NUMBER})\s?[–-]\s?({NUMBER})\b"), lambda m: f"{number(m[1])} to {number(m[2])}"),
    (re.compile(r"\b[xX](\d{1,3})\b"), lambda m: f"times {cardinal(m[1])}"),
    (re.compile(r"\b(\d{1,3})[xX]\b"), lambda m: f"{cardinal(m[1])} times"),
    (re.compile(rf"(?<![\w])[-−](?={NUMBER})"), "minus "),
    (re.compile(r"(?<=\d)(?=[A-Za-z])|(?<=[A-Za-z])-?(?=\d)"), " "),
    (re.compile(NUMBER), lambda m: number(m[0])),
    (re.compile(r"\d"), lambda m: digits(m[0])),
)
