from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.calendar.zones import Zones, find_zone

ZURICH = """BEGIN:VTIMEZONE
TZID:Office
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19970330T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE""".replace("\n", "\r\n")
OFFICE = Zones({"Office": ZURICH}, UTC).find("Office")
THERE = ZoneInfo("Europe/Zurich")
QUARTERS = st.integers(0, 35 * 366 * 96).map(lambda n: datetime(2000, 1, 1) + timedelta(minutes=15 * n))
NEAR_CHANGES = st.sampled_from([datetime(2026, 3, 29), datetime(2026, 10, 25)]).flatmap(
    lambda day: st.integers(0, 24 * 60).map(lambda minute: day + timedelta(minutes=minute))
)


@settings(deadline=None)
@given(wall=QUARTERS | NEAR_CHANGES, fold=st.integers(0, 1))
def test_a_vtimezone_is_the_zone_it_describes(wall, fold):
    assert wall.replace(tzinfo=OFFICE, fold=fold).utcoffset() == wall.replace(tzinfo=THERE, fold=fold).utcoffset()
    instant = wall.replace(tzinfo=UTC)
    here, there = instant.astimezone(OFFICE), instant.astimezone(THERE)
    assert (here.replace(tzinfo=None), here.fold) == (there.replace(tzinfo=None), there.fold)
    assert here.astimezone(UTC) == instant


@pytest.mark.parametrize("tzid", ["", "..", "/", "../../etc/passwd", "Europe", "x" * 5000, "Nowhere/Land", "\0", "Europe/Zürich"])
def test_names_that_are_no_zone(tzid):
    assert find_zone(tzid) is None


def test_a_zone_that_nobody_can_follow_is_unknown():
    hasty = ZURICH.replace("FREQ=YEARLY", "FREQ=SECONDLY")
    for written in (hasty, "BEGIN:VTIMEZONE\r\nTZID:Office\r\nEND:VTIMEZONE", ZURICH.replace("+0200", "soon"), "x" * 100_000):
        zones = Zones({"Office": written}, UTC)
        assert zones.find("Office") is UTC
        assert zones.unknown == {"Office"}
