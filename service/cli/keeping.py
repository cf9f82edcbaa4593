"""How commands on the whole store open it: by the server's settings alone, whoever's config is here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from service.cli.edge import wrong_usage

if TYPE_CHECKING:
    from service.settings.server import Server
    from service.store import Store
    from service.store.codec import Codec


def now() -> datetime:
    return datetime.now(UTC)


def settings() -> Server:
    from service.logs import configure
    from service.settings import find
    from service.settings.server import load_server

    server = load_server(find())
    configure(level="error" if server.log_level == "info" else server.log_level, as_json=server.log_json)
    return server


def keys_of(server: Server) -> list[str]:
    """One a line, the newest first."""
    from service.store import fernet_key

    return [fernet_key(line) for line in server.key.get_secret_value().splitlines() if line.strip()] if server.key else []


def codec_of(server: Server) -> Codec:
    from service.store.codec import Codec

    return Codec(keys_of(server))


@contextmanager
def opened(server: Server) -> Iterator[Store]:
    from service.bootstrap import open_server_store

    store = open_server_store(server)
    try:
        yield store
    finally:
        store.close()


def named(store: Store, person: str | None) -> str:
    """The person asked for; the only one there is where none is named."""
    from service.store.erasure import held_of, people

    known = people(store.database)
    if person is None:
        if len(known) == 1:
            return known[0]
        wrong_usage(f"Name the person. {_there_are(known)}")
    if person not in known and not held_of(store.database, person):
        wrong_usage(f"Nothing is held of {person!r}. {_there_are(known)}")
    return person


def _there_are(known: object) -> str:
    return f"There are: {', '.join(known)}." if isinstance(known, list) and known else "There is nobody in this store."


def sized(count: int) -> str:
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:,.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000  # type: ignore[assignment]
    return f"{count:.1f} GB"
