"""`reveille doctor`: is everything reachable, fresh and able? Where not, what to do."""

from __future__ import annotations

import json as jsons
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli import keeping, shared_parts, shared_people
from service.cli.edge import FAILED, wrong_usage
from service.cli.opening import opened
from service.cli.shared_parts import Line

if TYPE_CHECKING:
    from service.bootstrap import House
    from service.houses import Houses
    from service.ports import Check
    from service.settings.section import SourceSettings

STALE = timedelta(hours=1)


def doctor(
    person: Annotated[str | None, typer.Argument(help="On a server: look at all that is this person's, too.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON line a check.")] = False,
) -> None:
    """Check the database, the queue, the files, each source, channel, the brain and the voice: reachable? fresh? And the fix where not.

    On a server, whose people's configs are in its store, one line a person, or everything of one. Exit code 1 where any check fails.
    """
    ill = 0
    for part, name, check in _on_a_server(person) if person or _is_server() else _here():
        ill += not check.ok
        if json:
            line = {"part": part, "name": name, "ok": check.ok, "says": check.says, "fix": check.fix}
            print(jsons.dumps(line, ensure_ascii=False))
        else:
            mark = "BAD" if not check.ok else "(!)" if check.fix else "ok "
            print(f"{mark}  {part} {name}: {check.says}")
            if check.fix:
                print(f"     → {check.fix}")
    if ill:
        raise typer.Exit(FAILED)


def _is_server() -> bool:
    """REVEILLE_CONFIG may name a file that isn't there, beside server.yaml."""
    from service.settings.server import load_server

    server = load_server()
    return server.is_shared and not server.config.exists()


def _here() -> Iterator[Line]:
    """The house of the config here."""
    with opened() as house:
        config, *checks = _checks(house)
        yield config
        yield from shared_parts.of_store(house.server, house.store)
        yield from checks


def _on_a_server(person: str | None) -> Iterator[Line]:
    from service.errors import ExternalError
    from service.houses import open_houses

    server = keeping.settings()
    try:
        houses = open_houses(server)
    except (ExternalError, ImportError) as error:
        yield "database", shared_parts.database_name(server), shared_parts.away(error)
        yield from shared_parts.beside(server)
        return
    with houses:
        yield from shared_parts.of_store(server, houses.store)
        yield from shared_people.people(houses) if person is None else _one(houses, person)


def _one(houses: Houses, person: str) -> Iterator[Line]:
    from service.store import acting_as

    config = houses.config(person)
    if config is None:
        wrong_usage(f"Nobody is called {person!r} here. `reveille people list` says who there is.")
    with acting_as(person):
        yield from _checks(houses.house(config))


def _checks(house: House) -> Iterator[Line]:
    from service.ports import Check

    yield (
        "config",
        house.config.file.name,
        Check(True, f"is right ({len(house.config.rules)} rules, {len(house.cadences)} cadences)"),
    )
    for settings in house.config.sources:
        yield "source", settings.name, _source(house, settings)
    yield from _actions(house)
    for name in house.config.channels:
        yield "channel", name, _tried(lambda n=name: house.channels[n].check())  # type: ignore[misc]
    yield "brain", "builtin", Check(True, "judges mail by itself, without a model or network")
    yield "voice", house.config.voice.kind if house.config.voice else "espeak", _tried(house.voice.check)


def _actions(house: House) -> Iterator[Line]:
    from service.cli.rights import given
    from service.ports import Check

    for name, tools in house.offers.items():
        rights = given(house, name)
        may = Check(True, f"may do {', '.join(sorted(tools))}, by your yes or a rule's")
        yield "actions", name, may if rights is None or rights.ok else rights


def _tried(check: Callable[[], Check]) -> Check:
    from service.errors import ReveilleError, not_installed
    from service.ports import Check

    try:
        return check()
    except ReveilleError as error:
        return Check(False, str(error))
    except ModuleNotFoundError as error:
        if (missing := not_installed(error)) is None:
            raise
        says, _, fix = str(missing).partition(": ")
        return Check(False, says, fix)


def _source(house: House, settings: SourceSettings) -> Check:
    """Reachable, and fresh: what is unreachable says so first."""
    from dataclasses import replace

    there = _tried(lambda: _looked_at(house, settings))
    fresh = _freshness(house, settings.name)
    return there if not there.ok else replace(fresh, says=f"{there.says}; {fresh.says}")


def _looked_at(house: House, settings: SourceSettings) -> Check:
    source = house.source(settings)
    try:
        return source.check()
    finally:
        getattr(source, "close", lambda: None)()  # those that hold a connection have one


def _freshness(house: House, name: str) -> Check:
    from service.domain.sync import Health
    from service.ports import Check

    account = next((a for a in house.store.accounts.all(house.config.person.id) if a.name == name), None)
    if account is None or account.read_at is None:
        error = account.error if account else ""
        return Check(False, error, "Mend what it names, and start `reveille run`.") if error else Check(True, "not read yet")
    age = house.clock() - account.read_at
    read = f"read {int(age.total_seconds() // 60)} min ago, {account.items} items" + (
        f", {len(account.problems)} could not be read" if account.problems else ""
    )
    if account.health != Health.OK:
        return Check(False, f"{account.error} ({read})", "Mend what it names; it is tried again by itself.")
    if age >= STALE:
        return Check(False, read, "Is the service running? Start it with `reveille run`.")
    return Check(True, read)
