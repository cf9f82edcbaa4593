"""The smallest words for time in a text: a date, a weekday, a clock time, "EOD", "within two hours"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from service.triage.words import calendar as named

_GLUE = r"[\s\u00a0]"


def _any(words: object) -> str:
    return "|".join(re.escape(w).replace(r"\ ", _GLUE + "+") for w in sorted(words, key=len, reverse=True))  # type: ignore[call-overload]


_MONTH = rf"(?:{_any(named.MONTHS)})\b\.?"
_ZONE = rf"(?:{_any(named.ZONES)}|[A-Z]?(?:GMT|UTC){_GLUE}?[+-]\d{{1,2}}(?::?\d\d)?)\b"
_COUNT = r"\d{1,3}|an?|one|two|three|four|five|six|the|next|couple(?: of)?|einer|einem|zwei|drei|deux|trois|une?|dos|tres|una?"
_UNIT = r"hours?|hrs?|minutes?|mins?|days?|weeks?|business days?|working days?|stunden?|minuten|tagen?|wochen?|werktagen|heures?|jours?|semaines?|horas?|minutos|días?|semanas?"

_ATOM = re.compile(
    rf"""
    (?<![\w./-])(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})(?:[T ](?P<isotime>\d{{2}}:\d{{2}})(?::\d{{2}}(?:\.\d+)?)?{_GLUE}?(?P<isozone>Z|[+-]\d{{2}}:?\d{{2}})?)?(?![\w-])
  | (?<![\w.,/-])(?P<dotted>\d{{1,2}}\.{_GLUE}?\d{{1,2}}\.(?:{_GLUE}?\d{{4}}|\d{{2}})?)(?![\w.])
  | (?<![\w./-])(?P<slashed>\d{{1,2}}/\d{{1,2}}(?:/(?:\d{{4}}|\d{{2}}))?)(?![\w/%-])
  | (?<![\w.:/-])(?P<daymonth>\d{{1,2}}(?:st|nd|rd|th|er|\.|º|°)?{_GLUE}+(?:of{_GLUE}+|de{_GLUE}+)?{_MONTH}(?:,?{_GLUE}+(?:de{_GLUE}+|del{_GLUE}+)?\d{{4}}\b)?)(?!\w)
  | \b(?P<monthday>{_MONTH}{_GLUE}+(?:the{_GLUE}+)?\d{{1,2}}(?:st|nd|rd|th)?\b(?![:.]\d|{_GLUE}?[%€$]|{_GLUE}?(?:am|pm)\b)(?:,?{_GLUE}+\d{{4}}\b)?)
  | \b(?P<nth>the{_GLUE}+\d{{1,2}}(?:st|nd|rd|th)|(?:am|zum|den){_GLUE}+\d{{1,2}}\.(?!\d))(?!\w|{_GLUE}+(?:of{_GLUE}+)?{_MONTH})(?!{_GLUE}+(?:floor|time|century|version|anniversary|place|amendment|quarter|edition))
  | (?<![\w.:/$€£-])(?P<clock>(?:(?:\d{{1,2}}(?:[:.]\d{{2}})?{_GLUE}?[-–]{_GLUE}?)?\d{{1,2}}(?:[:.]\d{{2}})?{_GLUE}?(?:[ap]m\b|[ap]\.m\.?)|\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?!\d|:)|\d{{1,2}}(?:[:.]\d{{2}})?{_GLUE}?uhr\b|\d{{1,2}}{_GLUE}?h(?:\d{{2}})?\b|noon\b|midday\b|midnight\b|mittags\b|midi\b|minuit\b|mediodía\b)(?:{_GLUE}?\(?(?P<zone>{_ZONE}))?)
  | \b(?P<within>(?:within|in(?:side)?|in{_GLUE}the|over{_GLUE}the|innerhalb(?:{_GLUE}von)?|binnen|dans(?:{_GLUE}les)?|sous|en|dentro{_GLUE}de|in{_GLUE}den{_GLUE}nächsten){_GLUE}+(?:the{_GLUE}+)?(?:next{_GLUE}+|nächsten{_GLUE}+)?(?P<count>{_COUNT}){_GLUE}*-?(?P<unit>{_UNIT}))\b(?!{_GLUE}+(?:ago|row|old))
  | \b(?P<week>{_any((*named.END_OF_NEXT_WEEK, *named.END_OF_WEEK, *named.NEXT_WEEK, *named.END_OF_MONTH))})\b
  | \b(?P<eod>{_any(named.END_OF_DAY)})\b
  | \b(?P<day>{_any(named.DAYS_AWAY)})\b
  | \b(?:(?P<which>next|this|this{_GLUE}coming|coming|last|past|nächsten?|kommenden?|diesen?|letzten?|el{_GLUE}próximo|próximo|este|ce){_GLUE}+)?(?P<weekday>{_any(named.WEEKDAYS)}|(?-i:(?:{_any(named.SHORT_WEEKDAYS)})\b\.?))(?!\w)(?:{_GLUE}+(?P<after>next{_GLUE}week|prochain|dernier|próximo|que{_GLUE}viene))?
  | \b(?P<part>{_any(named.PARTS_OF_DAY)})\b
    """,
    re.IGNORECASE | re.VERBOSE,
)

HINT = re.compile(
    r"\d[:./-]\d|\d ?(?:st|nd|rd|th|am|pm|a\.m|p\.m|h|uhr|er)\b|\d\d?\.? (?:of |de )?[a-zäéû]{3}|[a-zé]{3}\.? \d|day\b|days\b|tag\b|tage|woch|week|morrow|tonight|hour|stunde|heure|hora|minut|"
    r"\beo[dwm]\b|\bcob\b|close of|end of|ende|\bfin\b|final|noon|midnight|heute|morgen|demain|aujourd|hoy|mañana|lun[de]|mar[dt]|jue|jeu|vie|vend|mié|mer[ck]r|mittw|sáb|sam|dom|dim|weekend|semaine|semana|yesterday|\b(?:mon|tue|wed|thu|fri|sat|sun)",
    re.IGNORECASE,
)
"""A cheap first look: a text without a hit holds no date."""


@dataclass(frozen=True, slots=True)
class Atom:
    kind: str  # the name of the alternative above that matched
    start: int
    end: int
    groups: dict[str, str]  # what else it caught


def find(text: str) -> Iterator[Atom]:
    """Atoms in order of place."""
    for match in _ATOM.finditer(text):
        groups = {k: v for k, v in match.groupdict().items() if v}
        kind = next(k for k in _KINDS if k in groups)
        yield Atom(kind, match.start(), match.end(), groups)


_KINDS = ("iso", "dotted", "slashed", "daymonth", "monthday", "nth", "clock", "within", "week", "eod", "day", "weekday", "part")
