"""Samples to an MP3 with title, date and chapters (ID3v2.3 with the chapter addendum)."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import lameenc
import mutagen.id3

id3: Any = mutagen.id3  # its annotations stop half-way

BITRATE = 64  # kbit/s, mono


def encode(samples: array[int], rate: int) -> bytes:
    encoder = lameenc.Encoder()
    encoder.set_bit_rate(BITRATE)
    encoder.set_in_sample_rate(rate)
    encoder.set_channels(1)
    encoder.set_quality(5)
    encoder.silence()
    return bytes(encoder.encode(samples.tobytes()) + encoder.flush())


def tag(
    sound: bytes, *, title: str, day: date, language: str, length: timedelta, chapters: Sequence[tuple[str, timedelta]]
) -> bytes:
    """The tag before the sound. Chapters are in order; each ends where the next begins."""
    tags = id3.ID3()
    tags.add(id3.TIT2(encoding=1, text=title))
    tags.add(id3.TALB(encoding=1, text="Reveille"))
    tags.add(id3.TPE1(encoding=1, text="Reveille"))
    tags.add(id3.TCON(encoding=1, text="Speech"))
    tags.add(id3.TDRC(encoding=1, text=day.isoformat()))
    tags.add(id3.TLAN(encoding=0, text={"en": "eng", "de": "deu", "fr": "fra", "es": "spa"}.get(language, "und")))
    tags.add(id3.TLEN(encoding=0, text=str(_ms(length))))
    names = _element_ids([heading for heading, _ in chapters])
    tags.add(
        id3.CTOC(element_id="toc", flags=id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED, child_element_ids=names, sub_frames=[])
    )
    ends = [start for _, start in chapters[1:]] + [length]
    for name, (heading, start), end in zip(names, chapters, ends, strict=True):
        says = [id3.TIT2(encoding=1, text=heading)]
        no_offset = 0xFFFFFFFF  # times are given, byte offsets are not
        tags.add(
            id3.CHAP(
                element_id=name,
                start_time=_ms(start),
                end_time=_ms(end),
                start_offset=no_offset,
                end_offset=no_offset,
                sub_frames=says,
            )
        )
    file = BytesIO()
    tags.update_to_v23()
    tags.save(file, v2_version=3)
    return file.getvalue() + sound


def _element_ids(headings: Sequence[str]) -> list[str]:
    """Ids that make all chapter frames equally long: mutagen writes shorter frames first, and ffmpeg lists them as written."""
    widths = [len(h.encode("utf-16-le")) for h in headings]
    return [f"chp{i:02}".ljust(5 + max(widths) - width, "-") for i, width in enumerate(widths)]


def _ms(length: timedelta) -> int:
    return length // timedelta(milliseconds=1)
