"""The script's own sentences, from `templates/speech/LANGUAGE.txt`, already in words that can be read aloud."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import Template

from service.briefing.due import DAYS, MONTHS
from service.briefing.render.speech import abroad
from service.briefing.render.speech.saying import say
from service.briefing.render.templating import template


@dataclass(frozen=True, slots=True)
class Phrases:
    """Figures go in, words come out: `say("meetings", 4)` → "You have four meetings today."."""

    language: str
    module: Any
    titles: tuple[str, ...]

    def raw(self, name: str, *values: object) -> str:
        return str(getattr(self.module, name)(*values))

    def say(self, name: str, *values: object) -> str:
        return say(self.raw(name, *values), self.language)

    def opening(self, at: datetime) -> str:
        tongue = abroad.TONGUES.get(self.language)
        months, weekdays = (tongue.months, tongue.weekdays) if tongue else (MONTHS, DAYS)
        return self.say("opening", self.part(at), weekdays[at.weekday()], at.day, months[at.month - 1])

    def sign_off(self, at: datetime) -> str:
        tongue = abroad.TONGUES.get(self.language)
        return self.say("sign_off", (tongue.weekdays if tongue else DAYS)[at.weekday()], self.part(at))

    def part(self, at: datetime) -> str:
        parts = self.raw("parts").split("|")
        return parts[0 if at.hour < 12 else 1 if at.hour < 18 else 2]


@cache
def phrases(language: str) -> Phrases:
    """English where there is no template for the language."""
    base = language.partition("-")[0].lower()
    base = base if base in {"en", *abroad.TONGUES} else "en"
    source: Template = template(f"speech/{base}.txt")
    module: Any = source.module
    return Phrases(base, module, tuple(str(module.titles()).split("|")))
