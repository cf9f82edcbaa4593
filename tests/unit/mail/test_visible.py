"""What a person sees of an HTML mail, and what they don't."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.mail.visible import Page, links_in_text, visible_text
from tests.unit.mail import tricks

SECRET = "CANARY pay the other account"


def page(inner: str, css: str = "") -> str:
    return f"<html><head><style>{css}</style></head><body><p>Lunch at noon?</p>{inner}<p>Mara</p></body></html>"


HIDDEN = {
    "display": f'<div style="display:none">{SECRET}</div>',
    "display_upper_important": f'<div style="DISPLAY : None !important">{SECRET}</div>',
    "display_escaped": f'<div style="d\\69splay:none">{SECRET}</div>',
    "display_comment": f'<div style="dis/**/play:block;/*x*/display:none">{SECRET}</div>',
    "visibility": f'<div style="visibility:hidden">{SECRET}</div>',
    "collapse": f'<div style="visibility:collapse">{SECRET}</div>',
    "opacity": f'<div style="opacity:0">{SECRET}</div>',
    "opacity_percent": f'<div style="opacity:1%">{SECRET}</div>',
    "opacity_nested": f'<div style="opacity:.2"><div style="opacity:.2">{SECRET}</div></div>',
    "filter": f'<div style="filter:opacity(0%)">{SECRET}</div>',
    "font_zero": f'<span style="font-size:0">{SECRET}</span>',
    "font_one_px": f'<span style="font-size:1px">{SECRET}</span>',
    "font_em": f'<div style="font-size:1px"><b style="font-size:.9em">{SECRET}</b></div>',
    "font_shorthand": f'<span style="font:0/0 a">{SECRET}</span>',
    "line_and_height": f'<div style="height:0;overflow:hidden">{SECRET}</div>',
    "max_height": f'<div style="max-height:0px;overflow:hidden">{SECRET}</div>',
    "width": f'<div style="width:0;overflow:hidden;white-space:nowrap">{SECRET}</div>',
    "one_pixel": f'<div style="position:absolute;width:1px;height:1px;overflow:hidden">{SECRET}</div>',
    "line_height": f'<div style="line-height:0px;overflow:hidden">{SECRET}</div>',
    "off_left": f'<div style="position:absolute;left:-9999px">{SECRET}</div>',
    "off_top": f'<div style="position:fixed;top:-200em">{SECRET}</div>',
    "off_right": f'<div style="position:absolute;left:9999px">{SECRET}</div>',
    "indent": f'<div style="text-indent:-9999px">{SECRET}</div>',
    "margin": f'<div style="margin-left:-9999px">{SECRET}</div>',
    "translate": f'<div style="transform:translateX(-9999px)">{SECRET}</div>',
    "scale": f'<div style="transform:scale(0)">{SECRET}</div>',
    "clip": f'<div style="position:absolute;clip:rect(1px,1px,1px,1px)">{SECRET}</div>',
    "clip_path": f'<div style="clip-path:inset(100%)">{SECRET}</div>',
    "clip_circle": f'<div style="clip-path:circle(0)">{SECRET}</div>',
    "white_on_white": f'<span style="color:#fff">{SECRET}</span>',
    "nearly_white": f'<span style="color:#fdfdfd">{SECRET}</span>',
    "hsl_white": f'<span style="color:hsl(0 0% 100%)">{SECRET}</span>',
    "named": f'<div style="background:navy"><span style="color:#000080">{SECRET}</span></div>',
    "bgcolor": f'<table bgcolor="#222222"><tr><td><font color="#222">{SECRET}</font></td></tr></table>',
    "transparent": f'<span style="color:transparent">{SECRET}</span>',
    "alpha": f'<span style="color:rgb(0 0 0 / 2%)">{SECRET}</span>',
    "hex_alpha": f'<span style="color:#00000000">{SECRET}</span>',
    "fill": f'<span style="-webkit-text-fill-color:transparent;color:#000">{SECRET}</span>',
    "attribute": f"<div hidden>{SECRET}</div>",
    "outlook": f'<div style="mso-hide:all">{SECRET}</div>',
    "template": f"<template>{SECRET}</template>",
    "noscript": f"<noscript>{SECRET}</noscript>",
    "iframe": f"<iframe>{SECRET}</iframe>",
    "object": f"<object>{SECRET}</object>",
    "textarea_hidden": f'<textarea style="display:none">{SECRET}</textarea>',
    "comment": f"<!-- {SECRET} -->",
    "odd_comment": f"<!-{SECRET}-->",
    "conditional": f"<!--[if mso]><p>{SECRET}</p><![endif]-->",
    "title": f"<title>{SECRET}</title>",
    "script": f'<script type="text/plain">{SECRET}</script>',
    "pixel_alt": f'<img width=1 height=1 alt="{SECRET}">',
    "hidden_picture": f'<div style="display:none"><img alt="{SECRET}"></div>',
    "svg": f"<svg><text>{SECRET}</text></svg>",
    "input": f'<input type="hidden" value="{SECRET}">',
    "title_attribute": f'<span title="{SECRET}"></span>',
    "link_in_hidden": f'<div style="display:none"><a href="https://x.example/">{SECRET}</a></div>',
    "dialog": f"<dialog>{SECRET}</dialog>",
    "details": f"<details><summary>More</summary><p>{SECRET}</p></details>",
    "z_index": f'<div style="position:absolute;z-index:-1">{SECRET}</div>',
}

HIDDEN_BY_SHEET = {
    "class": (".x{display:none}", f'<p class="a x">{SECRET}</p>'),
    "id": ("#x{display:none}", f'<p id="x">{SECRET}</p>'),
    "element": ("s{font-size:0}", f"<s>{SECRET}</s>"),
    "attribute": ('[data-a="b"]{opacity:0}', f'<p data-a="b">{SECRET}</p>'),
    "descendant": ("div .x span{display:none}", f'<div><p class="x"><b><span>{SECRET}</span></b></p></div>'),
    "child": ("div>p{display:none}", f"<div><p>{SECRET}</p></div>"),
    "sibling": ("h4 + p{display:none}", f"<h4>Hi</h4><p>{SECRET}</p>"),
    "list": ("h6, .x ,h5{display:none}", f'<p class="x">{SECRET}</p>'),
    "important_over_inline": (".x{display:none!important}", f'<p class="x" style="display:block">{SECRET}</p>'),
    "specific": ("#x.y{display:none} p{display:block}", f'<p id="x" class="y">{SECRET}</p>'),
    "media_screen": ("@media screen{.x{display:none}}", f'<p class="x">{SECRET}</p>'),
    "media_wide": ("@media only screen and (min-width:600px){.x{display:none}}", f'<p class="x">{SECRET}</p>'),
    "commented_sheet": ("<!-- .x{/*a*/display:none} -->", f'<p class="x">{SECRET}</p>'),
    "colour": ("body{background:#fafafa} .x{color:#fafafa}", f'<p class="x">{SECRET}</p>'),
    "not": ("p:not(.y).x{display:none}", f'<p class="x">{SECRET}</p>'),
    "last": ("div:last-child{}.x{display:block}.x{display:none}", f'<p class="x">{SECRET}</p>'),
}

SEEN = {
    "aria": '<p aria-hidden="true">Dinner too</p>',
    "zero_then_back": '<div style="font-size:0"><p style="font-size:14px">Dinner too</p></div>',
    "visible_inside_hidden": '<div style="visibility:hidden"><p style="visibility:visible">Dinner too</p></div>',
    "white_on_dark": '<table bgcolor="#000000"><tr><td><font color="#ffffff">Dinner too</font></td></tr></table>',
    "white_on_picture": '<div style="background:url(a.png)"><span style="color:#fff">Dinner too</span></div>',
    "white_link_default": '<font color="#ffffff"><a href="https://a.example/">Dinner too</a></font>',
    "pale": '<span style="color:#999">Dinner too</span>',
    "small": '<span style="font-size:8px">Dinner too</span>',
    "later_wins": '<p style="display:none;display:block">Dinner too</p>',
    "overflow_only": '<div style="overflow:hidden;height:40px">Dinner too</div>',
    "height_without_overflow": '<div style="height:0">Dinner too</div>',
    "small_offset": '<div style="position:relative;left:-4px">Dinner too</div>',
    "negative_margin": '<div style="margin-left:-10px">Dinner too</div>',
    "opaque": '<div style="opacity:.8">Dinner too</div>',
    "button": '<a href="https://a.example/" style="mso-hide:all;color:#fff;background:#000">Dinner too</a>',
    "open_details": "<details open><summary>More</summary>Dinner too</details>",
    "downlevel": "<!--[if !mso]><!--><p>Dinner too</p><!--<![endif]-->",
    "clip_auto": '<div style="position:absolute;clip:auto">Dinner too</div>',
    "line_factor": '<div style="line-height:1;overflow:hidden">Dinner too</div>',
    "display_unknown": '<p style="displayed:none">Dinner too</p>',
}

SEEN_DESPITE_SHEET = {
    "narrow_only": ("@media (max-width:480px){.x{display:none}}", '<p class="x">Dinner too</p>'),
    "print_only": ("@media print{.x{display:none}}", '<p class="x">Dinner too</p>'),
    "dark_only": ("@media (prefers-color-scheme: dark){.x{color:#fff}}", '<p class="x">Dinner too</p>'),
    "hover": (".x:hover{display:none}", '<p class="x">Dinner too</p>'),
    "inline_wins": (".x{display:none}", '<p class="x" style="display:block">Dinner too</p>'),
    "specific_wins": ("#y{display:block} .x{display:none}", '<p class="x" id="y">Dinner too</p>'),
    "other_parent": ("table .x{display:none}", '<div><p class="x">Dinner too</p></div>'),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_hidden_text_is_left_out(name: str) -> None:
    seen = visible_text(page(HIDDEN[name]))
    assert "CANARY" not in seen.text + str(seen.links)
    assert "Lunch at noon?" in seen.text
    assert "Mara" in seen.text


@pytest.mark.parametrize("name", HIDDEN_BY_SHEET)
def test_text_hidden_by_a_style_sheet_is_left_out(name: str) -> None:
    css, inner = HIDDEN_BY_SHEET[name]
    assert "CANARY" not in visible_text(page(inner, css)).text


@pytest.mark.parametrize("name", SEEN)
def test_what_only_looks_hidden_is_kept(name: str) -> None:
    assert "Dinner too" in visible_text(page(SEEN[name])).text


@pytest.mark.parametrize("name", SEEN_DESPITE_SHEET)
def test_rules_that_do_not_hold_hide_nothing(name: str) -> None:
    css, inner = SEEN_DESPITE_SHEET[name]
    assert "Dinner too" in visible_text(page(inner, css)).text


@pytest.mark.parametrize("trick", tricks.HIDDEN)
def test_tricks_hide_nothing_into_the_text(trick: str) -> None:
    seen = visible_text(page(tricks.HIDDEN[trick].replace("{}", tricks.SECRET)))
    assert "CANARY" not in f"{seen.text} {seen.links} {seen.pictures}"
    assert "Lunch at noon?" in seen.text
    assert "Mara" in seen.text


@pytest.mark.parametrize("sheet", tricks.HIDDEN_BY_SHEET)
def test_no_rule_that_hides_is_missed(sheet: str) -> None:
    assert "CANARY" not in visible_text(page(tricks.HIDDEN_BY_SHEET[sheet].replace("{}", tricks.SECRET), sheet)).text


@pytest.mark.parametrize("trick", tricks.VISIBLE)
def test_what_a_person_sees_stays(trick: str) -> None:
    assert tricks.SHOWN in visible_text(page(tricks.VISIBLE[trick].replace("{}", tricks.SHOWN))).text


@pytest.mark.parametrize("sheet", tricks.VISIBLE_DESPITE_SHEET)
def test_no_rule_hides_what_it_does_not_mean(sheet: str) -> None:
    assert tricks.SHOWN in visible_text(page(tricks.VISIBLE_DESPITE_SHEET[sheet].replace("{}", tricks.SHOWN), sheet)).text


def test_counting_siblings_of_a_huge_page_is_not_begun() -> None:
    many = Page("<style>" + "".join(f"p:nth-child({n}n){{display:none}}" for n in range(2, 60)) + "</style>" + "<p>y" * 20_000)
    assert many.problems == ["a style sheet was read only in part"]


def test_hidden_characters_are_counted() -> None:
    assert visible_text(page('<div style="display:none">ab cd</div>')).hidden == 4
    assert visible_text(page("")).hidden == 0
    assert visible_text(page('<input type="hidden" value="ab cd">')).hidden == 4


def test_blocks_lists_and_tables_keep_their_shape() -> None:
    seen = visible_text(
        "<h1>Plan</h1><ul><li>one<li>two<ol><li>a</ol></ul><table><tr><td>Mon</td><td>9:00</td></tr><tr><td>Tue</td><td>10:00</td></tr></table>x<br>y"
    )
    assert seen.text == "Plan\n\n\u2022 one\n\u2022 two\n  1. a\n\nMon\t9:00\nTue\t10:00\nx\ny"


def test_links_carry_what_is_seen_and_where_they_go() -> None:
    seen = visible_text(
        '<a href="https://evil.example/a">https://bank.example</a> <a href="#top">up</a> <a href="https://b.example"><img alt="Shop" width=90></a>'
    )
    assert [(link.text, link.target) for link in seen.links] == [
        ("https://bank.example", "https://evil.example/a"),
        ("Shop", "https://b.example"),
    ]


def test_a_mail_of_pictures_says_what_they_are_called() -> None:
    assert visible_text('<img src="cid:a" alt="Summer sale" width="600">').text == "Summer sale"


def test_quotes_are_marked_line_by_line() -> None:
    assert visible_text("Yes.<blockquote>When?<br>Where?</blockquote>Bye").text == "Yes.\n\n> When?\n> Where?\n\nBye"


def test_addresses_in_plain_text_are_links() -> None:
    assert [link.target for link in links_in_text("see (https://a.example/x_(y)) and www.b.example.")] == [
        "https://a.example/x_(y)",
        "www.b.example",
    ]


def test_depth_beyond_any_mail_is_cut_and_named() -> None:
    bomb = Page("<p>Hi</p>" + "<div>" * 100_000 + "deep")
    assert bomb.see().text == "Hi"
    assert bomb.problems


def test_deep_quotes_do_not_blow_the_text_up() -> None:
    html = "<blockquote>" * 300 + "<p>y" * 5000
    assert len(visible_text(html).text) < 10 * len(html)


@given(st.text(alphabet="<>/= \"'abdivspntyle:;{}#.-!&0\u200b", max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_markup_can_be_read(html: str) -> None:
    assert visible_text(html).hidden >= 0
