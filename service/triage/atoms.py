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
_ZONE = rf"(?:{_any(named.ZONES)}|[a-z]?(?:gmt|utc){_GLUE}?[+-]\d{{1,2}}(?::?\d\d)?)\b"
_COUNT = r"\d{1,3}|an?|one|two|three|four|five|six|the|next|couple(?: of)?|einer|einem|zwei|drei|deux|trois|une?|dos|tres|una?"
_UNIT = r"hours?|hrs?|minutes?|mins?|days?|weeks?|business days?|working days?|stunden?|minuten|tagen?|wochen?|werktagen|heures?|jours?|semaines?|horas?|minutos|días?|semanas?"

_ATOM = re.compile(
    rf"""
    \b(?:  # first of all, so that the middle of a word costs one look
    (?=\d)(?:(?<![\w./-])(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})(?:[t ](?P<isotime>\d{{2}}:\d{{2}})(?::\d{{2}}(?:\.\d+)?)?{_GLUE}?(?P<isozone>z|[+-]\d{{2}}:?\d{{2}})?)?(?![\w-])
  | (?<![\w.,/-])(?P<dotted>\d{{1,2}}\.{_GLUE}?\d{{1,2}}\.(?:{_GLUE}?\d{{4}}|\d{{2}})?)(?!\w|\.\w)
  | (?<![\w./-])(?P<slashed>\d{{1,2}}/\d{{1,2}}(?:/(?:\d{{4}}|\d{{2}}))?)(?![\w/%-])
  | (?<![\w.:/-])(?P<daymonth>\d{{1,2}}(?:st|nd|rd|th|er|\.|º|°)?{_GLUE}+(?:of{_GLUE}+|de{_GLUE}+)?{_MONTH}(?:,?{_GLUE}+(?:de{_GLUE}+|del{_GLUE}+)?\d{{4}}\b)?)(?!\w))
  | (?=[adefjmnos])(?P<monthday>{_MONTH}{_GLUE}+(?:the{_GLUE}+)?\d{{1,2}}(?:st|nd|rd|th)?\b(?![:.]\d|{_GLUE}?[%€$]|{_GLUE}?(?:am|pm)\b)(?:,?{_GLUE}+\d{{4}}\b)?)
  | (?=[adtz])(?P<nth>the{_GLUE}+\d{{1,2}}(?:st|nd|rd|th)|(?:am|zum|den){_GLUE}+\d{{1,2}}\.(?!\d))(?!\w|{_GLUE}+(?:of{_GLUE}+)?{_MONTH})(?!{_GLUE}+(?:floor|time|century|version|anniversary|place|amendment|quarter|edition))
  | (?<![\w.:/$€£-])(?=[\dmn])(?P<clock>(?:(?:\d{{1,2}}(?:[:.]\d{{2}})?{_GLUE}?[-–]{_GLUE}?)?\d{{1,2}}(?:[:.]\d{{2}})?{_GLUE}?(?:[ap]m\b|[ap]\.m\.?)|\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?!\d|:)|\d{{1,2}}(?:[:.]\d{{2}})?{_GLUE}?uhr\b|\d{{1,2}}{_GLUE}?h(?:\d{{2}})?\b|noon\b|midday\b|midnight\b|mittags\b|midi\b|minuit\b|mediodía\b)(?:{_GLUE}?\(?(?P<zone>{_ZONE}))?)
  | (?=[aàu])(?P<hour>(?:at|um|à|a{_GLUE}las|a{_GLUE}la){_GLUE}\d{{1,2}}(?:{_GLUE}o['’]clock)?)(?![\w%€$£]|[:,/.-]\d|{_GLUE}?(?:[ap]\.?m\b|uhr|h\b)|{_GLUE}?(?:%|percent|people|persons|euros?|dollars|places|leute|personen|prozent|personnes|pour|personas|por))
  | (?=[bdeiosw])(?P<within>(?:within|in(?:side)?|in{_GLUE}the|over{_GLUE}the|innerhalb(?:{_GLUE}von)?|binnen|dans(?:{_GLUE}les)?|sous|en|dentro{_GLUE}de|in{_GLUE}den{_GLUE}nächsten){_GLUE}+(?:the{_GLUE}+)?(?:next{_GLUE}+|nächsten{_GLUE}+)?(?P<count>{_COUNT}){_GLUE}*-?(?P<unit>{_UNIT}))\b(?!{_GLUE}+(?:ago|row|old))
  | (?P<week>{_any((*named.END_OF_NEXT_WEEK, *named.END_OF_WEEK, *named.NEXT_WEEK, *named.END_OF_MONTH))})\b
  | (?P<eod>{_any(named.END_OF_DAY)})\b
  | (?P<day>{_any(named.DAYS_AWAY)})\b
  | (?:(?P<which>next|this|this{_GLUE}coming|coming|last|past|nächsten?|kommenden?|diesen?|letzten?|el{_GLUE}próximo|próximo|este|ce){_GLUE}+)?(?P<weekday>{_any(named.WEEKDAYS)}|(?:{_any(named.SHORT_WEEKDAYS)})\b\.?)(?!\w)(?:{_GLUE}+(?P<after>next{_GLUE}week|prochain|dernier|próximo|que{_GLUE}viene))?
  | (?P<part>{_any(named.PARTS_OF_DAY)})\b
    )
    """,
    re.VERBOSE,  # on lower case: a regular expression that ignores case is several times slower
)

DIGITS = re.compile(r"\d(?:[:./-]\d|\d?(?:\. |\.?\s?(?:st|nd|rd|th|[aApP]\.?[mM]|h|H|Uhr|uhr)\b|h\d))")
"""How digits look in dates and times; with the hints among the words, a cheap first look."""


@dataclass(frozen=True, slots=True)
class Atom:
    kind: str  # the name of the alternative above that matched
    start: int
    end: int
    groups: dict[str, str]  # what else it caught


def find(text: str) -> Iterator[Atom]:
    """Atoms in order of place."""
    lower = text.lower()
    if len(lower) != len(text):  # a few letters grow when they are made small
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    for match in _ATOM.finditer(lower):
        groups = {k: v for k, v in match.groupdict().items() if v}
        kind = next(k for k in _KINDS if k in groups)
        if kind == "weekday" and groups[kind].rstrip(".") in _SHORT and not text[match.start("weekday")].isupper():
            continue
        yield Atom(kind, match.start(), match.end(), groups)


_SHORT = frozenset(named.SHORT_WEEKDAYS)
_KINDS = (
    "iso",
    "dotted",
    "slashed",
    "daymonth",
    "monthday",
    "nth",
    "clock",
    "hour",
    "within",
    "week",
    "eod",
    "day",
    "weekday",
    "part",
)
