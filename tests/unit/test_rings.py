"""What has rung is read soon, and no account too often."""

from __future__ import annotations

import threading
from itertools import pairwise

from service.rings import APART, FURTHEST, SOON, Rings
from service.store.doorbells import Where

MAIL, CHAT = Where("mara", "imap"), Where("mara", "slack")


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def waits(rings: Rings) -> dict[Where, float]:
    """Seconds from the start until each is to be read."""
    return {where: round(at - 100.0, 3) for where, at in rings._waiting.items()}


def test_a_burst_is_one_sync_and_one_more_for_what_came_meanwhile() -> None:
    time = Time()
    rings = Rings(time)
    for _ in range(25):
        rings.ring(MAIL)
        time.now += 0.01
    assert waits(rings) == {MAIL: SOON}
    time.now = 101.0
    assert rings.take() == MAIL
    for _ in range(25):
        rings.ring(MAIL)
    assert waits(rings) == {}
    rings.done(MAIL)
    assert waits(rings) == {MAIL: 1.0 + APART}
    time.now += APART
    assert rings.take() == MAIL
    rings.done(MAIL)
    assert waits(rings) == {}


def test_one_that_keeps_ringing_is_read_ever_more_seldom() -> None:
    time = Time()
    rings, read = Rings(time), []
    while time.now < 200:
        rings.ring(MAIL)
        time.now = 100.0 + waits(rings)[MAIL]
        rings.take()
        read.append(time.now)
        rings.done(MAIL)
    between = [round(later - earlier, 3) for earlier, later in pairwise(read)]
    assert between[:4] == [APART, 2 * APART, 4 * APART, FURTHEST]
    assert set(between[4:]) == {FURTHEST}
    time.now += 60
    rings.ring(MAIL)
    time.now += SOON
    rings.take()
    rings.done(MAIL)
    rings.ring(MAIL)
    assert waits(rings)[MAIL] == round(time.now - 100 + APART, 3), "after a silence it is read soon again"


def test_what_rang_first_is_read_first() -> None:
    time = Time()
    rings = Rings(time)
    rings.ring(CHAT)
    time.now += 0.1
    rings.ring(MAIL)
    time.now += 10
    assert [rings.take(), rings.take()] == [CHAT, MAIL]


def test_one_that_could_not_be_read_is_read_again_in_a_moment() -> None:
    time = Time()
    rings = Rings(time)
    rings.ring(MAIL)
    time.now += SOON
    rings.take()
    rings.done(MAIL, again=0.5)
    assert waits(rings) == {MAIL: SOON + 0.5}
    rings.forget(MAIL)
    assert waits(rings) == {}


def test_whoever_waits_is_told_of_a_ring_and_of_the_end() -> None:
    rings, taken = Rings(), []
    waiting = threading.Thread(target=lambda: taken.extend(iter(rings.take, None)))
    waiting.start()
    rings.ring(MAIL)
    while not taken:
        waiting.join(0.01)
    rings.close()
    waiting.join(10)
    assert not waiting.is_alive()
    assert taken == [MAIL]
