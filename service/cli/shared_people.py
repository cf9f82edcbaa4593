"""What `reveille doctor` says of the people of a server, from the store: one line each, or everything of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from service.cli.shared_parts import Line

if TYPE_CHECKING:
    from service.houses import Houses
    from service.ports import Check

AT_MOST = 200
"""Lines of people, where there are more."""


def people(houses: Houses) -> Iterator[Line]:
    from service.ports import Check

    folder = houses.server.people
    if folder is not None and not folder.is_dir():
        yield "people", str(folder), Check(False, "is no folder", "Make it, or correct REVEILLE_PEOPLE.")
    known = houses.people()
    if not known:
        fix = f"Put a NAME.yaml into {folder or 'the folder that REVEILLE_PEOPLE names'} and run `reveille people apply`."
        yield "people", "store", Check(False, "nobody has a config in force", fix)
    for name in known[:AT_MOST]:
        yield "person", name, _person(houses, name)
    if len(known) > AT_MOST:
        yield (
            "people",
            "store",
            Check(True, f"{len(known) - AT_MOST:,} more were not looked at; `reveille doctor NAME` looks at one"),
        )


def _person(houses: Houses, name: str) -> Check:
    from service.domain.sync import Health
    from service.errors import ConfigError
    from service.ports import Check
    from service.store import acting_as

    try:
        config = houses.config(name)
    except ConfigError as error:
        return Check(False, f"their config can't be used here: {error}", "Mend it, or give this machine what it names.")
    with acting_as(name):
        accounts = houses.store.accounts.all(name)
    ill = [f"{a.name} ({a.error})" for a in accounts if a.health != Health.OK and a.read_at is not None]
    if ill:
        return Check(False, f"can't be read: {', '.join(ill)}", f"Run: reveille doctor {name}")
    read = [a.read_at for a in accounts if a.read_at is not None]
    when = f"the longest ago read {int((houses.clock() - min(read)).total_seconds() // 60)} min ago" if read else "none read yet"
    sources = len(config.sources) if config else 0
    return Check(True, f"{sources} sources, {when}" if sources else "no sources")
