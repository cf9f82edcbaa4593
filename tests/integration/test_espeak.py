"""The local voice as it really sounds: length, chapters, level, and what it says when it can't."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
import sys
from array import array
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from mutagen.id3 import ID3
from mutagen.mp3 import MP3

from service.briefing.render import to_script
from service.briefing.render.speech.script import WORDS_A_MINUTE
from service.domain.speech import Chapter, Recording, Script
from service.errors import Unavailable
from service.integrations.espeak import Settings, engine, level
from service.integrations.espeak.voice import Voice
from tests.rendering_example import a_briefing, a_rich_morning

SHORT = Script("A test", (Chapter("One", "Good morning. This is the first chapter."), Chapter("Two", "That is all.")))


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    try:
        engine.find()
    except Unavailable as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def morning() -> Recording:
    return Voice(clock=lambda: datetime(2026, 5, 12, tzinfo=UTC)).speak(to_script(a_rich_morning()))


def test_an_ordinary_morning_lasts_90_to_150_seconds(morning: Recording) -> None:
    assert timedelta(seconds=90) <= morning.length <= timedelta(seconds=150)
    assert morning.media_type == "audio/mpeg"
    assert MP3(BytesIO(morning.data)).info.length == pytest.approx(morning.length.total_seconds(), abs=0.3)


def test_the_script_knows_how_fast_the_voice_is(morning: Recording) -> None:
    words = len(to_script(a_rich_morning()).text.split())
    assert words / (morning.length.total_seconds() / 60) == pytest.approx(WORDS_A_MINUTE, rel=0.08)


def test_it_has_a_title_a_date_and_a_chapter_a_section(morning: Recording) -> None:
    tags = ID3(BytesIO(morning.data))
    assert str(tags["TIT2"]) == "Tuesday the twelfth of May"
    assert str(tags["TALB"]) == "Reveille"
    assert str(tags["TDRC"]) == "2026-05-12"
    chapters = sorted(tags.getall("CHAP"), key=lambda c: c.start_time)
    assert [str(c.sub_frames["TIT2"]) for c in chapters] == [c.title for c in to_script(a_rich_morning()).chapters]
    assert tags.getall("CTOC")[0].child_element_ids == [c.element_id for c in chapters]
    assert [c.end_time for c in chapters[:-1]] == [c.start_time for c in chapters[1:]]
    assert chapters[-1].end_time == morning.length // timedelta(milliseconds=1)
    assert [start // timedelta(milliseconds=1) for _, start in morning.chapters] == [c.start_time for c in chapters]


def test_chapter_frames_stand_in_reading_order_in_the_file(morning: Recording) -> None:
    ids = re.findall(rb"CHAP....\0\0(chp\d\d)", morning.data[:4000], re.DOTALL)
    assert len(ids) == 6
    assert ids == sorted(ids)


def _ffmpeg(recording: Recording) -> str:
    if not shutil.which("ffmpeg"):
        pytest.skip("ffmpeg is not installed: apt-get install ffmpeg")
    command = ["ffmpeg", "-hide_banner", "-nostats", "-i", "pipe:0", "-af", "ebur128=peak=true", "-f", "null", "-"]
    said = subprocess.run(command, input=recording.data, capture_output=True, check=True).stderr.decode()
    return said.rpartition("Summary:")[2]


def test_it_is_loud_enough_and_does_not_clip(morning: Recording) -> None:
    summary = _ffmpeg(morning)
    assert float(re.search(r"I:\s+(-?[\d.]+) LUFS", summary)[1]) == pytest.approx(level.TARGET, abs=1.5)
    assert float(re.search(r"Peak:\s+(-?[\d.]+) dBFS", summary)[1]) <= -1.0


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_each_language_has_a_voice_and_the_same_level(language: str) -> None:
    recording = Voice().speak(to_script(a_briefing(language=language, bottom_line="")))
    assert timedelta(seconds=2) < recording.length < timedelta(seconds=12)
    assert float(re.search(r"Peak:\s+(-?[\d.]+) dBFS", _ffmpeg(recording))[1]) <= -1.0


def test_the_limiter_never_passes_its_ceiling() -> None:
    loud = array("h", [int(32767 * math.sin(i / 5) * (1 if i % 4000 < 300 else 0.05)) for i in range(44_100)])
    out = level.limited(loud, 4.0)
    assert len(out) == len(loud)
    assert all(abs(x) <= level.CEILING * 32768 for x in out)


def test_a_full_scale_sine_measures_as_the_standard_says() -> None:
    """EBU Tech 3341 case 1, for one channel: a 1 kHz sine at -20 dBFS reads -23 LUFS in mono."""
    sine = array("h", [int(3277 * math.sin(2 * math.pi * 1000 * i / 48_000)) for i in range(48_000 * 3)])
    assert level.integrated(sine, 48_000) == pytest.approx(-23.0, abs=0.1)


def test_silence_stays_silent() -> None:
    quiet = array("h", bytes(44_100))
    assert level.levelled(quiet, 22_050) == quiet
    assert level.levelled(array("h"), 22_050) == array("h")


def test_nothing_to_say_is_an_error_not_an_empty_file() -> None:
    with pytest.raises(Unavailable, match="made no sound"):
        Voice().speak(Script("Nothing", ()))


def test_an_unknown_voice_names_the_fix() -> None:
    with pytest.raises(Unavailable, match=r"no voice.*Name another one"):
        Voice("nobody").speak(SHORT)
    check = Voice("nobody").check()
    assert not check.ok
    assert check.fix


def test_the_voice_is_checked_by_speaking() -> None:
    assert Settings().connect().check().ok


def test_markup_and_nul_in_a_text_are_only_text() -> None:
    odd = Script("x", (Chapter("One", "<speak>one</speak> \0 [[h@loU]] two &amp;"), Chapter("Two", "")))
    assert Voice().speak(odd).length > timedelta(seconds=1)


def test_a_voice_that_dies_is_unavailable_with_the_fix(tmp_path) -> None:
    with pytest.raises(Unavailable, match=r"(?s)stopped.*install it with"):
        engine._run([sys.executable, "-c", "import os; os.abort()"], b"")
    with pytest.raises(Unavailable, match="in the middle"):
        engine._unpacked(b"\x22\x56\0\0\xff\0", 1)
    with pytest.raises(Unavailable, match="could not be started"):
        engine._run([str(tmp_path / "absent")], b"")


def test_the_library_is_never_loaded_here() -> None:
    Voice().speak(SHORT)
    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip(f"{maps} exists only on Linux")
    assert "libespeak" not in maps.read_text(encoding="utf-8")


def test_the_systems_program_serves_where_the_library_is_missing() -> None:
    program = shutil.which("espeak-ng")
    if not program:
        pytest.skip("espeak-ng is not installed: apt-get install espeak-ng")
    sound = engine.Engine(None, program).speak(["Good morning.", "That is all."], "en", 160)
    assert sound.rate == 22_050
    assert all(len(part) > sound.rate // 2 for part in sound.parts)
