"""The folder of config files on a server, one a person: each activated as a new revision once it is right, and complained of while it isn't."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from service.errors import Complaint, ConfigError, Erased, ReveilleError
from service.houses import Houses
from service.logs import logger
from service.settings import Config, load
from service.store import acting_as

log = logger("people")


class Result(StrEnum):
    NEW = "in force now"
    SAME = "in force already"
    OLD = "an older revision, left alone"
    WRONG = "not right; the last good one stays in force"


@dataclass(frozen=True, slots=True)
class Taken:
    file: Path
    person: str
    result: Result
    error: str = ""


class PeopleFolder:
    """Several processes may follow copies of one folder: an activation is one transaction, and a copy that lags behind, whose text
    has been in force before, does not undo a newer one. A file that is taken away changes nothing; `reveille erase` does.
    """

    def __init__(self, folder: Path, houses: Houses) -> None:
        self._folder, self._houses = folder, houses
        self._seen: dict[Path, tuple[int, int]] = {}

    def follow(self) -> list[Taken]:
        """Takes up what has changed since the last look. Never raises: a database that is away is asked again at the next look."""
        taken = []
        try:
            for one in self._changed():
                taken.append(one)
                say = log.error if one.result == Result.WRONG else log.info
                say("config", file=one.file.name, result=one.result.value, error=one.error)
        except (OSError, ReveilleError) as error:
            log.warning("people not read", folder=str(self._folder), error=str(error))
        return taken

    def apply(self, *, force: bool = False) -> list[Taken]:
        """Every file now. `force` also brings back a text that was in force before."""
        files = self._files()
        if not files:
            there = Complaint(str(self._folder), None, "people", "no NAME.yaml in it", "Put one file a person there")
            raise ConfigError(there)
        return [self._take(file, edited=force) for file in files]

    def _changed(self) -> Iterator[Taken]:
        for file in self._files():
            found = file.stat()
            stamp = found.st_mtime_ns, found.st_size
            if self._seen.get(file) != stamp:
                taken = self._take(file, edited=file in self._seen)
                self._seen[file] = stamp
                yield taken

    def _files(self) -> list[Path]:
        return sorted(file for file in self._folder.glob("*.yaml") if not file.name.startswith("."))

    def _take(self, file: Path, *, edited: bool) -> Taken:
        try:
            config = load(file)
        except ConfigError as error:
            return Taken(file, file.stem, Result.WRONG, str(error))
        try:
            return Taken(file, config.person.id, self._activate(config, edited=edited))
        except Erased as error:
            return Taken(file, config.person.id, Result.WRONG, str(error))

    def _activate(self, config: Config, *, edited: bool) -> Result:
        store, person = self._houses.store, config.person.id
        with acting_as(person):
            with store.database.read() as on:
                current, known = store.revisions.current(on, person), store.revisions.known(on, person)
            if current == config.revision:
                return Result.SAME
            if config.revision in known and not edited:
                return Result.OLD
            self._houses.house(config).activate()
        return Result.NEW
