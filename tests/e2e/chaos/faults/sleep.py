"""A laptop that falls asleep: every process stands still, and when it wakes an hour has passed and connections are gone."""

from __future__ import annotations

from tests.e2e.chaos.rounds import Round, Scenario


def asleep_in_the_middle_of_a_send(at: Round) -> None:
    """Its deliveries' leases are long gone when the old send goes on."""
    line = at.held(at.chance.choice(["envelope", "data", "body", "taken"]))
    at.seen[f"at {line['held']}"] += 1
    _sleep(at)


def asleep_anywhere(at: Round) -> None:
    at.release()
    at.pause(0, 1.5)
    _sleep(at)


def _sleep(at: Round) -> None:
    members, clock = at.topology.members, at.topology.clock
    assert clock is not None
    for member in members:
        member.freeze()
    clock.set(clock.seconds + at.chance.choice([120, 900, 3600]))
    answered_first = at.chance.random() < 0.5
    if answered_first:
        at.witness.free()
        at.pause(0, 0.05)
    for member in members:
        member.thaw()
    at.pause(0, 2)
    at.witness.free()
    at.pause(0, 1)


SCENARIOS = (
    Scenario("asleep in the middle of a send", asleep_in_the_middle_of_a_send, options={"shifted": True}),
    Scenario("asleep anywhere", asleep_anywhere, options={"shifted": True}),
)
