"""The mail: well-formed for a screen reader, self-contained, readable in both schemes, small."""

from __future__ import annotations

import re
from base64 import encodebytes
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.briefing.render import to_html
from service.briefing.render.templating import read
from service.domain.facts import SourceRef
from tests.rendering_example import SEVEN, a_briefing, a_fact, a_meeting_brief, a_rich_morning, an_alert, hostile

VOID = {"meta", "br", "hr", "img", "link", "input"}
OURS = {
    "html", "head", "meta", "title", "style", "body", "div", "h1", "h2", "p", "ol", "ul", "li", "table", "tr", "td", "tbody",
    "span", "strong", "a", "bdi",
}  # fmt: skip


class Tree(HTMLParser):
    """Every tag with its attributes, and whether all were closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {k: v or "" for k, v in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.text += data

    def named(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.mark.parametrize("briefing", [a_briefing(), a_rich_morning(), a_meeting_brief(), an_alert()], ids=lambda b: b.kind)
def test_one_h1_a_language_and_real_lists(briefing) -> None:
    tree = Tree(to_html(briefing))
    assert tree.open == []
    assert len(tree.named("h1")) == 1
    assert tree.named("html") == [{"lang": "en", "dir": "ltr"}]
    assert len(tree.named("h2")) == len([1 for _, facts in briefing.sections if facts]) + 1
    assert len(tree.named("li")) >= sum(1 + len(f.details) for f in briefing.facts()) + 1


def test_every_fact_is_in_it_and_links_to_its_source() -> None:
    briefing = a_rich_morning()
    tree = Tree(to_html(briefing))
    hrefs = {a["href"] for a in tree.named("a")}
    for fact in (*briefing.facts(), *(d for f in briefing.facts() for d in f.details)):
        assert fact.text in tree.text
        assert {s.url for s in fact.sources if s.url} <= hrefs


def test_links_have_words_and_say_which_host_they_lead_to() -> None:
    html = to_html(a_rich_morning())
    said = {re.sub(r"<[^>]+>", "", inner) for inner in re.findall(r"<a [^>]+>(.*?)</a>", html)}
    assert "mail Sat 07:00" in said
    assert "calendar at cal.keller.example" in said
    assert all(len(words) > 3 for words in said)


def test_it_fetches_nothing_and_runs_nothing() -> None:
    tree = Tree(to_html(a_rich_morning()))
    names = {tag for tag, _ in tree.tags}
    assert names <= OURS
    assert not [attrs for _, attrs in tree.tags if {"src", "background", "srcset", "poster"} & set(attrs)]
    assert "url(" not in to_html(a_rich_morning())
    assert "@import" not in to_html(a_rich_morning())


def test_styles_are_inlined_and_the_dark_ones_kept() -> None:
    html = to_html(a_briefing())
    assert "prefers-color-scheme: dark" in html
    assert all("style" in attrs for tag, attrs in Tree(html).tags if "class" in attrs)
    assert '<meta name="color-scheme" content="light dark">' in html


def test_a_full_morning_is_small_on_the_wire() -> None:
    assert len(encodebytes(to_html(a_rich_morning()).encode())) < 30_000


@pytest.mark.parametrize("facts", [60, 400])
def test_too_many_facts_are_cut_and_counted_under_85_kb(facts: int) -> None:
    many = tuple(
        a_fact(f"{i} " + "wörter " * 200, details=tuple(a_fact(f"{i}.{j} " + "ß" * 500) for j in range(12))) for i in range(facts)
    )
    html = to_html(a_rich_morning(sections=(("needs_you", many), ("slack", many), ("rest", many))))
    assert len(encodebytes(html.encode())) <= 85_000
    shown = len(Tree(html).named("ol")) and html.count('class="number"')
    assert f"and {facts - shown} more" in html


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_outside_strings_make_no_tag_and_no_attribute(text: str) -> None:
    tree = Tree(to_html(hostile(text)))
    assert tree.open == []
    assert {tag for tag, _ in tree.tags} <= OURS
    known = {
        "class",
        "style",
        "lang",
        "dir",
        "role",
        "href",
        "rel",
        "charset",
        "name",
        "content",
        "aria-hidden",
        "aria-label",
        "title",
    }
    assert {k for _, attrs in tree.tags for k in attrs} <= known


def test_a_link_that_may_not_be_followed_is_words_only() -> None:
    fact = a_fact("Look.", sources=(SourceRef("event", "e", "Invite", "javascript:alert(1)", at=SEVEN),))
    html = to_html(a_briefing(sections=(("slack", (fact,)),)))
    assert "javascript" not in html
    assert "calendar 07:00" in html


def test_an_address_to_join_by_can_be_followed() -> None:
    html = to_html(a_meeting_brief(sections=(("when_where", (a_fact("https://meet.example/abc", label="Join"),)),)))
    assert re.search(r'<a [^>]*href="https://meet.example/abc"[^>]*>https://meet.example/abc</a>', html)


def test_template_syntax_in_a_mail_stays_text() -> None:
    assert "{{ 7 * 7 }}" in to_html(hostile("{{ 7 * 7 }}"))
    assert "49" not in Tree(to_html(a_briefing(bottom_line="{{ 7 * 7 }}"))).text


def test_a_strange_language_tag_falls_back() -> None:
    assert '<html lang="en"' in to_html(replace(a_briefing(), language='x"><script>'))


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _colours(css: str) -> dict[str, dict[str, str]]:
    """Per class its `color` and `background-color`, later rules over earlier ones."""
    found: dict[str, dict[str, str]] = {}
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)):
        for name in re.findall(r"\.([a-z]+)", selectors):
            rules = re.findall(r"(?<![-a-z])(color|background-color):\s*(#[0-9a-f]{6})", body)
            found.setdefault(name, {}).update(dict(rules))
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_colour_has_contrast_on_every_ground_it_stands_on(scheme: str) -> None:
    colours = _colours(read("email/style.css"))
    if scheme == "dark":
        dark = read("email/dark.css").partition("prefers-color-scheme: dark) {")[2]
        for name, rules in _colours(dark).items():
            colours[name] |= rules
        assert {n for n, c in colours.items() if "color" in c} - {"hidden"} <= set(_colours(dark)), "a colour without a dark one"
    grounds = [colours["page"]["background-color"], colours["section"]["background-color"]]
    for name, rules in colours.items():
        if "color" in rules and name != "hidden":
            own = rules.get("background-color")
            for ground in [own] if own else grounds:
                assert contrast(rules["color"], ground) >= 4.5, (scheme, name, ground)
