"""What a briefing's renderings cost, beside a plain template with css-inline run on every mail."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import css_inline
from jinja2 import DictLoader, Environment

from service.briefing.render import to_html, to_json, to_script, to_text
from service.errors import Unavailable
from service.integrations.espeak.voice import Voice
from tests.bench.figures import Figure, report
from tests.rendering_example import a_rich_morning

MOST_HTML, MOST_MP3 = 85, 2  # kB, seconds
# The usual way: one template of cards, styles in the head, inlined into each rendered mail; text by a second template.
PLAIN_HTML = """<!doctype html><html><head><meta charset=utf-8><style>
body{font-family:Arial,sans-serif;color:#222;padding:24px;background:#f6f6f6} h1{font-size:22px} h2{font-size:16px;border-bottom:1px solid #ddd}
.card{background:#fff;border-radius:8px;padding:12px 16px;margin:0 0 12px} .meta{color:#777;font-size:12px} ul li{margin:2px 0}
td{padding:6px 8px;border-bottom:1px solid #eee;vertical-align:top} a{color:#06c}
</style></head><body><h1>{{ b.title }}</h1><p>{{ b.bottom_line }}</p>{% for name, facts in b.sections %}<h2>{{ name }}</h2>
{% for f in facts %}<div class=card><b>{{ f.label }}</b> {{ f.text }}<div class=meta>{% for s in f.sources %}<a href="{{ s.url }}">{{ s.title }}
</a> {{ s.at }}{% endfor %} {{ f.why }}</div><ul>{% for d in f.details %}<li>{{ d.text }}</li>{% endfor %}</ul></div>{% endfor %}{% endfor %}
<ul>{% for s in b.coverage.sources %}<li>{{ s.account }} {{ s.health }} {{ s.read_at }}</li>{% endfor %}</ul></body></html>"""
PLAIN_TEXT = """{{ b.title }}
{% for name, facts in b.sections %}{{ name }}
{% for f in facts %}- {{ f.label }} {{ f.text }}{% for d in f.details %}
  - {{ d.text }}{% endfor %}
{% endfor %}{% endfor %}"""


def milliseconds(work: Callable[[], object], times: int = 60, rounds: int = 5) -> float:
    """The median of a few rounds, once warm."""
    work()
    took = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(times):
            work()
        took.append((time.perf_counter() - start) / times * 1e3)
    return statistics.median(took)


def main() -> None:
    briefing = a_rich_morning()
    plain = Environment(loader=DictLoader({"html": PLAIN_HTML, "text": PLAIN_TEXT}), autoescape=True)
    html, text, inliner = plain.get_template("html"), plain.get_template("text"), css_inline.CSSInliner()
    ours = milliseconds(lambda: (to_text(briefing), to_html(briefing)))
    peer = milliseconds(lambda: (text.render(b=briefing), inliner.inline(html.render(b=briefing))))
    script = milliseconds(lambda: to_script(briefing))
    report(
        Figure("text + HTML of a full briefing", ours, peer, "ms", "plain template + css-inline"),
        Figure("  speech script", script, None, "ms"),
        Figure("  JSON", milliseconds(lambda: to_json(briefing)), None, "ms"),
        Figure("  HTML, encoded", len(to_html(briefing).encode()) / 1e3, None, "kB", f"≤ {MOST_HTML}"),
    )
    _voice()


def _voice() -> None:
    spoken = to_script(a_rich_morning())
    try:
        start, used = time.perf_counter(), time.process_time()
        recording = Voice().speak(spoken)
    except Unavailable as error:
        print(f"  MP3: {error}")
        return
    used = time.process_time() - used
    took, seconds = time.perf_counter() - start, recording.length.total_seconds()
    report(
        Figure(f"MP3 of {seconds:.0f} s", took, None, "s", f"< {MOST_MP3} s; CPU {used:.1f} s and the voice's", took < MOST_MP3),
        Figure("  size", len(recording.data) / 1e3, None, "kB"),
        Figure("  words a minute", len(spoken.text.split()) / seconds * 60),
    )


if __name__ == "__main__":
    main()
