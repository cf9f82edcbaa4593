"""One loudness for every recording, without clipping.

Integrated loudness by ITU-R BS.1770-4 (K-weighting, 400 ms blocks, both gates), measured on evenly spread blocks of a
long recording; then one gain, and a look-ahead limiter for the few peaks that it would push over the ceiling.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from itertools import pairwise
from operator import mul

TARGET = -16.0  # LUFS, as podcast directories ask
CEILING = 10 ** (-2.0 / 20)
"""Of the samples: 1 dB below the -1 dBTP that is promised, for what lies between samples and what the codec adds."""

_FULL = 32768.0
_MOST_GIVEN_BACK = 1.6  # 4 dB: beyond it a voice sounds pressed
_BLOCKS = 48  # measured at most: 19 s of sound
_FRAME = 64  # samples that share one gain step: 3 ms at 22,050 Hz
_ATTACK, _RELEASE = 0.12, 0.012  # gain a frame: down within 25 ms before a peak, up within a quarter of a second


def levelled(samples: array[int], rate: int, target: float = TARGET) -> array[int]:
    """The same sound at `target` LUFS; silence stays as it is."""
    loudness = integrated(samples, rate)
    return samples if loudness is None else limited(samples, 10 ** ((target - loudness) / 20))


def integrated(samples: Sequence[int], rate: int) -> float | None:
    """LUFS of a mono recording, None where nothing is louder than the absolute gate of -70 LUFS."""
    powers = _block_powers(samples, rate)
    heard = [p for p in powers if _lufs(p) > -70.0]
    if not heard:
        return None
    gate = _lufs(sum(heard) / len(heard)) - 10.0
    loud = [p for p in heard if _lufs(p) > gate]
    return _lufs(sum(loud) / len(loud))


def _lufs(power: float) -> float:
    return -0.691 + 10 * math.log10(power) if power > 0 else -math.inf


def _block_powers(samples: Sequence[int], rate: int) -> list[float]:
    size, warm_up = int(rate * 0.4), int(rate * 0.1)
    last = max(len(samples) - size, 0)
    step = max(size // 4, last // _BLOCKS, 1)
    filters = _k_weighting(rate)
    powers = []
    for start in range(0, last + 1, step):
        lead = min(start, warm_up)
        powers.append(_power(samples[start - lead : start + size], lead, filters))
    return powers


def _k_weighting(rate: int) -> tuple[float, ...]:
    """Shelf (b0 b1 b2 a1 a2), then high-pass (a1 a2; its b are 1 -2 1), from the analogue prototypes of BS.1770's tables."""
    k, q = math.tan(math.pi * 1681.974450955533 / rate), 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    a0 = 1 + k / q + k * k
    shelf = ((high + band * k / q + k * k) / a0, 2 * (k * k - high) / a0, (high - band * k / q + k * k) / a0)
    poles = (2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0)
    k, q = math.tan(math.pi * 38.13547087602444 / rate), 0.5003270373238773
    a0 = 1 + k / q + k * k
    return (*shelf, *poles, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0)


def _power(block: Sequence[int], lead: int, filters: tuple[float, ...]) -> float:
    """Mean square of the filtered block without its `lead`, full scale being 1. Both filters in one loop: it is the hot one."""
    b0, b1, b2, a1, a2, c1, c2 = filters
    s1 = s2 = t1 = t2 = total = 0.0
    for i, x in enumerate(block):
        y = b0 * x + s1
        s1 = b1 * x - a1 * y + s2
        s2 = b2 * x - a2 * y
        z = y + t1
        t1 = t2 - 2.0 * y - c1 * z
        t2 = y - c2 * z
        if i >= lead:
            total += z * z
    return total / (max(len(block) - lead, 1) * _FULL * _FULL)


def limited(samples: array[int], gain: float) -> array[int]:
    """The samples times `gain`, turned down smoothly around every peak that would pass the ceiling.

    What the limiter takes from the whole is given back to it, as far as three rounds reach, so that the loudness is met.
    """
    frames = [samples[i : i + _FRAME] for i in range(0, len(samples), _FRAME)]
    peaks = [_peak(f) / _FULL for f in frames]
    energies = [float(sum(map(mul, f, f))) for f in frames]
    raised, edges = gain, _edges(peaks, gain)
    for _ in range(3):
        kept = sum(map(mul, energies, (a * b for a, b in pairwise(edges)))) / (sum(energies) or 1.0)
        raised = min(gain * _MOST_GIVEN_BACK, gain / math.sqrt(kept)) if kept else gain
        edges = _edges(peaks, raised)
    out = array("h")
    for frame, (left, right) in zip(frames, pairwise(edges), strict=True):
        out.extend(_scaled(frame, raised * left, raised * right))
    return out


def _peak(frame: array[int]) -> int:
    high, low = max(frame), min(frame)
    return high if high > -low else -low


def _scaled(frame: array[int], first: float, last: float) -> list[int]:
    if first == last:
        return [int(x * first) for x in frame]
    slope = (last - first) / len(frame)
    return [int(x * (first + i * slope)) for i, x in enumerate(frame)]


def _edges(peaks: list[float], gain: float) -> list[float]:
    """The limiter's gain at each frame's edges: as low as either neighbour needs, moving no faster than a voice hides."""
    needed = [CEILING / (p * gain) if p * gain > CEILING else 1.0 for p in peaks] or [1.0]
    edges = [needed[0], *map(min, needed, needed[1:]), needed[-1]]
    for i in range(1, len(edges)):
        edges[i] = min(edges[i], edges[i - 1] + _RELEASE)
    for i in range(len(edges) - 2, -1, -1):
        edges[i] = min(edges[i], edges[i + 1] + _ATTACK)
    return edges
