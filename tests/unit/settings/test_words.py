from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.settings.document import parse
from service.settings.me import slug
from service.settings.words import days, duration, email, region, say_duration, zone, zones

relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@relaxed
@given(st.integers(1, 10**7))
def test_durations_read_back(seconds: int):
    assert duration(say_duration(timedelta(seconds=seconds))) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "hours"), [("4h", 4), ("1h30m", 1.5), ("1d 12h", 36), ("2w", 336), ("90m", 1.5), ("1800s", 0.5)]
)
def test_durations_as_people_write_them(text: str, hours: float):
    assert duration(text) == timedelta(hours=hours)


@pytest.mark.parametrize("value", ["", "h", "4", "4 hours", "30m1h", "-1h", "0h", "1.5h", "٤h", "9" * 400 + "d", None, 4, [], {}])
def test_what_is_no_duration(value: object):
    with pytest.raises(ValueError, match="15m, 4h"):
        duration(value)


@relaxed
@given(st.sampled_from(sorted(zones())))
def test_every_zone_is_taken(name: str):
    assert zone(name) == name


@pytest.mark.parametrize(
    "text",
    ["Europe", "localtime", "posix/Europe/Zurich", "/etc/passwd", "..", "Europe/../Europe/Zurich", "", "tzdata.zi", "zone.tab"],
)
def test_what_is_no_zone(text: str):
    with pytest.raises(ValueError, match="IANA"):
        zone(text)


@relaxed
@given(st.text(max_size=40))
def test_no_text_as_zone_day_or_address_fails_otherwise_than_in_words(text: str):
    for read in (zone, days, email, duration):
        try:
            read(text)
        except ValueError as error:
            if not str(error):
                pytest.fail("an error without a word")


@relaxed
@given(st.emails())
def test_slug_is_a_plain_word(address: str):
    word = slug(address.lower())
    assert word.isascii()
    assert word.strip("-") == word
    assert 0 < len(word) <= 64


@relaxed
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_what_init_writes_is_what_yaml_reads(text: str):
    from service.cli.config_text import scalar

    for line in (f"a: {scalar(text)}", f"a: [{scalar(text)}, b]", f"{{a: {scalar(text)}}}"):
        value = parse(line.encode(), "t").data["a"]
        assert (value[0] if isinstance(value, list) else value) == text


@pytest.mark.parametrize(
    ("text", "taken"), [("CH-ZH", "CH-ZH"), ("ch-zh", "CH-ZH"), ("US", "US"), ("US-NY", "US-NY"), ("", ""), ("de-by", "DE-BY")]
)
def test_regions(text: str, taken: str):
    assert region(text) == taken


@pytest.mark.parametrize("text", ["XX", "Switzerland", "CH-XX", "-", "MON", "NYSE", "C" * 500, "__init__", "CH-ZH-ZH"])
def test_what_is_no_region(text: str):
    with pytest.raises(ValueError, match="holidays"):
        region(text)


def test_a_windows_zone_is_answered_with_its_iana_name():
    with pytest.raises(ValueError, match="Windows calls Europe/Berlin so"):
        zone("W. Europe Standard Time")
