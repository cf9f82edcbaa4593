"""Tables, migrations and queries in domain words. Nobody else in the house sees SQL."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from service.store.accounts import Accounts
from service.store.approvals import Approvals
from service.store.artefacts import Folder
from service.store.cadences import Cadences
from service.store.codec import Codec
from service.store.database import Database
from service.store.deliveries import Deliveries
from service.store.ledger import Ledger
from service.store.migrate import upgrade
from service.store.retention import Pruner
from service.store.revisions import Revisions


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
    pruner: Pruner

    def close(self) -> None:
        self.database.close()


def open_store(url: str, artefacts: Path, *, keys: Sequence[str] = (), secret: bytes = b"") -> Store:
    """Brings the schema up to date. `keys` are Fernet keys, the newest first."""
    database = Database(url)
    upgrade(database)
    codec = Codec(keys)
    ledger = Ledger(database)
    folder = Folder(artefacts, codec)
    deliveries = Deliveries(database, codec, folder, secret)
    return Store(
        database,
        codec,
        Accounts(database, codec),
        Cadences(database),
        ledger,
        deliveries,
        Revisions(codec),
        Approvals(database, codec),
        Pruner(database, codec, folder),
    )


def instance_secret(file: Path) -> bytes:
    """What makes this instance's Message-IDs unguessable; made at the first start, readable by its owner alone."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = secrets.token_bytes(32)
        draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_bytes(made)
        try:
            # A link fails where another process was first: then its secret counts.
            file.hardlink_to(draft)
        except FileExistsError:
            made = file.read_bytes()
        finally:
            draft.unlink()
        return made


def fernet_key(passphrase: str) -> str:
    """A Fernet key as it is; anything else is stretched to one (SHA-256: it is a random key by our docs, not a password)."""
    import base64

    try:
        if len(base64.urlsafe_b64decode(passphrase)) == 32:
            return passphrase
    except ValueError:
        pass
    return base64.urlsafe_b64encode(hashlib.sha256(b"reveille store " + passphrase.encode()).digest()).decode()
