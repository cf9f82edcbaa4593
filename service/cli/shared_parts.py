"""What `reveille doctor` asks of a server's parts: database, queue, artefact store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from service.cli import keeping

if TYPE_CHECKING:
    from service.ports import Check
    from service.settings.server import Server
    from service.store import Store

Line = tuple[str, str, "Check"]
"""(part, name, how it is)."""
PACKAGES = "Run: pip install 'reveille[server]'"


def of_store(server: Server, store: Store) -> Iterator[Line]:
    yield "database", database_name(server), _database(server, store)
    yield from beside(server)


def beside(server: Server) -> Iterator[Line]:
    """What can be asked without the database."""
    from kombu.connection import Connection

    embedded = server.queue == "embedded"
    shown = server.queue if embedded else Connection(server.queue).as_uri()  # type: ignore[no-untyped-call]  # no password
    yield "queue", shown, _queue(server.queue)
    yield "artefacts", str(server.artefacts), _artefacts(server)


def database_name(server: Server) -> str:
    """Without its password."""
    from sqlalchemy.engine import make_url

    return make_url(server.database).render_as_string()


def away(error: Exception) -> Check:
    """Of a database that can't be opened."""
    from service.ports import Check

    if isinstance(error, ImportError):
        return Check(False, f"the package {error.name} is not installed", PACKAGES)
    return Check(False, str(error), "Check REVEILLE_DATABASE, and that the server behind it is up and reached from here.")


def _database(server: Server, store: Store) -> Check:
    from service.ports import Check
    from service.store.migrate import HEAD
    from service.store.role import unheld

    sealed = "encrypted" if server.key else "not encrypted (set REVEILLE_KEY_FILE to encrypt bodies at rest)"
    return Check(True, f"answers, schema {HEAD}, {sealed}", unheld(store.database))


def _queue(queue: str) -> Check:
    from service.ports import Check
    from service.queues import queue_answers

    try:
        _quietly(lambda: queue_answers(queue))
    except ImportError as error:
        return Check(False, f"the package {error.name} is not installed", PACKAGES)
    except Exception as error:  # each broker's client has errors of its own
        fix = "Check REVEILLE_QUEUE and its password, and that the broker is up and reached from here."
        return Check(False, f"does not answer: {error or type(error).__name__}", fix)
    return Check(True, "in the service's own process" if queue == "embedded" else "answers")


def _artefacts(server: Server) -> Check:
    from service.errors import ReveilleError
    from service.ports import Check
    from service.store.artefacts import artefact_store, tried

    try:
        _quietly(lambda: tried(artefact_store(server.artefacts, keeping.codec_of(server))))
    except ReveilleError as error:
        return Check(False, str(error), "Mend what it names; `reveille doctor` tries it again.")
    return Check(True, "a file was put, read and removed")


def _quietly(ask: Callable[[], None]) -> None:
    """A client that logs what it also raises would say it twice."""
    import logging

    logging.disable(logging.CRITICAL)
    try:
        ask()
    finally:
        logging.disable(logging.NOTSET)
