"""Public holidays by region, from the `holidays` package; loaded only for those who keep them."""

from __future__ import annotations

from datetime import date
from functools import lru_cache


def is_holiday(region: str, day: date) -> bool:
    return bool(holiday_name(region, day))


def holiday_name(region: str, day: date) -> str:
    """A region such as CH-ZH and a day to the holiday's English or local name; "" where it is none, or no region is kept."""
    return _of_year(region, day.year).get(day, "") if region else ""


@lru_cache(maxsize=64)
def _of_year(region: str, year: int) -> dict[date, str]:
    """In English where the package has it; a region it does not know keeps none."""
    import holidays

    country, _, part = region.partition("-")
    for language in ("en_US", "en_GB", None):
        try:
            found = holidays.country_holidays(country, subdiv=part or None, years=year, language=language)
        except NotImplementedError:
            return {}
        if found or language is None:
            return {day: str(name) for day, name in found.items()}
    return {}
