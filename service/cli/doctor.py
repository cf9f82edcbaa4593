"""`reveille doctor`: is everything reachable, fresh and able? Where not, what to do."""

from __future__ import annotations

import json as jsons
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.edge import FAILED
from service.cli.opening import opened

if TYPE_CHECKING:
    from service.bootstrap import House
    from service.ports import Check
    from service.settings.section import SourceSettings

STALE = timedelta(hours=1)


def doctor(json: Annotated[bool, typer.Option("--json", help="One JSON line a check.")] = False) -> None:
    """Check each source, channel, the brain and the voice: reachable? fresh? And the fix where not.

    Exit code 1 where any check fails.
    """
    ill = 0
    with opened() as house:
        for part, name, check in _checks(house):
            ill += not check.ok
            if json:
                print(
                    jsons.dumps(
                        {"part": part, "name": name, "ok": check.ok, "says": check.says, "fix": check.fix}, ensure_ascii=False
                    )
                )
            else:
                print(f"{'ok ' if check.ok else 'BAD'}  {part} {name}: {check.says}")
                if not check.ok and check.fix:
                    print(f"     → {check.fix}")
    if ill:
        raise typer.Exit(FAILED)


def _checks(house: House) -> Iterator[tuple[str, str, Check]]:
    from service.ports import Check

    yield (
        "config",
        house.config.file.name,
        Check(True, f"is right ({len(house.config.rules)} rules, {len(house.cadences)} cadences)"),
    )
    yield "store", str(house.server.data), _store(house)
    for settings in house.config.sources:
        yield "source", settings.name, _source(house, settings)
    for name in house.config.channels:
        yield "channel", name, _tried(lambda n=name: house.channels[n].check())  # type: ignore[misc]
    yield "brain", "builtin", Check(True, "judges mail by itself, without a model or network")
    yield "voice", house.config.voice.kind if house.config.voice else "espeak", _tried(house.voice.check)


def _tried(check: Callable[[], Check]) -> Check:
    from service.errors import ReveilleError
    from service.ports import Check

    try:
        return check()
    except ReveilleError as error:
        return Check(False, str(error))


def _source(house: House, settings: SourceSettings) -> Check:
    """Reachable, and fresh: what is unreachable says so first."""
    from dataclasses import replace

    there = _tried(lambda: house.source(settings).check())
    fresh = _freshness(house, settings.name)
    return there if not there.ok else replace(fresh, says=f"{there.says}; {fresh.says}")


def _store(house: House) -> Check:
    from service.ports import Check
    from service.store.migrate import HEAD

    sealed = "encrypted" if house.server.key else "not encrypted (set REVEILLE_KEY_FILE to encrypt bodies at rest)"
    return Check(True, f"schema {HEAD}, {sealed}")


def _freshness(house: House, name: str) -> Check:
    from service.domain.sync import Health
    from service.ports import Check

    account = next((a for a in house.store.accounts.all(house.config.person.id) if a.name == name), None)
    if account is None or account.read_at is None:
        error = account.error if account else ""
        return Check(not error, error or "not read yet", "Start `reveille run`, or make a briefing with `reveille brief`.")
    age = house.clock() - account.read_at
    read = f"read {int(age.total_seconds() // 60)} min ago, {account.items} items" + (
        f", {len(account.problems)} could not be read" if account.problems else ""
    )
    if account.health != Health.OK:
        return Check(False, f"{account.error} ({read})", "Mend what it names; it is tried again by itself.")
    return Check(age < STALE, read, "Is the service running? Start it with `reveille run`.")
