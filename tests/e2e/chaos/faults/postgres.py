"""PostgreSQL stopped in the middle of transactions, its sessions ended, its connections used up, its transactions refused."""

from __future__ import annotations

import signal
import time

from tests.e2e.chaos.rounds import Round, Scenario
from tests.services import Postgres
from tests.services.postgres import ROLE


def stopped_at_once(at: Round) -> None:
    """An immediate shutdown, as a crash: what was not committed is gone."""
    server = _server(at)
    at.release()
    at.pause(0, 1.2)
    if at.chance.random() < 0.5:
        server.kill()
    else:
        server._end(signal.SIGQUIT, patience=10)
    at.pause(0, 2)
    server.start()


def sessions_ended(at: Round) -> None:
    at.release()
    for _ in range(at.chance.randint(1, 5)):
        at.pause(0, 0.4)
        at.seen["sessions"] += _server(at).cut()


def connections_used_up(at: Round) -> None:
    """The role may have fewer connections than its processes want, for a while."""
    server = _server(at)
    at.release()
    at.pause(0, 0.5)
    server.sql(f"ALTER ROLE {ROLE} CONNECTION LIMIT {at.chance.randint(0, 3)}")
    server.cut()
    at.pause(0, 1)
    at.release()
    at.pause(0.5, 2)
    server.sql(f"ALTER ROLE {ROLE} CONNECTION LIMIT -1")


def transactions_refused(at: Round) -> None:
    """New sessions are serializable, so that whatever runs beside another is refused and must be tried again."""
    server = _server(at)
    server.sql(f"ALTER ROLE {ROLE} SET default_transaction_isolation = 'serializable'")
    server.cut()
    for _ in range(3):
        at.release()
        at.pause(0, 1)
    server.sql(f"ALTER ROLE {ROLE} RESET default_transaction_isolation")
    server.cut()
    at.seen["refused"] = at.topology.said("could not serialize")


def silent(at: Round) -> None:
    """Connections stay open, and nothing answers."""
    at.release()
    at.pause(0, 1)
    _server(at).pause()
    time.sleep(at.chance.uniform(0.5, 3))
    _server(at).resume()


def _server(at: Round) -> Postgres:
    assert at.topology.postgres is not None
    return at.topology.postgres


BOTH = ("redis", "rabbit")
SCENARIOS = (
    Scenario("PostgreSQL stopped in transactions", stopped_at_once, BOTH, quick_on=("redis",)),
    Scenario("PostgreSQL sessions ended", sessions_ended, BOTH, quick_on=("redis",)),
    Scenario("PostgreSQL connections used up", connections_used_up, BOTH, quick_on=("redis",)),
    Scenario("PostgreSQL refuses transactions", transactions_refused, BOTH, quick_on=("redis",)),
    Scenario("PostgreSQL silent", silent, BOTH, quick_on=("redis",)),
)
