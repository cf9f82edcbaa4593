"""What the bell writes in bulk is what Celery would have written: an ordinary consumer reads it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from itertools import chain
from time import monotonic
from typing import Any

import pytest
from kombu import Consumer, Message

from service.bell import PAUSE, WITHIN, CeleryBell, Envelope
from service.domain.ledger import Ring
from service.queues import TASK, application
from tests.services import Rabbit, Redis, Server

Heard = list[tuple[str, Any]]


@pytest.fixture(params=["redis_url", "rabbit_url", "embedded"])
def queue(request: pytest.FixtureRequest) -> str:
    return "embedded" if request.param == "embedded" else str(request.getfixturevalue(request.param))


def heard(queue: str, prefix: str, names: list[str], count: int) -> Heard:
    """The arguments of so many messages or more, in their order, and each acknowledged, as a Celery worker reads them."""
    app, found, tags = application(queue, prefix), [], set()

    def on_task(body: Any, message: Message) -> None:
        args, _, embed = body
        assert message.headers["task"] == TASK
        assert message.headers["id"] == message.headers["root_id"] == message.properties["correlation_id"]
        assert set(embed) == {"callbacks", "errbacks", "chain", "chord"}
        tags.add(message.headers["id"])
        found.append((args[0], args[1]))
        message.ack()

    with app.connection_for_read() as connection:
        queues = [app.amqp.queues[f"{prefix}.{name}"] for name in names]
        with Consumer(connection, queues, callbacks=[on_task], accept=["json"], prefetch_count=10):
            while len(found) < count:
                connection.drain_events(timeout=20)
    assert len(tags) == len(found)
    return found


def declared(queue: str, prefix: str) -> None:
    """As a worker that was there before: on RabbitMQ a queue is somebody's to make."""
    app = application(queue, prefix)
    with app.connection_for_write() as connection:
        for each in app.amqp.queues.values():
            each(connection.default_channel).declare()


def test_an_ordinary_consumer_reads_what_is_rung_in_bulk(queue: str) -> None:
    prefix = "reveille-bell"
    declared(queue, prefix)
    rings = [Ring(f"t{n:02}", "triage") for n in range(100)] + [Ring(f"m{n}", "morning") for n in range(10)]
    with closing(CeleryBell(queue, prefix)) as bell:
        bell.ring(rings)
    found = heard(queue, prefix, ["triage", "morning"], 15 + 10)
    triage = [ids for name, ids in found if name == "triage"]
    assert sorted(chain(*triage)) == [f"t{n:02}" for n in range(100)]
    assert max(map(len, triage)) == 7
    assert [ids for name, ids in found if name == "morning"] == [[f"m{n}"] for n in range(10)]


def test_the_envelope_differs_from_the_librarys_own_in_ids_alone(redis_server: Redis, redis_url: str) -> None:
    app, name = application(redis_url, "reveille"), "reveille.triage"
    with app.connection_for_write() as connection, app.amqp.Producer(connection) as producer:
        app.send_task(TASK, args=["triage", ["o1"]], queue=name, producer=producer, retry=False)
    with closing(CeleryBell(redis_url, "reveille")) as bell:
        bell.ring([Ring("o1", "triage")])
    ours, theirs = (json.loads(text) for text in redis_server.do("LRANGE", name, 0, -1))
    for message in (ours, theirs):
        for part, field in (("headers", "id"), ("headers", "root_id"), ("headers", "argsrepr")):
            message[part].pop(field)
        for field in ("correlation_id", "delivery_tag", "reply_to"):
            message["properties"].pop(field)
    assert ours == theirs


def test_two_messages_share_no_id() -> None:
    envelope = Envelope(application("embedded", "reveille-test"))
    first, second = (json.loads(envelope.around("q", ["q", ["o1"]])) for _ in range(2))
    assert first["headers"]["id"] != second["headers"]["id"]
    assert first["properties"]["delivery_tag"] != second["properties"]["delivery_tag"]


@pytest.mark.parametrize("server", ["redis_server", "rabbit_server"])
@pytest.mark.parametrize("harm", [Server.kill, Server.pause])
def test_a_queue_that_does_not_answer_holds_nobody_up_for_long(
    request: pytest.FixtureRequest, server: str, harm: Callable[[Server], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    broker: Redis | Rabbit = request.getfixturevalue(server)
    broker.resume()
    broker.start()
    declared(broker.url, "reveille")
    with closing(CeleryBell(broker.url, "reveille")) as bell:
        bell.ring([Ring("o1", "triage")])
        harm(broker)
        try:
            for _ in range(2):
                began = monotonic()
                bell.ring([Ring(f"o{n}", "triage") for n in range(50)])
                assert monotonic() - began < 4 * WITHIN + PAUSE  # a hang would last for good
        finally:
            broker.resume()
            broker.start()
        monkeypatch.setattr(bell, "_silent_until", 0.0)  # the pause is over
        declared(broker.url, "reveille")
        bell.ring([Ring("again", "triage")])
    found: Heard = []
    while ("triage", ["again"]) not in found:
        found += heard(broker.url, "reveille", ["triage"], 1)
