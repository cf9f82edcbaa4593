"""espeak-ng wherever it is found: the packaged library in a child process, else the system's program."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from service.errors import Unavailable

TIMEOUT = 60  # seconds for a whole script, which takes well under one
FIX = (
    "install it with 'pip install espeakng-loader', or the program with 'apt install espeak-ng' (macOS: 'brew install espeak-ng')"
)


@dataclass(frozen=True, slots=True)
class Sound:
    """16-bit mono samples, one array for each text."""

    rate: int
    parts: tuple[array[int], ...]


@dataclass(frozen=True, slots=True)
class Engine:
    """Exactly one of the two is there: the folder of the packaged library, or the program."""

    folder: Path | None
    program: str | None

    @property
    def name(self) -> str:
        return "espeak-ng (packaged)" if self.folder else f"espeak-ng ({self.program})"

    def speak(self, texts: Sequence[str], voice: str, rate: int) -> Sound:
        """Raises Unavailable, naming the fix, where the voice is unknown, dies or takes too long."""
        if self.folder:
            return _by_library(self.folder, texts, voice, rate)
        assert self.program
        sounds = [_by_program(self.program, text, voice, rate) for text in texts]
        return Sound(sounds[0].rate if sounds else 22_050, tuple(s.parts[0] for s in sounds))


def find() -> Engine:
    """Raises Unavailable where there is neither."""
    spec = find_spec("espeakng_loader")
    folder = Path(spec.origin).parent if spec and spec.origin else None
    if folder and _library(folder) and (folder / "espeak-ng-data").is_dir():
        return Engine(folder, None)
    program = shutil.which("espeak-ng")
    if program is None:
        raise Unavailable(f"The local voice espeak-ng is not installed: {FIX}.")
    return Engine(None, program)


def _library(folder: Path) -> Path | None:
    return next((p for p in sorted(folder.iterdir()) if p.suffix in {".so", ".dylib", ".dll"} and "espeak-ng" in p.name), None)


def _by_library(folder: Path, texts: Sequence[str], voice: str, rate: int) -> Sound:
    order = {"folder": str(folder), "library": str(_library(folder)), "voice": voice, "rate": rate, "texts": list(texts)}
    child = Path(__file__).with_name("child.py")
    data = _run([sys.executable, "-I", str(child)], json.dumps(order).encode())
    return _unpacked(data, len(texts))


def _by_program(program: str, text: str, voice: str, rate: int) -> Sound:
    """The program writes a WAV to its standard output; its header can't know how long it will be, so the data runs to the end."""
    data = _run([program, "--stdin", "--stdout", "-v", voice, "-s", str(rate)], text.encode("utf-8", "replace"))
    start = data.find(b"data")
    if not data.startswith(b"RIFF") or start < 0:
        raise Unavailable(f"{program} did not answer with sound: {FIX}.")
    (sample_rate,) = struct.unpack_from("<I", data, 24)
    return Sound(sample_rate, (_samples(data[start + 8 :]),))


def _run(command: list[str], stdin: bytes) -> bytes:
    try:
        done = subprocess.run(command, input=stdin, capture_output=True, timeout=TIMEOUT, check=False)  # noqa: S603  fixed program, text by stdin
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"The local voice took longer than {TIMEOUT} s: choose another voice, or turn audio off.") from error
    except OSError as error:
        raise Unavailable(f"The local voice could not be started ({error.strerror}): {FIX}.") from error
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    why = said[-1][:200] if said else f"it ended with code {done.returncode}"
    if done.returncode == 3:
        raise Unavailable(f"The local voice can't speak: {why}. Name another one as 'voice', or leave it out.")
    raise Unavailable(f"The local voice stopped: {why}. Try again; if it stays so, {FIX}.")


def _unpacked(data: bytes, count: int) -> Sound:
    try:
        (rate,) = struct.unpack_from("<I", data)
        at, parts = 4, []
        for _ in range(count):
            (size,) = struct.unpack_from("<I", data, at)
            parts.append(_samples(data[at + 4 : at + 4 + size]))
            at += 4 + size
    except struct.error as error:
        raise Unavailable(f"The local voice stopped in the middle. Try again; if it stays so, {FIX}.") from error
    return Sound(rate, tuple(parts))


def _samples(data: bytes) -> array[int]:
    samples = array("h", data[: len(data) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    return samples
