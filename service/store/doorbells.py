"""Who listens at which account: one process each, by leases, however many there are.

A process that listens has a row of the house's own, so that all know how many share the accounts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, tuple_, update

from service.domain.ledger import HOUSE
from service.domain.sync import Hearing
from service.store.database import EVERYBODY, Database, acting_as
from service.store.tables import account as a
from service.store.tables import doorbell as t

AT_ONCE = 50
"""Accounts that are taken in one look, so that processes that start together come to share them evenly."""
NOTHING = timedelta(minutes=15)
"""After which it is looked once more whether there is something to listen to."""


class Where(NamedTuple):
    person: str
    account: str


@dataclass(frozen=True, slots=True)
class Doorbells:
    """Acts as everybody."""

    database: Database

    def renew(self, holder: str, now: datetime, lease: timedelta) -> frozenset[Where]:
        """What this process holds still, for another lease."""
        mine = and_(t.c.holder == holder, t.c.person != HOUSE, t.c.state != Hearing.ABSENT)
        with acting_as(EVERYBODY), self.database.write() as on:
            self.database.alone(on, "doorbells")
            on.execute(update(t).where(mine).values(held_until=now + lease))
            on.execute(delete(t).where(t.c.person == HOUSE, or_(t.c.account == holder, t.c.held_until < now)))
            here = {"person": HOUSE, "account": holder, "holder": holder, "held_until": now + lease}
            on.execute(insert(t).values(here | {"state": Hearing.LISTENING.value, "since": now}))
            return frozenset(Where(*row) for row in on.execute(select(t.c.person, t.c.account).where(mine)))

    def claim(
        self, holder: str, kinds: Collection[str], now: datetime, lease: timedelta, most: int, person: str = ""
    ) -> Sequence[Where]:
        """Some of the accounts of these kinds at which nobody listens, so that this process holds `most` at most, and no more than its
        share. `person`: of nobody else.
        """
        taken = and_(t.c.person == a.c.person, t.c.account == a.c.name, t.c.held_until >= now)
        free = and_(a.c.kind.in_(list(kinds)), ~select(t.c.person).where(taken).exists())
        free = and_(free, a.c.person == person) if person else free
        looked = select(a.c.person, a.c.name).where(free).order_by(a.c.person, a.c.name)
        with acting_as(EVERYBODY):
            with self.database.read() as on:  # mostly there is none, and nobody is kept from writing
                if on.execute(looked.limit(1)).first() is None:
                    return ()
            with self.database.write() as on:
                self.database.alone(on, "doorbells")
                room = min(most, self._share(on, kinds, now)) - self._held(on, holder)
                if room <= 0:
                    return ()
                found = [Where(*row) for row in on.execute(looked.limit(min(room, AT_ONCE)))]
                if found:
                    on.execute(delete(t).where(tuple_(t.c.person, t.c.account).in_(found)))
                    new = {"holder": holder, "held_until": now + lease, "state": Hearing.SILENT.value, "since": now}
                    on.execute(insert(t), [{"person": where.person, "account": where.account, **new} for where in found])
                return found

    def surplus(self, holder: str, kinds: Collection[str], now: datetime) -> int:
        """How many more this process holds than its share."""
        with acting_as(EVERYBODY), self.database.read() as on:
            return max(0, self._held(on, holder) - self._share(on, kinds, now))

    def tell(self, holder: str, where: Where, hearing: Hearing, said: str, now: datetime) -> None:
        """What becomes of one that this process holds. Where there is nothing to listen to, it is let go of for a while."""
        mine = and_(t.c.person == where.person, t.c.account == where.account, t.c.holder == holder)
        values = {"state": hearing.value, "said": said, "since": now}
        if hearing is Hearing.ABSENT:
            values["held_until"] = now + NOTHING
        with acting_as(EVERYBODY), self.database.write() as on:
            on.execute(update(t).where(mine).values(values))

    def release(self, holder: str, which: Collection[Where] | None = None) -> None:
        """These, or all: whoever looks next may have them."""
        mine = t.c.holder == holder
        if which is not None:
            mine = and_(mine, tuple_(t.c.person, t.c.account).in_(list(which)))
        with acting_as(EVERYBODY), self.database.write() as on:
            on.execute(delete(t).where(mine))

    def release_all(self) -> None:
        with acting_as(EVERYBODY), self.database.write() as on:
            on.execute(delete(t))

    def _held(self, on: Connection, holder: str) -> int:
        mine = and_(t.c.holder == holder, t.c.person != HOUSE, t.c.state != Hearing.ABSENT)
        return int(on.execute(select(func.count()).where(mine)).scalar_one())

    def _share(self, on: Connection, kinds: Collection[str], now: datetime) -> int:
        """Of all accounts of these kinds, rounded up."""
        accounts = on.execute(select(func.count()).where(a.c.kind.in_(list(kinds)))).scalar_one()
        listeners = on.execute(select(func.count()).where(t.c.person == HOUSE, t.c.held_until >= now)).scalar_one()
        return -(-int(accounts) // max(1, int(listeners)))
