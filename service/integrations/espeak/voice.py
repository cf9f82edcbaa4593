"""A script to a recording: spoken chapter by chapter, levelled, encoded, with a mark where each chapter starts."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from service.domain.speech import Recording, Script
from service.errors import Unavailable
from service.integrations.espeak import engine, level
from service.ports import Check

PAUSE = 0.6  # seconds between chapters
VOICES = {"en": "en", "de": "de", "fr": "fr", "es": "es"}


class Voice:
    """`name` "" speaks in the script's language; a language without a voice of its own is read by the English one."""

    def __init__(self, name: str = "", rate: int = 160, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._name = name
        self._rate = rate
        self._clock = clock

    def speak(self, script: Script) -> Recording:
        """Raises Unavailable, naming the fix, where espeak-ng or the encoder is missing, dies or takes too long."""
        sound = engine.find().speak([c.text for c in script.chapters], self._voice(script.language), self._rate)
        samples, starts = _joined(sound)
        if not samples:
            raise Unavailable("The local voice made no sound: name another one as 'voice', or leave it out.")
        length = timedelta(seconds=len(samples) / sound.rate)
        chapters = tuple((c.title, start) for c, start in zip(script.chapters, starts, strict=True))
        data = _encoded(level.levelled(samples, sound.rate), sound.rate, script, length, chapters, self._clock())
        return Recording(data, "audio/mpeg", length, chapters)

    def check(self) -> Check:
        try:
            found = engine.find()
            found.speak(["ready"], self._voice("en"), self._rate)
        except Unavailable as error:
            says, _, fix = str(error).partition(": ")
            return Check(ok=False, says=says, fix=fix or engine.FIX)
        return Check(ok=True, says=f"the local voice speaks: {found.name}")

    def _voice(self, language: str) -> str:
        return self._name or VOICES.get(language.partition("-")[0].lower(), "en")


def _joined(sound: engine.Sound) -> tuple[array[int], list[timedelta]]:
    """All parts in one with a pause between, and where each starts."""
    samples: array[int] = array("h")
    starts = []
    silence = array("h", bytes(2 * int(PAUSE * sound.rate)))
    for part in sound.parts:
        if samples:
            samples.extend(silence)
        starts.append(timedelta(seconds=len(samples) / sound.rate))
        samples.extend(part)
    return samples, starts


def _encoded(
    samples: array[int],
    rate: int,
    script: Script,
    length: timedelta,
    chapters: tuple[tuple[str, timedelta], ...],
    now: datetime,
) -> bytes:
    try:
        from service.integrations.espeak import mp3
    except ImportError as error:
        raise Unavailable(f"The MP3 encoder is not installed ({error.name}): run 'pip install lameenc mutagen'.") from error
    sound = mp3.encode(samples, rate)
    return mp3.tag(sound, title=script.title, day=now.date(), language=script.language, length=length, chapters=chapters)
