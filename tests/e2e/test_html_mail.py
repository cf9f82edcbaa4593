"""The mail in a real browser: nothing runs, nothing is fetched, nothing scrolls sideways, everything can be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.briefing.render import to_html
from tests.corpus import need
from tests.rendering_example import a_briefing, a_meeting_brief, a_rich_morning, hostile
from tests.unit.rendering import rows

pytestmark = pytest.mark.browser
CHROMIUM = Path("/usr/bin/chromium")

# Contrast of every text node against the nearest opaque ground (WCAG 2.2), the worst first.
WORST = """() => {
  const rgb = s => (s.match(/[\\d.]+/g) || []).map(Number);
  const lum = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 });
    return .2126 * r + .7152 * g + .0722 * b };
  const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length == 3 || c[3] == 1) return c.slice(0, 3) } return [255, 255, 255] };
  const all = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) { const n = walk.currentNode, e = n.parentElement;
    if (!n.data.trim() || !e.getClientRects().length) continue;
    const [a, b] = [lum(rgb(getComputedStyle(e).color).slice(0, 3)), lum(ground(e))].sort((x, y) => y - x);
    all.push([(a + .05) / (b + .05), n.data.trim().slice(0, 40)]) }
  return all.sort((x, y) => x[0] - y[0])[0] }"""


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    if not CHROMIUM.exists():
        pytest.skip("chromium is not installed: apt-get install chromium")
    sync_api = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
    with sync_api.sync_playwright() as play:
        found = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def page(browser) -> Iterator[object]:
    """A page whose every request and script is written down: `page.requests_made`, `page.scripts_run`."""
    page = browser.new_page()
    page.requests_made, page.scripts_run = [], []
    page.on("request", lambda r: page.requests_made.append(r.url) if not r.url.startswith(("about:", "data:text/html")) else None)
    page.on("dialog", lambda d: (page.scripts_run.append(d.message), d.dismiss()))
    page.on("console", lambda m: page.scripts_run.append(m.text))
    page.on("pageerror", lambda e: page.scripts_run.append(str(e)))
    page.add_init_script(
        "window.ran = 0; for (const f of ['alert', 'confirm', 'prompt', 'eval']) window[f] = () => { window.ran++ };"
    )
    yield page
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 900])
@pytest.mark.parametrize("briefing", [a_briefing(), a_rich_morning(), a_meeting_brief(), hostile("W" * 500)], ids=range(4))
def test_no_width_scrolls_sideways_and_all_text_has_contrast(page, briefing, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.emulate_media(color_scheme=scheme)
    page.set_content(to_html(briefing))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    worst, text = page.evaluate(WORST)
    assert worst >= 4.5, text


def test_the_page_is_dark_where_the_reader_likes_it_dark(page) -> None:
    page.set_content(to_html(a_rich_morning()))
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 21, 19)"
    page.emulate_media(color_scheme="light")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(245, 242, 236)"


def test_a_screen_reader_finds_headings_lists_and_named_links(page) -> None:
    page.set_content(to_html(a_rich_morning()))
    assert page.get_by_role("heading", level=1).all_inner_texts() == ["Tuesday 12 May"]
    assert page.get_by_role("heading", level=2).all_inner_texts()[:2] == ["Needs you today", "Today’s meetings"]
    assert page.get_by_role("list").count() >= 7
    assert all(text.strip() for text in page.get_by_role("link").all_inner_texts())


def _try(page, text: str, name: str) -> None:
    page.set_content(to_html(hostile(text)))
    seen = page.evaluate(
        """() => ({ran: window.ran, tags: [...new Set([...document.querySelectorAll('*')].map(e => e.localName))],
            on: [...document.querySelectorAll('*')].some(e => [...e.attributes].some(a => a.name.startsWith('on'))),
            links: [...document.querySelectorAll('a')].map(a => [a.protocol, a.hostname, a.innerText])})"""
    )
    allowed = {"html", "head", "meta", "title", "style", "body", "div", "h1", "h2", "p", "ol", "ul", "li", "table", "tbody", "tr", "td",
               "span", "strong", "a", "bdi"}  # fmt: skip
    assert not seen["ran"], name
    assert not seen["on"], name
    assert set(seen["tags"]) <= allowed, name
    for protocol, host, words in seen["links"]:
        assert protocol in {"https:", "http:", "mailto:", "mid:", "file:", "slack:"}, name
        assert host.removeprefix("www.") in words, name


@pytest.mark.corpus
def test_hostile_inputs_run_nothing_and_fetch_nothing(page) -> None:
    for path in sorted(need("hostile_inputs").glob("*.jsonl")):
        for row in rows(path):
            _try(page, row["input"], row["id"])
    assert page.requests_made == []
    assert page.scripts_run == []


@pytest.mark.corpus
def test_model_output_that_tries_to_leak_fetches_nothing_and_keeps_its_words(page) -> None:
    for row in rows(need("exfil_render", "forms.jsonl")):
        _try(page, row["llm_output"], row["id"])
        assert "Meeting at 14:00." in page.inner_text("body")
        assert not [a for a in page.query_selector_all("a") if row["attacker_host"] in (a.get_attribute("href") or "")], row["id"]
    assert page.requests_made == []
    assert page.scripts_run == []
