"""Figures as words: num2words behind one cached door."""

from __future__ import annotations

from functools import lru_cache

from num2words import CONVERTER_CLASSES, num2words

_MOST_DIGITS = 12  # a longer number is nobody's amount: it is read digit by digit


@lru_cache(maxsize=4096)
def cardinal(figures: str, language: str = "en") -> str:
    """Such as "2.5" → "two point five". `figures` are digits with at most one point; leading zeros and long runs are read singly."""
    whole, _, decimals = figures.partition(".")
    if len(whole) > _MOST_DIGITS or (len(whole) > 1 and whole.startswith("0")):
        return digits(whole + decimals, language)
    if decimals:
        point = {"en": "point", "de": "Komma", "fr": "virgule", "es": "coma"}.get(language, "point")
        return f"{_words(int(whole or 0), language)} {point} {digits(decimals[:4], language)}"
    return _words(int(whole), language)


@lru_cache(maxsize=1024)
def digits(figures: str, language: str = "en") -> str:
    """Such as "231" → "two three one"; at most twelve of them."""
    return " ".join(_words(int(d), language) for d in figures[:_MOST_DIGITS])


@lru_cache(maxsize=256)
def ordinal(figures: str, language: str = "en") -> str:
    return _words(int(figures), language, "ordinal")


@lru_cache(maxsize=256)
def year(figures: str, language: str = "en") -> str:
    return _words(int(figures), language, "year")


def _words(number: int, language: str, to: str = "cardinal") -> str:
    known = language if language in CONVERTER_CLASSES else "en"
    try:
        said = num2words(number, lang=known, to=to)
    except NotImplementedError:  # a language without this form
        said = num2words(number, lang=known)
    return str(said).replace(",", "").replace(" and ", " " if number > 10_000 else " and ")
