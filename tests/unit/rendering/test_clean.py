"""Strings from outside stay one visible line, and links lead where they say."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.briefing.render import clean, links


@given(st.text(st.characters(exclude_categories=())))
def test_any_string_becomes_one_encodable_line_without_controls(text: str) -> None:
    said = clean.line(text)
    said.encode("utf-8")
    assert len(said) <= 600
    assert said.splitlines() in ([], [said])
    assert not [c for c in said if unicodedata.category(c) in {"Cc", "Zl", "Zp", "Cs"}]
    assert not set(said) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufeff")


@given(st.text(st.characters(exclude_categories=())))
def test_a_clean_line_stays_as_it_is(text: str) -> None:
    assert clean.line(clean.line(text)) == clean.line(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("two\r\nlines", "two lines"),
        ("a\u2028b\x85c\x0bd", "a b c d"),
        ("safe\u202egnp.exe", "safegnp.exe"),
        ("hid\U000e0041\U000e0042den", "hidden"),
        ("pay\u200bpal", "paypal"),
        ("lone \ud800 half", "lone \ufffd half"),
        ("👩\u200d💻 at work", "👩\u200d💻 at work"),
        ("שלום דנה", "שלום דנה"),
        ("Z" + "\u0301" * 40 + "algo", "Z\u0301\u0301algo"),
    ],
)
def test_what_cannot_be_seen_goes_and_what_can_stays(text: str, said: str) -> None:
    assert clean.line(text) == said


def test_a_long_string_is_cut_between_words() -> None:
    assert clean.line("word " * 400, 30) == "word word word word word word…"


@pytest.mark.parametrize(
    "url",
    [
        "https://cal.keller.example/e/1?x=1&y=2#z",
        "http://localhost:8000/b/1",
        "mailto:dana@atlas.example?subject=Hello",
        "mid:m1@atlas.example",
        "file:///home/mara/Notes/a%20b.md",
        "slack://channel?team=T1&id=C1",
        "https://[::1]:8000/x",
    ],
)
def test_links_that_a_person_may_follow_stay(url: str) -> None:
    assert links.safe(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "java\tscript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,<b>x</b>",
        "vbscript:x",
        "ftp://a.example/x",
        "//evil.example/x",
        "/relative",
        "https://bank.example@evil.example/",
        "https://bank.example:pw@evil.example/",
        "https://оk.example/",
        "https://ok.example\\@evil.example/",
        'https://a.example/"onmouseover="x',
        "https://a.example/<script>",
        "https://",
        "https://a.example:99999/",
        "https://[::1/",
        "http://3627734734/",
        "http://0x7f.1/",
        "http://010.0.0.1/",
        "file://evil.example/share/x",
        "file:////evil.example/share",
        "mailto:a@b.example?body=secret",
        "mailto:a@b.example?bcc=c@d.example",
        "mid:",
        "https://a.example/" + "x" * 2000,
        "",
    ],
)
def test_links_that_hide_or_run_something_do_not(url: str) -> None:
    assert links.safe(url) == ""


def test_the_host_of_a_web_link_is_told() -> None:
    assert links.host("https://www.evil.example:8080/a") == "evil.example"
    assert links.host("mid:x@y") == ""


def test_what_is_taken_for_tame_is_left_as_it_is() -> None:
    tame = [chr(n) for n in range(0x110000) if clean._TAME.fullmatch(chr(n))]
    assert {"a", "é", "“", "–", "·", "€", "Ж"} <= set(tame)
    assert all(clean._visible(f"a{c}{c}{c}b") == f"a{c}{c}{c}b" for c in tame if c != " ")
