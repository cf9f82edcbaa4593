"""The queue taken away: it is only a doorbell, so whatever becomes of it nothing is lost, some things are late."""

from __future__ import annotations

from tests.e2e.chaos.rounds import Round, Scenario
from tests.services import Rabbit, Redis


def redis_killed(at: Round) -> None:
    """It starts again empty."""
    at.release()
    at.pause(0, 1)
    _redis(at).kill()
    _meanwhile(at)
    _redis(at).start()


def redis_emptied(at: Round) -> None:
    at.release()
    at.pause(0, 1)
    _redis(at).flush()


def redis_out_of_memory(at: Round) -> None:
    """It refuses to write down anything."""
    at.release()
    at.pause(0, 1)
    _redis(at).fill()
    _meanwhile(at)
    _redis(at).relieve()


def connections_cut(at: Round) -> None:
    at.release()
    at.pause(0, 1)
    assert at.topology.queue is not None
    at.seen["cut"] += at.topology.queue.cut()


def queue_silent(at: Round) -> None:
    """Connections stay open, and nothing answers."""
    queue = at.topology.queue
    assert queue is not None
    at.release()
    at.pause(0, 1)
    queue.pause()
    _meanwhile(at)
    queue.resume()


def rabbit_restarted(at: Round) -> None:
    at.release()
    at.pause(0, 1)
    (_rabbit(at).kill if at.chance.random() < 0.5 else _rabbit(at).stop)()
    _meanwhile(at)
    _rabbit(at).start()


def _meanwhile(at: Round) -> None:
    """Something more becomes due while the queue is away."""
    at.pause(0, 1)
    at.release()
    at.pause(0, 2)


def _redis(at: Round) -> Redis:
    assert isinstance(at.topology.queue, Redis)
    return at.topology.queue


def _rabbit(at: Round) -> Rabbit:
    assert isinstance(at.topology.queue, Rabbit)
    return at.topology.queue


SCENARIOS = (
    Scenario("Redis killed, back empty", redis_killed, ("redis",)),
    Scenario("Redis emptied", redis_emptied, ("redis",)),
    Scenario("Redis out of memory", redis_out_of_memory, ("redis",)),
    Scenario("queue's connections cut", connections_cut, ("redis", "rabbit"), quick_on=("redis",)),
    Scenario("queue silent", queue_silent, ("redis", "rabbit"), quick_on=("redis",)),
    Scenario("RabbitMQ restarted", rabbit_restarted, ("rabbit",), quick=1),
)
