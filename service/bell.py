"""`ports.Bell` over Celery: many ids in a message, many messages in one command, and no message that raises."""

from __future__ import annotations

import json
import uuid
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from threading import Lock
from time import monotonic
from typing import Any

from celery import Celery
from kombu.connection import Connection
from kombu.entity import Queue
from kombu.exceptions import OperationalError
from kombu.utils.json import dumps

from service.domain.ledger import ALONE, DELIVER, Ring
from service.logs import logger
from service.queues import TASK, application

log = logger("bell")
AT_ONCE: Mapping[str, int] = {DELIVER: 10, "morning": 4, ALONE: 1}
AT_MOST = 50
"""How many ids one message carries, where many are rung for: claimed together they cost a fraction."""
SPREAD = 16
"""Over how many messages they are spread at least, so that no worker stands idle while another has a heap before it."""
WITHIN = 1.0  # seconds that the queue may take to answer: the clock's tick waits for it
PAUSE = 5.0  # seconds in which a queue that did not answer is left alone: the sweep rings again, and workers look by themselves
PUSHED = 1000  # messages in one command


class CeleryBell:
    """Safe to share between threads. Holds its connection between rings; a queue that is away costs `WITHIN` every `PAUSE`."""

    def __init__(self, queue: str, prefix: str, own: str = "") -> None:
        self._prefix, self._lock, self._silent_until = prefix, Lock(), 0.0
        self._app = application(queue, prefix, own, **_patience(queue))
        self._app.conf.broker_connection_timeout = WITHIN
        self._connection: Connection | None = None
        self._send = self._send_each if queue.startswith("amqp") else self._push
        self._envelope = Envelope(self._app)

    def ring(self, rings: Iterable[Ring]) -> None:
        with self._lock:
            if monotonic() < self._silent_until:
                return
            try:
                for queue, messages in groupby(_messages(rings), key=_first):
                    self._send(queue, [ids for _, ids in messages])
            except self._failures() as error:
                log.warning("queue unreachable", error=str(error) or type(error).__name__)
                self._silent_until = monotonic() + PAUSE
                self.close()

    def close(self) -> None:
        if self._connection is not None:
            with suppress(Exception):  # it may be broken already; nothing is left to be sent
                self._connection.release()  # type: ignore[no-untyped-call]
            self._connection = None

    def _held(self) -> Connection:
        if self._connection is None:
            # No heartbeat: nobody would be there to send one between two rings.
            self._connection = self._app.connection_for_write(heartbeat=0)
            self._connection.ensure_connection(max_retries=1, timeout=WITHIN)
        return self._connection

    def _failures(self) -> tuple[type[BaseException], ...]:
        held = self._connection
        theirs = (*held.connection_errors, *held.channel_errors) if held is not None else ()
        return (OperationalError, OSError, *theirs)

    def _send_each(self, queue: str, heaps: Sequence[list[str]]) -> None:
        """Each message is confirmed by the broker."""
        with self._app.amqp.Producer(self._held(), auto_declare=False) as producer:
            for ids in heaps:
                self._app.send_task(
                    TASK,
                    args=[queue, ids],
                    queue=f"{self._prefix}.{queue}",
                    producer=producer,
                    retry=False,
                    confirm_timeout=WITHIN,
                )

    def _push(self, queue: str, heaps: Sequence[list[str]]) -> None:
        """In the wire format of kombu's virtual transports, as it puts them into the list of that name."""
        name, channel = f"{self._prefix}.{queue}", self._held().default_channel
        texts = [self._envelope.around(name, [queue, ids]) for ids in heaps]
        if hasattr(channel, "conn_or_acquire"):
            with channel.conn_or_acquire() as client:
                for start in range(0, len(texts), PUSHED):
                    client.lpush(name, *texts[start : start + PUSHED])
        else:
            for text in texts:
                channel._put(name, json.loads(text))  # type: ignore[no-untyped-call]


class Envelope:
    """A message as Celery and kombu write it, made by them once for each queue; after that only ids and tags are filled in."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._made: dict[str, str] = {}

    def around(self, queue: str, args: Sequence[Any]) -> str:
        made = self._made.get(queue) or self._make(queue)
        body = b64encode(json.dumps([args, {}, _EMBED]).encode()).decode()
        return made.replace(_TAG, str(uuid.uuid4())).replace(_BODY, body)

    def _make(self, queue: str) -> str:
        """By sending one to a queue of its own in this process, and taking it from there."""
        private = f"{queue}-{uuid.uuid4()}"
        with Connection("memory://localhost") as connection:  # type: ignore[no-untyped-call]
            channel = connection.default_channel
            with self._app.amqp.Producer(connection, auto_declare=False) as producer:
                there = Queue(private, routing_key=private)  # type: ignore[no-untyped-call]
                self._app.send_task(TASK, args=[], task_id=_TAG, queue=there, producer=producer, retry=False)
            message = channel._get(private)
            channel.queue_delete(private)
        message["body"], message["headers"]["argsrepr"] = _BODY, "…"
        message["properties"]["delivery_tag"] = _TAG
        message["properties"]["delivery_info"]["routing_key"] = queue
        self._made[queue] = dumps(message)  # type: ignore[no-untyped-call]
        return self._made[queue]


_TAG, _BODY = "00000000-tag-of-the-message", "body-of-the-message"
_EMBED = dict.fromkeys(("callbacks", "errbacks", "chain", "chord"))


def _messages(rings: Iterable[Ring]) -> Iterator[tuple[str, list[str]]]:
    for queue, group in groupby(sorted(rings, key=_by_queue), key=_by_queue):
        ids = [ring.id for ring in group]
        size = min(AT_ONCE.get(queue, AT_MOST), 1 + len(ids) // SPREAD)
        for start in range(0, len(ids), size):
            yield queue, ids[start : start + size]


def _by_queue(ring: Ring) -> str:
    return ring.queue


def _first(message: tuple[str, list[str]]) -> str:
    return message[0]


def _patience(queue: str) -> dict[str, Any]:
    if queue == "embedded":
        return {}
    if queue.startswith("amqp"):
        return {"read_timeout": WITHIN, "write_timeout": WITHIN, "connect_timeout": WITHIN}
    return {"socket_connect_timeout": WITHIN, "socket_timeout": WITHIN, "retry_on_timeout": False}
