"""Clock processes killed and doubled. None leads: whichever comes first plans, and the others find nothing due."""

from __future__ import annotations

from tests.e2e.chaos.rounds import Round, Scenario

SCALED = ("redis", "rabbit")


def killed(at: Round) -> None:
    at.release()
    at.pause(0, 1.1)
    at.kill(at.someone("clock"))
    at.release()


def all_killed(at: Round) -> None:
    for clock in at.topology.of("clock"):
        clock.kill()
    at.release()
    at.pause(0, 1)


def frozen(at: Round) -> None:
    """It wakes in the middle of a tick of long ago."""
    at.release()
    clock = at.someone("clock")
    at.pause(0, 1)
    clock.freeze()
    at.release()
    at.pause(0.5, 3)
    clock.thaw()


def many_at_once(at: Round) -> None:
    """Both look at the same moment, again and again."""
    for _ in range(4):
        at.release()
        at.pause(0.3, 0.7)


SCENARIOS = (
    Scenario("clock killed", killed, SCALED, quick_on=("redis",)),
    Scenario("all clocks killed", all_killed, SCALED, quick_on=("redis",)),
    Scenario("clock frozen", frozen, SCALED, quick_on=("redis",)),
    Scenario("two clocks at once", many_at_once, SCALED, quick_on=("redis",)),
)
