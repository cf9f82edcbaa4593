"""Everybody's household on a server: each under the newest revision of their config, opened when it is first needed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Self

from service.bootstrap import House, isolated, open_server_store, runner
from service.domain.items import Event
from service.errors import ConfigError
from service.household import Household
from service.isolation import Isolated
from service.logs import logger
from service.people.holidays import is_holiday
from service.planner import Planner
from service.runner import Runner
from service.settings import Config, load_text
from service.settings.server import Server
from service.store import EVERYBODY, Store, acting_as, partitions, shared_time
from service.store.canaries import Canaries
from service.store.instance import turn

log = logger("houses")
MOST = 500
"""Households that are kept open at a time; the one that was not asked for longest goes."""
TIDY_EVERY = timedelta(minutes=50)
REFLECT_EVERY = timedelta(hours=20)
"""It reads everybody's last weeks."""
A_MONTH = timedelta(days=31)
"""A slot's row may end after the month that its id names."""
FRESH = 2.0  # seconds for which a household is not asked whether its config is still the newest


class Houses:
    """One store for all. Safe to share between threads. Close it: it holds a database and child processes."""

    def __init__(self, server: Server, store: Store, children: Isolated, clock: Callable[[], datetime], most: int = MOST) -> None:
        self.server, self.store, self.clock = server, store, clock
        self._children, self._most = children, most
        self._open: OrderedDict[str, tuple[House, float]] = OrderedDict()
        self._lock = Lock()

    def of(self, person: str) -> House | None:
        """None: nobody of that name, or a config that can't be used here (which is logged)."""
        with self._lock:
            house, seen = self._open.get(person, (None, 0.0))
            if house is not None and monotonic() - seen < FRESH:
                self._open.move_to_end(person)
                return house
        with acting_as(person), self.store.database.read() as on:
            digest = self.store.revisions.current(on, person)
            if digest is None:
                return None
            if house is None or house.config.revision != digest:
                house = self._opened(person, self.store.revisions.text(on, person, digest))
        if house is not None:
            self._keep(person, house)
        return house

    def config(self, person: str) -> Config | None:
        """The one in force; None where there is none. Raises ConfigError where it can't be used here."""
        with acting_as(person), self.store.database.read() as on:
            digest = self.store.revisions.current(on, person)
            return self._config(person, self.store.revisions.text(on, person, digest)) if digest is not None else None

    def household(self, person: str) -> Household | None:
        house = self.of(person)
        return house.household if house else None

    def planner(self) -> Planner:
        return Planner(
            self.store.database, self.store.ledger, self.store.cadences, self._events, is_holiday, self.store.restorations.silent
        )

    def runner(self) -> Runner:
        return runner(self.store, self.clock, self.server, self.household)

    def people(self) -> Sequence[str]:
        with acting_as(EVERYBODY), self.store.database.read() as on:
            return self.store.revisions.people(on)

    def house(self, config: Config) -> House:
        """Of a config that is not the one in force, or not yet."""
        return House(self.server, config, self.store, self._children, self.clock)

    def tidy(self) -> None:
        """Hourly, by one clock of all: makes the ledger's next months, and lets go of what has aged out. A month goes as a whole once
        nobody keeps anything of it; where somebody's config can't be read, nobody knows, and it stays.
        """
        database, now = self.store.database, self.clock()
        if not turn(database, "tidied", now, TIDY_EVERY):
            return
        partitions.make(database, now)
        Canaries(database, self.store.ledger).drop(now)
        reflecting = turn(database, "reflected", now, REFLECT_EVERY)
        longest: timedelta | None = timedelta()
        for person in self.people():
            house = self.of(person)
            if house is None:
                longest = None
                continue
            if longest is not None:
                longest = max(longest, house.config.person.keep.ledger)
            with acting_as(person):
                house.prune()
                if reflecting:
                    house.reflect()
        if longest:
            partitions.drop(database, now - longest - A_MONTH)

    def close(self) -> None:
        for house, _ in self._open.values():
            house.disconnect()
        self._children.close()
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _opened(self, person: str, text: str) -> House | None:
        try:
            return self.house(self._config(person, text))
        except ConfigError as error:  # a secret that this machine does not have, say
            log.warning("config can't be used here", person=person, error=str(error))
            return None

    def _config(self, person: str, text: str) -> Config:
        folder = self.server.people or self.server.config.parent
        return load_text(text, folder / f"{person}.yaml")

    def _keep(self, person: str, house: House) -> None:
        with self._lock:
            self._open[person] = house, monotonic()
            self._open.move_to_end(person)
            while len(self._open) > self._most:
                self._open.popitem(last=False)

    def _events(self, person: str, start: datetime, end: datetime) -> Sequence[Event]:
        house = self.of(person)
        if house is None:
            return ()
        with acting_as(person):
            return house.items.events(start, end)


def open_houses(server: Server) -> Houses:
    store = open_server_store(server)
    return Houses(server, store, isolated(), shared_time(store.database))
