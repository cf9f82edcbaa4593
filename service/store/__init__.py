"""Tables, migrations and queries in domain words. Nobody else in the house sees SQL."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from service.settings.objects import Objects
from service.store import tables
from service.store.accounts import Accounts
from service.store.acts import Acts
from service.store.approvals import Approvals
from service.store.artefacts import ArtefactStore, artefact_store
from service.store.cadences import Cadences
from service.store.codec import Codec
from service.store.database import EVERYBODY, Database, acting_as
from service.store.deliveries import Deliveries
from service.store.doorbells import Doorbells
from service.store.erasure import Erasures
from service.store.instance import shared_secret, shared_time, utc_now
from service.store.ledger import Ledger
from service.store.migrate import upgrade
from service.store.partitions import make as make_partitions
from service.store.place import data_folder
from service.store.restoration import Restorations
from service.store.retention import Pruner
from service.store.revisions import Revisions

__all__ = ["EVERYBODY", "Store", "acting_as", "data_folder", "fernet_key", "open_store", "shared_time"]


@dataclass(frozen=True, slots=True)
class Store:
    database: Database
    codec: Codec
    accounts: Accounts
    cadences: Cadences
    ledger: Ledger
    deliveries: Deliveries
    revisions: Revisions
    approvals: Approvals
    acts: Acts
    pruner: Pruner
    artefacts: ArtefactStore
    restorations: Restorations
    erasures: Erasures
    doorbells: Doorbells

    def close(self) -> None:
        self.database.close()


def open_store(url: str, artefacts: Path | Objects, *, keys: Sequence[str] = (), secret: bytes | Path = b"") -> Store:
    """Brings the schema up to date. `keys` are Fernet keys, the newest first; `secret` makes Message-IDs: it, or the file
    where one machine keeps its own. Raises ConfigError where the keys don't open it.
    """
    database = Database(url)
    codec = Codec(keys)
    with acting_as(EVERYBODY):
        upgrade(database)
        _try_key(database, codec)
        make_partitions(database, utc_now())
        ledger = Ledger(database)
        files = artefact_store(artefacts, codec)
        made = shared_secret(database, codec, secret) if isinstance(secret, Path) else secret
        deliveries = Deliveries(database, codec, files, made)
    return Store(
        database,
        codec,
        Accounts(database, codec),
        Cadences(database),
        ledger,
        deliveries,
        Revisions(codec),
        Approvals(database, codec),
        Acts(database, codec),
        Pruner(database, codec, files),
        files,
        Restorations(database),
        Erasures(database, files),
        Doorbells(database),
    )


def _try_key(database: Database, codec: Codec) -> None:
    """A wrong key is told at the start, before anything is sealed with it."""
    newest = (
        select(tables.revision.c.sealed).order_by(tables.revision.c.activated_at.desc()),
        select(tables.notice.c.sealed).order_by(tables.notice.c.made_at.desc()),
        select(tables.item.c.sealed),
    )
    with database.read() as on:
        for query in newest:
            sealed = on.execute(query.limit(1)).scalar()
            if sealed is not None:
                codec.open(sealed)


def fernet_key(passphrase: str) -> str:
    """A Fernet key as it is; anything else is stretched to one (SHA-256: it is a random key by our docs, not a password)."""
    import base64

    with contextlib.suppress(ValueError):
        if len(base64.urlsafe_b64decode(passphrase)) == 32:
            return passphrase
    return base64.urlsafe_b64encode(hashlib.sha256(b"reveille store " + passphrase.encode()).digest()).decode()
