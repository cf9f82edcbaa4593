"""Amounts of money in a sentence: the currency, the value, and the exact words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from service.domain.verdicts import Amount, Span
from service.triage.sentences import Sentence
from service.triage.words.settling import CURRENCIES, MULTIPLES

_CURRENCY = "|".join(re.escape(word) for word in sorted(CURRENCIES, key=len, reverse=True))
_SYMBOLS = "|".join(re.escape(word) for word in sorted(CURRENCIES, key=len, reverse=True) if not word[-1].isalpha())
_NUMBER = r"\d{1,3}(?:[ \u00a0\u202f'’]\d{3})+(?:[.,]\d{1,2})?|\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?|\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:[.,]\d+)?"
_MULTIPLE = "|".join(sorted(MULTIPLES, key=len, reverse=True))
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?:(?P<before>{_CURRENCY})[\s\u00a0]?(?P<first>{_NUMBER})(?:[\s\u00a0]?(?P<times>{_MULTIPLE})\b)?"
    rf"|(?P<second>{_NUMBER})(?:,-|\.-)?(?:[\s\u00a0]?(?P<by>{_MULTIPLE})\b\.?(?:[\s\u00a0]de)?)?[\s\u00a0]?(?:(?P<symbol>{_SYMBOLS})|(?P<name>{_CURRENCY})(?!\w)))(?!\d)",
    re.IGNORECASE,
)


def amounts(sentence: Sentence) -> Iterator[Amount]:
    """In order. What names no currency is no amount; "12 %" and "5 pounds of flour" can't be told apart from money by words alone."""
    text = sentence.text
    for match in _AMOUNT.finditer(text):
        said = (match["before"] or match["symbol"] or match["name"]).lower()
        multiple = (match["times"] or match["by"] or "").lower()
        value = _value(match["first"] or match["second"], MULTIPLES.get(multiple, 0))
        offset = sentence.offset if sentence.offset < 0 else sentence.offset + match.start()
        yield Amount(Span(match[0], offset), CURRENCIES[said], value)


def _value(digits: str, power: int) -> Decimal:
    """Times ten to the `power`. A lone comma or point is decimal unless exactly three digits follow it, as in "1.200" and "1,200"."""
    plain = re.sub(r"[ \u00a0\u202f'’]", "", digits)
    last = max(plain.rfind("."), plain.rfind(","))
    whole, rest = (re.sub(r"[.,]", "", plain[:last]), plain[last + 1 :]) if last >= 0 else (plain, "")
    thousands = len(rest) == 3 and whole != "0" and len(set(plain) & {".", ","}) == 1
    value = Decimal(whole + rest if thousands else f"{whole}.{rest or 0}").scaleb(power)
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
