"""The queues, and the Celery apps that send to them and take from them."""

from __future__ import annotations

import uuid
from typing import Any

from celery import Celery
from kombu.connection import Connection
from kombu.entity import Queue

from jobs import JOBS
from service.domain.ledger import ALONE, CANARY, DELIVER

TASK = "reveille.occurrences"
OWN_KEPT = 600.0  # seconds
SLOW = frozenset({"morning"})
"""What speaks: never before an alert."""
QUEUES = (DELIVER, *(job for job in JOBS if job not in SLOW), *(job for job in JOBS if job in SLOW), ALONE)


def prefixed(queue: str) -> str:
    """What the queues' names begin with. Embedded ones are unique to the instance: kombu's memory transport is shared by a whole
    process.
    """
    return f"reveille-{uuid.uuid4().hex[:12]}" if queue == "embedded" else "reveille"


def application(queue: str, prefix: str, own: str = "", **transport: Any) -> Celery:
    """A Celery app. Each lane and each bell has its own: which queues a worker consumes is a matter of its whole app.
    `own` is a queue of this process alone, which goes with it; `transport` are options of kombu's transport beside the usual ones.
    """
    embedded = queue == "embedded"
    queues = [_queue(prefix, name, queue) for name in (*QUEUES, CANARY)]
    app = Celery("reveille", broker="memory://localhost" if embedded else queue, set_as_current=False)
    app.conf.update(
        task_queues=[*queues, _own_queue(f"{prefix}.{own}")] if own else queues,
        task_default_queue=f"{prefix}.{DELIVER}",
        task_default_exchange=prefix,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        broker_connection_timeout=5,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={**_transport(queue), **transport},
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_prefetch_multiplier=0 if embedded else 1,
        worker_cancel_long_running_tasks_on_connection_loss=True,  # of those that acknowledge late: none; it warns otherwise
        worker_enable_remote_control=False,
        worker_send_task_events=False,
    )
    return app


def _queue(prefix: str, name: str, broker: str) -> Queue:
    full = f"{prefix}.{name}"
    arguments = {"x-queue-type": "quorum"} if broker.startswith("amqp") else None
    return Queue(full, routing_key=full, queue_arguments=arguments)  # type: ignore[no-untyped-call]


def _own_queue(full: str) -> Queue:
    """Forgotten by the broker once nobody has consumed it for a while, however its process ended."""
    return Queue(full, routing_key=full, expires=OWN_KEPT)  # type: ignore[no-untyped-call]


def queue_answers(queue: str) -> None:
    """Raises whatever the broker's client raises where it does not."""
    if queue == "embedded":
        return
    options = _transport(queue)
    with Connection(queue, connect_timeout=2, transport_options=options) as on:  # type: ignore[no-untyped-call]
        on.ensure_connection(max_retries=1, interval_start=0, timeout=2)
        on.default_channel.close()  # Redis is spoken to only now


def _transport(queue: str) -> dict[str, Any]:
    if queue == "embedded":
        return {"polling_interval": 0.05}
    if queue.startswith("amqp"):
        return {"confirm_publish": True}
    # Told once, a message has done its duty; what Redis keeps of those under way is of no further use.
    return {"visibility_timeout": 3600, "unacked_restore_throttle": 1, "socket_connect_timeout": 5, "socket_timeout": 15}
