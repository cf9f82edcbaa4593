"""Two readers of one file agree, or the fast one leaves it to the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.settings.document import parse
from service.settings.yaml import Dialect, is_plain, libyaml, ruamel
from tests.bench.rush import _CONFIG as A_CONFIG

EXAMPLE = A_CONFIG.format(
    name="Mara Keller", email="mara@keller.example", about="Atlas", port=25, zone="Europe/Zurich", polls="5m"
)
LINES = EXAMPLE.splitlines(keepends=True)
TWISTS = st.sampled_from(
    [" ", "\n", ":", ": ", ",", "{", "}", "[", "]", "- ", "-", "#", "'", '"', "%", "?", "? ", "\\", "1", "é"]
)


def values_by(dialect: Dialect, text: str) -> object:
    from service.settings.document import Document, _Tree

    document = Document("a file", text)
    return _Tree(document, dialect).document_value(), document.lines, document.complaints


@given(st.integers(0, len(LINES) - 1), st.integers(1, 12), st.lists(st.tuples(st.integers(0, 600), TWISTS), max_size=4))
def test_both_read_the_same_values_at_the_same_lines(first: int, count: int, twists: list[tuple[int, str]]):
    quick = libyaml()
    assert quick is not None
    text = "".join(LINES[first : first + count])
    for at, twist in twists:
        at %= len(text) + 1
        text = text[:at] + twist + text[at:]
    try:
        read = values_by(quick, text)
    except Exception:
        return  # the thorough one says what is wrong
    assert not is_plain(text) or read[0] is None or read == values_by(ruamel(), text)


def test_an_ordinary_file_is_read_by_the_quick_one():
    assert is_plain(EXAMPLE)
    assert parse(EXAMPLE.encode(), "a file").data["cadences"]["morning"]["at"] == "07:00"


@pytest.mark.parametrize("text", ["a: &b 1", "a: *b", "a: !!str 1", "a: |\n  b", "a: >\n  b", "a:\t1", "a: 1\r\nb: 2", "a: \x85"])
def test_what_they_differ_on_is_left_to_the_thorough_one(text: str):
    assert not is_plain(text)
