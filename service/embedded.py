"""The whole service in one process: clock, queue and workers on one database, one service at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from service.bell import CeleryBell
from service.bootstrap import House, open_house
from service.canary import process_name
from service.clock import Clock
from service.errors import ConfigError, ReveilleError
from service.listener import Listener
from service.logs import logger
from service.queues import prefixed
from service.settings import load
from service.store import acting_as, data_folder
from service.store.canaries import Canaries
from service.store.place import complained
from service.watched import own_queue, watched_worker
from service.worker import ChildProcess, Work, Worker

log = logger("service")
LOOK_AT_CONFIG = 2.0  # seconds


class AlreadyRunning(ReveilleError):
    pass


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Holds the data folder's lock file. The lock is the kernel's: a killed process leaves none behind."""
    with complained(data / "lock"):
        file = (data_folder(data) / "lock").open("a+")
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise AlreadyRunning(
                f"A service runs on {data} already (process {holder}): stop it, or set REVEILLE_DATA to another folder."
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


class Service:
    """Starts with what the last one left behind, and follows the config file while it runs."""

    def __init__(self, house: House, *, listens: bool = True) -> None:
        """`listens`: at the accounts that can tell by themselves when something is new."""
        self._listens = listens
        self._start_on(house)

    def _start_on(self, house: House) -> None:
        self.house = house
        queue = house.server.queue
        prefix, own = prefixed(queue), own_queue(house.server)
        ledger, self._bell = house.store.ledger, CeleryBell(queue, prefix, own)
        alone = ChildProcess(house.server, ledger, house.runner)
        self._worker = Worker(queue, prefix, house.runner, Work(house.runner, self._bell, alone), own=own)
        self._watched = watched_worker(house.server, house.store, house.runner, self._worker, self._bell.ring, own, figures=True)
        self._clock = Clock(house.planner, ledger, self._bell, house.clock, self._tidy)
        self._listener = self._listener_of(house) if self._listens and any(s.rings for s in house.config.sources) else None

    @staticmethod
    def _listener_of(house: House) -> Listener:
        person, lease = house.config.person.id, house.server.lease_length
        name, doorbells = process_name("embedded"), house.store.doorbells
        return Listener(doorbells, lambda one: house if one == person else None, name, house.clock, lease, person)

    def recover(self) -> None:
        """We hold the lock: whoever held a lease on this database is dead. Where it isn't a file of ours, others may well live."""
        now, store = self.house.clock(), self.house.store
        store.restorations.take_up(now)
        if not store.database.is_sqlite:
            return
        left = store.ledger.release_all(now)
        store.deliveries.release_all(now)
        store.acts.release_all(now)
        store.accounts.release_all(now)
        store.doorbells.release_all()
        if left:
            log.info("taken over from a service that did not stop cleanly", occurrences=left)

    def start(self) -> None:
        with acting_as(self.house.config.person.id):
            self.house.activate()
        self._begin()

    def _begin(self) -> None:
        self._worker.start()
        self._clock.start()
        self._watched.start()
        if self._listener:
            self._listener.start()

    def _tidy(self) -> None:
        with acting_as(self.house.config.person.id):
            self.house.prune()
        Canaries(self.house.store.database, self.house.store.ledger).drop(self.house.clock())

    def stop(self) -> None:
        """What runs is finished, what waits stays in the ledger."""
        self._watched.stop()
        if self._listener:
            self._listener.stop()
        self._clock.stop()
        self._worker.stop()
        self._bell.close()

    def follow(self, stopped: Event, say: Callable[[str], None]) -> None:
        """Until `stopped`: an edited config file is activated once it is right, and complained of while it isn't."""
        file, seen, said = self.house.config.file, None, ""
        while not stopped.wait(LOOK_AT_CONFIG):
            if (now := _stamp(file)) == seen or now is None:
                continue
            try:
                if self._take_up(file):
                    say(f"{file.name} was edited: it is in force now.")
                seen, said = now, ""
            except ConfigError as error:
                say(f"{file.name} was edited and is not right yet; the last good one stays in force:\n{error}")
                seen = now
            except ReveilleError as error:  # the store is away: tried again at the next look
                if said != str(error):
                    say(f"{file.name} was edited and could not be taken up yet: {error}")
                said = str(error)

    def _take_up(self, file: Path) -> bool:
        """Whether the file says anything new. Where it can't be activated, the old one goes on."""
        config = load(file)
        if config.revision == self.house.config.revision:
            return False
        house = open_house(self.house.server, config, clock=self.house.clock)
        house.progress = self.house.progress
        self.stop()
        try:
            with acting_as(house.config.person.id):
                house.activate()
        except BaseException:
            house.close()
            self._start_on(self.house)
            self._begin()
            raise
        self.house.close()
        self._start_on(house)
        self._begin()
        return True

    def close(self) -> None:
        self.house.close()


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
