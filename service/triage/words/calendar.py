"""Words for days, months, parts of a day and deadlines in English, German, French and Spanish."""

from __future__ import annotations

from service.triage.lexicon import phrases


def _numbered(table: str, start: int) -> dict[str, int]:
    return {word: number for number, line in enumerate(table.strip().splitlines(), start) for word in phrases(line)}


WEEKDAYS = _numbered(
    """
monday; mondays; montag; lundi; lunes
tuesday; tuesdays; dienstag; mardi; martes
wednesday; wednesdays; mittwoch; mercredi; miércoles; miercoles
thursday; thursdays; donnerstag; jeudi; jueves
friday; fridays; freitag; vendredi; viernes
saturday; saturdays; samstag; sonnabend; samedi; sábado; sabado
sunday; sundays; sonntag; dimanche; domingo
""",
    0,
)
"""Monday is 0."""

SHORT_WEEKDAYS = {"mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6}
"""Only with a capital: "sat" and "sun" are words."""

MONTHS = _numbered(
    """
january; jan; januar; jänner; janvier; janv; enero
february; feb; februar; février; fevrier; févr; febrero
march; mar; märz; maerz; mars; marzo
april; apr; avril; avr; abril; abr
may; mai; mayo
june; jun; juni; juin; junio
july; jul; juli; juillet; juil; julio
august; aug; août; aout; agosto
september; sep; sept; septembre; septiembre
october; oct; oktober; okt; octobre; octubre
november; nov; novembre; noviembre
december; dec; dezember; dez; décembre; decembre; déc; diciembre; dic
""",
    1,
)

DAYS_AWAY = {
    **dict.fromkeys(
        phrases(
            "today; tonight; this morning; this afternoon; this evening; heute; heute abend; heute morgen; aujourd'hui; ce soir; cet après-midi; ce matin; hoy; esta noche; esta tarde"
        ),
        0,
    ),
    **dict.fromkeys(phrases("tomorrow; tmrw; tomorow; morgen; demain; mañana; manana"), 1),
    **dict.fromkeys(phrases("day after tomorrow; the day after tomorrow; übermorgen; après-demain; pasado mañana"), 2),
    **dict.fromkeys(phrases("yesterday; gestern; hier; ayer; last night"), -1),
}

END_OF_DAY = phrases(
    "eod; cob; eob; close of business; close of play; end of business; end of the business day; end of business day; end of day; end of the day; end of today; "
    "ende des tages; tagesende; büroschluss; feierabend; dienstschluss; fin de journée; la fin de la journée; final del día; fin del día; fin de día"
)
END_OF_WEEK = phrases(
    "eow; end of week; end of the week; end of this week; this week; the week's end; ende der woche; ende dieser woche; wochenende; diese woche; dieser woche; fin de semaine; la fin de la semaine; cette semaine; fin de semana; final de la semana; esta semana"
)
END_OF_MONTH = phrases(
    "eom; end of month; end of the month; end of this month; month end; monatsende; ende des monats; fin du mois; la fin du mois; fin de mes; final de mes"
)
NEXT_WEEK = phrases(
    "next week; early next week; nächste woche; nächster woche; kommende woche; kommender woche; la semaine prochaine; semaine prochaine; la próxima semana; próxima semana; la semana que viene; semana que viene"
)
END_OF_NEXT_WEEK = phrases(
    "end of next week; late next week; ende nächster woche; ende der nächsten woche; fin de la semaine prochaine; finales de la próxima semana"
)
PARTS_OF_DAY = phrases(
    "morning; afternoon; evening; night; first thing; früh; vormittag; nachmittag; abend; matin; après-midi; soir; por la mañana; por la tarde; por la noche"
)

AFTERNOONS = phrases("afternoon; evening; night; nachmittag; abend; soir; après-midi; por la tarde; por la noche")

DEADLINE = (
    r"by|before|until|till|til|no later than|not later than|at the latest|due(?: by| on| at)?|deadline(?: is|:)?|needed|latest|prior to|within|"
    r"bis(?: zum| spätestens)?|spätestens(?: bis| am)?|vor|fällig(?: am)?|"
    r"d'ici(?: à| au| le)?|avant(?: le| la)?|au plus tard(?: le)?|jusqu'(?:à|au)|pour|"
    r"antes del?|para el|para|hasta(?: el)?|a más tardar(?: el)?"
)
"""What stands before a date that is a deadline."""

HINTS = "; ".join(
    (
        *WEEKDAYS, *SHORT_WEEKDAYS, *DAYS_AWAY, *END_OF_DAY, *END_OF_WEEK, *END_OF_MONTH, *NEXT_WEEK, *END_OF_NEXT_WEEK,
        "noon", "midday", "midnight", "mittags", "midi", "minuit", "mediodía", "hour", "hours", "minutes", "mins", "hrs", "days", "weeks", "week",
        "stunden", "stunde", "minuten", "tagen", "wochen", "heures", "heure", "jours", "semaines", "horas", "hora", "minutos", "días", "semanas", "uhr", "the 15th",
    )
)  # fmt: skip
"""A sentence with none of these words, and no digits as dates and times have them, holds no date."""

ZONES = {
    "utc": "UTC", "gmt": "UTC", "z": "UTC",
    "pt": "America/Los_Angeles", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "pacific": "America/Los_Angeles",
    "mt": "America/Denver", "mst": "America/Denver", "mdt": "America/Denver",
    "ct": "America/Chicago", "cdt": "America/Chicago", "central": "America/Chicago",
    "et": "America/New_York", "est": "America/New_York", "edt": "America/New_York", "eastern": "America/New_York",
    "bst": "Europe/London", "cet": "Europe/Berlin", "cest": "Europe/Berlin", "mez": "Europe/Berlin", "mesz": "Europe/Berlin",
    "ist": "Asia/Kolkata", "jst": "Asia/Tokyo", "aest": "Australia/Sydney", "aedt": "Australia/Sydney", "sgt": "Asia/Singapore",
}  # fmt: skip
"""Abbreviations as people in business mean them; CST is left out, it names three zones."""
