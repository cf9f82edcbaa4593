"""Speaks in a process of its own, so that the GPL-3 library never enters ours and a crash of it costs one recording.

Run as a script with nothing of ours imported. Standard input: one JSON object {folder, library, voice, rate, texts}.
Standard output: the sample rate, then for each text its length in bytes and its samples (16-bit mono), all numbers as
unsigned 32-bit little-endian. Exit code 3 and a sentence on standard error where the voice can't be loaded.
"""

from __future__ import annotations

import ctypes
import json
import os
import struct
import sys
from collections.abc import Iterator
from typing import Any

_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: the samples are handed over before the call returns
_NO_EXIT = 0x8000  # espeakINITIALIZE_DONT_EXIT
_UTF8 = 1
_END_PAUSE = 0x1000
_RATE = 1
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


def main() -> int:
    order = json.load(sys.stdin.buffer)
    out = sys.stdout.buffer
    library = ctypes.CDLL(order["library"])
    os.chdir(order["folder"])  # the library keeps 160 bytes for the path to its data: a relative one always fits
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, b".", _NO_EXIT)
    if rate <= 0:
        return _fail("espeak-ng could not read its data folder")
    if library.espeak_SetVoiceByName(order["voice"].encode()) != 0:
        return _fail(f"espeak-ng has no voice {order['voice']!r}")
    library.espeak_SetParameter(_RATE, order["rate"], 0)
    out.write(struct.pack("<I", rate))
    for samples in _spoken(library, order["texts"]):
        out.write(struct.pack("<I", len(samples)))
        out.write(samples)
    out.flush()
    return 0


def _spoken(library: Any, texts: list[str]) -> Iterator[bytes]:
    pieces: list[bytes] = []

    def take(wave: int | None, count: int, _events: int) -> int:
        if wave and count > 0:
            pieces.append(ctypes.string_at(wave, count * 2))
        return 0

    callback = _CALLBACK(take)  # held here: the library keeps only its address
    library.espeak_SetSynthCallback(callback)
    for text in texts:
        pieces.clear()
        said = text.encode("utf-8", "replace").replace(b"\0", b" ")
        library.espeak_Synth(said, ctypes.c_size_t(len(said) + 1), 0, 0, 0, _UTF8 | _END_PAUSE, None, None)
        library.espeak_Synchronize()
        yield b"".join(pieces)


def _fail(why: str) -> int:
    sys.stderr.write(why)
    return 3


if __name__ == "__main__":
    sys.exit(main())
