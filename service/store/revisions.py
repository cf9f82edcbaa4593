"""Which text of a person's config is in force, and which were before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select

from service.store.codec import Codec
from service.store.erasure import refuse_erased
from service.store.tables import revision as t

_CURRENT = select(t.c.digest).where(t.c.person == bindparam("person")).order_by(t.c.number.desc()).limit(1)


class Revisions:
    def __init__(self, codec: Codec) -> None:
        self._codec = codec

    def current(self, on: Connection, person: str) -> str | None:
        """The digest of the newest revision."""
        digest: str | None = on.execute(_CURRENT, {"person": person}).scalar_one_or_none()
        return digest

    def text(self, on: Connection, person: str, digest: str) -> str:
        query = select(t.c.sealed).where(t.c.person == person, t.c.digest == digest).order_by(t.c.number.desc()).limit(1)
        return self._codec.open(on.execute(query).scalar_one()).decode()

    def known(self, on: Connection, person: str) -> frozenset[str]:
        """The digests of every revision there was."""
        return frozenset(on.execute(select(t.c.digest).where(t.c.person == person)).scalars())

    def people(self, on: Connection) -> Sequence[str]:
        return list(on.execute(select(t.c.person).distinct().order_by(t.c.person)).scalars())

    def put(self, on: Connection, person: str, digest: str, text: str, now: datetime) -> int:
        """Raises Erased: a config that is still there doesn't bring back whose data were taken away."""
        refuse_erased(on, person)
        number = int(on.execute(select(func.coalesce(func.max(t.c.number), 0)).where(t.c.person == person)).scalar_one()) + 1
        row = {
            "person": person,
            "number": number,
            "digest": digest,
            "sealed": self._codec.seal(text.encode()),
            "activated_at": now,
        }
        on.execute(insert(t), row)
        return number
