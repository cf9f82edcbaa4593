"""The queues, and the Celery apps that send to them and take from them."""

from __future__ import annotations

import uuid
from typing import Any

from celery import Celery
from kombu.entity import Queue

from jobs import JOBS
from service.domain.ledger import ALONE, DELIVER

TASK = "reveille.occurrences"
SLOW = frozenset({"morning"})
"""What speaks: never before an alert."""
QUEUES = (DELIVER, *(job for job in JOBS if job not in SLOW), *(job for job in JOBS if job in SLOW), ALONE)


def prefixed(queue: str) -> str:
    """What the queues' names begin with. Embedded ones are unique to the instance: kombu's memory transport is shared by a whole
    process.
    """
    return f"reveille-{uuid.uuid4().hex[:12]}" if queue == "embedded" else "reveille"


def application(queue: str, prefix: str, **transport: Any) -> Celery:
    """A Celery app. Each lane and each bell has its own: which queues a worker consumes is a matter of its whole app.
    `transport` are options of kombu's transport beside the usual ones.
    """
    embedded = queue == "embedded"
    app = Celery("reveille", broker="memory://localhost" if embedded else queue, set_as_current=False)
    app.conf.update(
        task_queues=[_queue(prefix, name, queue) for name in QUEUES],
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
        worker_enable_remote_control=False,
        worker_send_task_events=False,
    )
    return app


def _queue(prefix: str, name: str, broker: str) -> Queue:
    full = f"{prefix}.{name}"
    arguments = {"x-queue-type": "quorum"} if broker.startswith("amqp") else None
    return Queue(full, routing_key=full, queue_arguments=arguments)  # type: ignore[no-untyped-call]


def _transport(queue: str) -> dict[str, Any]:
    if queue == "embedded":
        return {"polling_interval": 0.05}
    if queue.startswith("amqp"):
        return {"confirm_publish": True}
    # Told once, a message has done its duty; what Redis keeps of those under way is of no further use.
    return {"visibility_timeout": 3600, "unacked_restore_throttle": 1, "socket_connect_timeout": 5, "socket_timeout": 15}
