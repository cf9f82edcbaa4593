"""Credentials of connections: always encrypted, and renewed by one at a time, whoever finds them stale.

Who renews holds the row by a lease and no lock: the vendor is asked outside of any transaction. What comes back is stored before
anybody uses it, for many vendors hand out a refresh token once.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

from sqlalchemy import delete, insert, or_, select, update

from service.domain.credentials import Connection, Credential, Held
from service.errors import AccessLost, ConfigError, Unavailable
from service.store.codec import Codec
from service.store.database import Database
from service.store.erasure import refuse_erased
from service.store.place import instance_secret
from service.store.tables import credential as t

RENEWING = timedelta(seconds=60)
"""How long whoever renews may take; longer than any vendor's token endpoint is waited for."""
LOOK_AGAIN = 0.1  # seconds


def open_vault(
    database: Database, codec: Codec, file: Path, clock: Callable[[], datetime], *, make: bool = False
) -> Vault | None:
    """Under the store's key; where the store has none, under one of its own in `file`, which is made once something is to be kept."""
    if codec.encrypts:
        return Vault(database, codec, clock)
    if not make and not file.exists():
        return None
    return Vault(database, Codec([urlsafe_b64encode(instance_secret(file)).decode()]), clock)


class Vault:
    """Everything is of whoever `acting_as` names. Safe to share between threads and processes."""

    def __init__(self, database: Database, codec: Codec, clock: Callable[[], datetime]) -> None:
        assert codec.encrypts, "a credential is never kept in the clear"
        self._database, self._codec, self._clock = database, codec, clock

    def all(self, person: str) -> Sequence[Connection]:
        with self._database.read() as on:
            rows = on.execute(select(t).where(t.c.person == person).order_by(t.c.name)).all()
        return [self._shown(row) for row in rows]

    def get(self, person: str, name: str) -> Held | None:
        """Raises AccessLost where the key here does not open it."""
        with self._database.read() as on:
            row = on.execute(select(t.c.sealed, t.c.version).where(t.c.person == person, t.c.name == name)).one_or_none()
        return Held(self._opened(name, row.sealed), row.version) if row else None

    def put(self, person: str, name: str, credential: Credential) -> None:
        """In place of whatever was there."""
        now = self._clock()
        row = {"person": person, "name": name, "vendor": credential.vendor, "sealed": self._codec.pack(credential)}
        with self._database.write() as on:
            refuse_erased(on, person)
            self._database.alone(on, "credential", person, name)
            mine = (t.c.person == person, t.c.name == name)
            before = on.execute(select(t.c.version).where(*mine)).scalar_one_or_none()
            on.execute(delete(t).where(*mine))
            on.execute(insert(t).values(row | {"version": (before or 0) + 1, "made_at": now, "renewed_at": now}))

    def remove(self, person: str, name: str) -> None:
        with self._database.write() as on:
            on.execute(delete(t).where(t.c.person == person, t.c.name == name))

    def renew(self, person: str, name: str, stale: Held, how: Callable[[Credential], Credential]) -> Held:
        """The credential that came after `stale`: by `how`, or by whoever was quicker. Raises what `how` raises; Unavailable where
        somebody else is at it for too long; AccessLost where it was taken out meanwhile.
        """
        end = monotonic() + RENEWING.total_seconds()
        while monotonic() < end:
            held = self.get(person, name)
            if held is None:
                raise AccessLost(f"the connection {name} was taken out: run `reveille connect` again")
            if held.version != stale.version:
                return held
            if self._begin(person, name, held.version):
                return self._renewed(person, name, held, how)
            sleep(LOOK_AGAIN)
        raise Unavailable(f"the connection {name} is being renewed, and that takes long: it is tried again")

    def _begin(self, person: str, name: str, version: int) -> bool:
        now = self._clock()
        free = or_(t.c.renewing_until.is_(None), t.c.renewing_until < now)
        with self._database.write() as on:
            mine = update(t).where(t.c.person == person, t.c.name == name, t.c.version == version, free)
            return on.execute(mine.values(renewing_until=now + RENEWING)).rowcount == 1

    def _renewed(self, person: str, name: str, held: Held, how: Callable[[Credential], Credential]) -> Held:
        mine = (t.c.person == person, t.c.name == name, t.c.version == held.version)
        try:
            fresh = how(held.credential)
        except BaseException:
            with self._database.write() as on:
                on.execute(update(t).where(*mine).values(renewing_until=None))
            raise
        values = {"sealed": self._codec.pack(fresh), "version": held.version + 1, "renewing_until": None}
        with self._database.write() as on:
            if on.execute(update(t).where(*mine).values(values | {"renewed_at": self._clock()})).rowcount != 1:
                raise AccessLost(f"the connection {name} was made anew meanwhile: it is tried again")
        return Held(fresh, held.version + 1)

    def _opened(self, name: str, sealed: bytes) -> Credential:
        try:
            return self._codec.unpack(sealed, Credential)
        except ConfigError as error:
            raise AccessLost(
                f"the connection {name} was made under another key: bring that key back, or run `reveille connect` again"
            ) from error

    def _shown(self, row: object) -> Connection:
        name, vendor = str(row.name), str(row.vendor)  # type: ignore[attr-defined]
        times = row.made_at, row.renewed_at  # type: ignore[attr-defined]
        try:
            kept = self._opened(name, row.sealed)  # type: ignore[attr-defined]
        except AccessLost:
            return Connection(name, vendor, "", (), *times, readable=False)
        return Connection(name, vendor, kept.login, kept.scopes, *times)


@dataclass(frozen=True, slots=True)
class PersonVault:
    """`ports.Credentials` of one person."""

    vault: Vault
    person: str

    def get(self, name: str) -> Held | None:
        return self.vault.get(self.person, name)

    def renew(self, name: str, stale: Held, how: Callable[[Credential], Credential]) -> Held:
        return self.vault.renew(self.person, name, stale, how)
