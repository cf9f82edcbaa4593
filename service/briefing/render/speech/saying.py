"""From a written sentence to one that can be read aloud, by the language's own rules."""

from __future__ import annotations

import unicodedata

from service.briefing.render import clean
from service.briefing.render.speech import abroad, english, letters


def say(text: str, language: str = "en", limit: int = 400) -> str:
    """Words only: no figures, links or symbols, ended by a stop. "" where nothing of it can be spoken.

    English, German, French and Spanish are spelled by their own rules; any other language by its number words alone.
    """
    text = clean.line(text, limit)
    if not text:
        return ""
    text = unicodedata.normalize("NFKC", text.translate(letters.BEFORE))
    base = language.partition("-")[0].lower()
    text = english.spell(text) if base == "en" else abroad.spell(text, base)
    return letters.plain(text, base)
