"""Money, percentages and large round amounts in English."""

from __future__ import annotations

import re

from service.briefing.render.speech.numbers import cardinal
from service.briefing.render.speech.patterns import NUMBER, figures, number

_CURRENCIES = {
    "CHF": ("Swiss franc", "Swiss francs"), "EUR": ("euro", "euros"), "€": ("euro", "euros"), "USD": ("dollar", "dollars"),
    "$": ("dollar", "dollars"), "GBP": ("pound", "pounds"), "£": ("pound", "pounds"), "JPY": ("yen", "yen"), "¥": ("yen", "yen"),
    "SEK": ("Swedish krona", "Swedish kronor"), "NOK": ("Norwegian krone", "Norwegian kroner"), "INR": ("rupee", "rupees"),
    "DKK": ("Danish krone", "Danish kroner"), "CAD": ("Canadian dollar", "Canadian dollars"), "₹": ("rupee", "rupees"),
    "AUD": ("Australian dollar", "Australian dollars"), "PLN": ("zloty", "zloty"), "CNY": ("yuan", "yuan"),
    "US$": ("dollar", "dollars"), "SGD": ("Singapore dollar", "Singapore dollars"), "BTC": ("bitcoin", "bitcoin"),
}  # fmt: skip
_SCALES = {
    "k": "thousand",
    "m": "million",
    "mn": "million",
    "mio": "million",
    "mm": "million",
    "bn": "billion",
    "b": "billion",
    "tn": "trillion",
}
_CUR = "|".join(re.escape(c) for c in sorted(_CURRENCIES, key=len, reverse=True))
_SCALE = r"(?:\s?(k|K|mn|mio|Mio|MM|m|M|bn|Bn|B|b|tn|thousand|million|billion|trillion)\b\.?)?"
_TO = r"\s?(?:[–-]|to)\s?"


def _scale(word: str | None) -> str:
    return f" {_SCALES.get(word.lower(), word.lower())}" if word else ""


def _amount(written: str, scale: str | None, currency: str) -> str:
    """Such as "two point five million Swiss francs"; "twelve dollars fifty"."""
    one, many = _CURRENCIES[currency]
    plain = figures(written)
    whole, _, cents = plain.partition(".")
    if not scale and len(cents) == 2:
        head = f"{cardinal(whole)} {one if whole == '1' else many}"
        return head if cents == "00" else f"{head} {cardinal(cents.lstrip('0') or '0')}"
    return f"{cardinal(plain)}{_scale(scale)} {one if plain == '1' and not scale else many}"


def _range(m: re.Match[str]) -> str:
    return f"{number(m[2])}{_scale(m[3]) if m[3] != m[5] else ''} to {_amount(m[4], m[5], m[1])} "


def _signed(sign: str) -> str:
    return {"-": "minus ", "−": "minus ", "+": "plus "}.get(sign, "")


RULES = (
    (re.compile(rf"({_CUR})\s?({NUMBER}){_SCALE}{_TO}({NUMBER}){_SCALE}"), _range),
    (re.compile(rf"([-−+]?)({_CUR})\s?({NUMBER}){_SCALE}"), lambda m: f"{_signed(m[1])}{_amount(m[3], m[4], m[2])} "),
    (re.compile(rf"\b({NUMBER}){_SCALE}\s?({_CUR})(?![A-Za-z])"), lambda m: f"{_amount(m[1], m[2], m[3])} "),
    (re.compile(rf"\b({NUMBER}){_TO}({NUMBER})\s?%"), lambda m: f"{number(m[1])} to {number(m[2])} percent"),
    (re.compile(rf"(?<!\w)([-−+]?)({NUMBER})\s?%"), lambda m: f"{_signed(m[1])}{number(m[2])} percent"),
    (re.compile(rf"(?<!\w)([-−+]?)({NUMBER})\s?‰"), lambda m: f"{_signed(m[1])}{number(m[2])} per thousand"),
    (re.compile(rf"\b({NUMBER})\s?(k|K|M|mn|bn|Bn|m)\b"), lambda m: f"{number(m[1])}{_scale(m[2])}"),
)
