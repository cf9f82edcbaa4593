"""A briefing as the notice that channels deliver: subject, text, push, mail and the files."""

from __future__ import annotations

import json
import re
import unicodedata
from hashlib import blake2s

import pydantic_core as jsons

from service.briefing.render import clean, times
from service.briefing.render.html import to_html
from service.briefing.render.privacy import without_private
from service.briefing.render.record import to_json
from service.briefing.render.speech import to_script
from service.briefing.render.templating import template
from service.briefing.render.text import to_text
from service.domain.delivery import Audience, Notice, Rendered
from service.domain.facts import Briefing
from service.domain.speech import Recording

_ONE_A_DAY = frozenset({"morning", "evening", "week"})


def to_notice(briefing: Briefing, audience: Audience, recording: Recording | None = None, *, script: bool = True) -> Notice:
    """For an audience of others the private facts are taken out first.

    `recording` must be of the same audience's script: `to_script(without_private(briefing))` for others. Without `script` the
    words that could be heard are left out of the files: they cost as much as all the rest.
    """
    if audience is Audience.OTHERS:
        briefing = without_private(briefing)
    text, html = to_text(briefing), to_html(briefing)
    stem = _stem(briefing) + ("-shared" if audience is Audience.OTHERS else "")
    files = [
        Rendered("html", f"{stem}.html", "text/html; charset=utf-8", _bytes(html)),
        Rendered("text", f"{stem}.txt", "text/plain; charset=utf-8", _bytes(text)),
        *([_spoken(briefing, stem)] if script else []),
        Rendered("json", f"{stem}.json", "application/json", _json(briefing)),
    ]
    if recording:
        files.append(Rendered("audio", f"{stem}.mp3", recording.media_type, recording.data))
    subject = clean.line(briefing.subject, 150) or clean.line(briefing.title, 150) or "Briefing"
    return Notice(audience=audience, subject=subject, text=text, short=_short(briefing, subject), html=html, files=tuple(files))


def _spoken(briefing: Briefing, stem: str) -> Rendered:
    return Rendered("speech", f"{stem}.speech.txt", "text/plain; charset=utf-8", _bytes(to_script(briefing).text + "\n"))


def _json(briefing: Briefing) -> bytes:
    record = to_json(briefing)
    try:
        return jsons.to_json(record, indent=1)
    except ValueError:  # a lone surrogate, which only the standard library takes
        return _bytes(json.dumps(record, ensure_ascii=False, indent=1))


def _short(briefing: Briefing, subject: str) -> str:
    """Two lines for a push: what it is, and the one thing to know."""
    facts = briefing.facts()
    said = clean.line(briefing.bottom_line, 140) or (clean.line(facts[0].text, 140) if facts else "")
    return template("push/short.txt").render(subject=clean.clip(subject, 70), said=said).strip()


def _stem(briefing: Briefing) -> str:
    """The same for the same briefing however often it is made: "morning-2026-05-12", "meeting-2026-05-12-0930-atlas-round"."""
    where = times.zone(briefing.timezone)
    facts = briefing.facts()
    parts = [_slug(briefing.kind) or "briefing", f"{briefing.made_at.astimezone(where):%Y-%m-%d}"]
    if briefing.kind == "alert":
        about = facts[0].key if facts else briefing.title
        parts.append(blake2s(about.encode("utf-8", "replace"), digest_size=4).hexdigest())
    elif briefing.kind not in _ONE_A_DAY:
        starts = next((f.at for f in facts if f.at), None)
        parts[1:] = [f"{(starts or briefing.made_at).astimezone(where):%Y-%m-%d-%H%M}", _slug(briefing.title)]
    return "-".join(filter(None, parts))


def _slug(text: str) -> str:
    ascii = unicodedata.normalize("NFKD", text[:200]).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii).strip("-")[:40].rstrip("-")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
