"""Listens at accounts that can tell by themselves, and reads them when they ring. Any number of processes share the accounts."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Thread
from time import monotonic

from service import metrics
from service.bootstrap import House
from service.domain.sync import Hearing
from service.errors import ReveilleError
from service.logs import about, logger
from service.ports import Doorbell
from service.rings import Rings
from service.settings.kinds import ringing
from service.store.database import acting_as
from service.store.doorbells import Doorbells, Where

log = logger("listener")
LOOK = 0.5  # seconds between looks at how the doorbells are
CLAIM = 3.0  # seconds between looks for accounts at which nobody listens
FOLLOW = 15.0  # seconds between looks whether a config has changed
MOST = 1000
"""Accounts of one process: each takes a thread and a connection."""
SYNCS = 4
"""Accounts that are read at a time."""
SLICE = 30.0
"""Seconds after which a large mailbox, read for the first time, lets others go first."""
BUSY, BROKEN = 1.0, 5.0
"""Seconds until it is read again where another sync of it is under way, or the store is away."""


@dataclass(slots=True)
class _Post:
    """An account that is listened at, under the config that was in force."""

    house: House
    bell: Doorbell
    told: tuple[Hearing, str] | None = None


class Listener:
    """`houses`: a person's house under the newest config, None where there is none. `person`: nobody else's accounts."""

    def __init__(
        self,
        doorbells: Doorbells,
        houses: Callable[[str], House | None],
        name: str,
        clock: Callable[[], datetime],
        lease: timedelta,
        person: str = "",
        most: int = MOST,
    ) -> None:
        self._doorbells, self._houses, self._name, self._clock = doorbells, houses, name, clock
        self._lease, self._person, self._most = lease, person, most
        self._posts: dict[Where, _Post] = {}
        self._rings, self._stopped = Rings(), Event()
        self._next = dict.fromkeys(("renew", "claim", "follow"), 0.0)
        self._threads = [Thread(target=self._listen, name="listener", daemon=True)]
        self._threads += [Thread(target=self._serve, name=f"rung {n}", daemon=True) for n in range(SYNCS)]
        self._looked_at = monotonic()

    def age(self) -> float:
        """Seconds since it has looked after its doorbells."""
        return monotonic() - self._looked_at

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, within: float = 5.0) -> None:
        """What listens is silent then, and what was being read is, after the page in hand."""
        end = monotonic() + within
        self._stopped.set()
        self._rings.close()
        self._threads[0].join(max(0.0, end - monotonic()))
        posts, self._posts = self._posts, {}
        for post in posts.values():
            post.bell.close()
        for post in posts.values():
            post.bell.ended(end - monotonic())
        for thread in self._threads:
            thread.join(max(0.0, end - monotonic()))
        with suppress(ReveilleError):  # leases run out by themselves
            self._doorbells.release(self._name)

    # --- listening -----------------------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        while not self._stopped.is_set():
            try:
                self._look()
                self._looked_at = monotonic()
            except ReveilleError as error:
                log.warning("doorbells not looked after", error=str(error))
            except Exception:  # the thread's edge: tried again at the next look
                log.exception("doorbells not looked after")
            self._stopped.wait(LOOK)

    def _look(self) -> None:
        if self._turn("renew", self._lease.total_seconds() / 3):
            self._renew()
        if self._turn("follow", FOLLOW):
            self._follow()
        if self._turn("claim", CLAIM):
            for where in self._doorbells.claim(self._name, ringing(), self._clock(), self._lease, self._most, self._person):
                self._post(where)
        for where, post in self._posts.items():
            if (post.bell.hearing, post.bell.said) != post.told:
                self._tell(where, post)

    def _turn(self, what: str, every: float) -> bool:
        if monotonic() < self._next[what]:
            return False
        self._next[what] = monotonic() + every
        return True

    def _renew(self) -> None:
        """What somebody else has taken over is theirs, and what is more than our share goes to whoever has less."""
        held = self._doorbells.renew(self._name, self._clock(), self._lease)
        for where in self._posts.keys() - held:
            self._leave(where)
        for where in held - self._posts.keys():
            self._post(where)
        if surplus := self._doorbells.surplus(self._name, ringing(), self._clock()) if not self._person else 0:
            let_go = list(self._posts)[:surplus]
            for where in let_go:
                self._leave(where)
            self._doorbells.release(self._name, let_go)

    def _follow(self) -> None:
        for where, post in list(self._posts.items()):
            house = self._houses(where.person)
            if house is None or house.config.revision != post.house.config.revision:
                self._leave(where)
                self._post(where)

    def _post(self, where: Where) -> None:
        house, bell, why = self._houses(where.person), None, "nothing is set up to listen to"
        if house is not None and where.account in house.sync.connect:
            try:
                with acting_as(where.person):
                    bell = house.sync.doorbell(where.account, partial(self._rings.ring, where))
                    if bell is not None:
                        bell.start()
            except Exception as error:  # a source is somebody's plug-in; its sync meets the same, and tells
                bell, why = None, f"it can't be listened at ({type(error).__name__}): `reveille doctor` says more"
        if house is None or bell is None:
            self._doorbells.tell(self._name, where, Hearing.ABSENT, why, self._clock())
        else:
            self._posts[where] = _Post(house, bell)

    def _leave(self, where: Where) -> None:
        self._posts.pop(where).bell.close()
        self._rings.forget(where)

    def _tell(self, where: Where, post: _Post) -> None:
        hearing, said = now = post.bell.hearing, post.bell.said
        self._doorbells.tell(self._name, where, hearing, said, self._clock())
        post.told = now
        log.info("doorbell", person=where.person, account=where.account, state=hearing.value, why=said)

    # --- reading what rang ---------------------------------------------------------------------------------------------------

    def _serve(self) -> None:
        while (where := self._rings.take()) is not None:
            again: float | None = BROKEN
            try:
                with acting_as(where.person), about(account=where.account):
                    again = self._read(where)
            except ReveilleError as error:
                log.warning("rung in vain", error=str(error))
            except Exception:  # the thread's edge: it is read on its cadence, too
                log.exception("rung in vain")
                again = None
            self._rings.done(where, again)

    def _read(self, where: Where) -> float | None:
        """Seconds until it is to be read again; None: it was."""
        post = self._posts.get(where)
        if post is None:
            return None
        sync, since, end = post.house.sync, self._clock(), monotonic() + SLICE
        if not sync.run(where.account, end, self._stopped.is_set):
            return BUSY
        metrics.RINGS.inc()
        return 0.0 if monotonic() >= end and not sync.read_since(where.account, since) else None
