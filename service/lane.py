"""Some queues and the threads of one process that serve them: Celery's worker, on a loop that never sleeps over a free thread."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Sequence
from threading import Event, Thread
from typing import Any

from celery import Celery
from celery.bootsteps import RUN
from celery.worker import WorkController, state
from celery.worker.consumer import Consumer

from service.logs import logger
from service.queues import TASK

log = logger("lane")
LONGEST_LOOK = 2.0  # seconds after which the loop looks whether it is to end
TRIED_AGAIN = {"interval_start": 1, "interval_step": 1, "interval_max": 5}
"""Seconds between two tries to reach the queue. Celery's own grow to half a minute, which work would wait for after an outage."""


class LaneConsumer(Consumer):  # type: ignore[misc]
    """Celery's own loop for pools of threads waits for the broker up to two seconds while all the messages that it may hold are
    held, and so does not see that a thread has become free: short jobs then run at two messages a second. This one waits for that.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._freed = Event()
        super().__init__(*args, **kwargs)

    def ensure_connected(self, conn: Any) -> Any:
        def said(error: BaseException, seconds: float) -> None:
            log.warning("queue unreachable", error=str(error) or type(error).__name__, tried_again_in=seconds)

        return conn.ensure_connection(said, None, callback=state.maybe_shutdown, **TRIED_AGAIN)

    def call_soon_ack(self, p: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Called by a thread that begins with a message: the broker may give another."""
        try:
            return super().call_soon_ack(p, *args, **kwargs)
        finally:
            self._freed.set()

    def loop(self, _: Any, connection: Any, consumer: Any, blueprint: Any, _hub: Any, qos: Any, *_more: Any) -> None:
        consumer.on_message = self.create_task_handler()
        consumer.consume()
        self.on_ready()
        while blueprint.state == RUN and self.connection:
            state.maybe_shutdown()
            if qos.prev != qos.value:
                qos.update()
            self.perform_pending_operations()
            self._freed.clear()
            if not _has_room(consumer.channel):
                self._freed.wait(LONGEST_LOOK)
                continue
            try:
                connection.drain_events(timeout=LONGEST_LOOK)
            except TimeoutError:
                pass
            except OSError:
                if blueprint.state == RUN:
                    raise


def _has_room(channel: Any) -> bool:
    """Where the broker itself counts what is held, it sends the next one as soon as it may."""
    counted = getattr(channel, "qos", None)
    return counted is None or counted.can_consume()


class Lane:
    """Some queues and their own threads, in this process: what waits in one lane never waits for another."""

    def __init__(
        self, app: Celery, prefix: str, name: str, queues: Sequence[str], concurrency: int, work: Callable[[str, list[str]], None]
    ) -> None:
        self._app, self._name, self._concurrency = app, name, concurrency
        self._queues = [f"{prefix}.{queue}" for queue in queues]
        self._ready = Event()
        self._worker: WorkController | None = None
        self._thread: Thread | None = None

        # Shared tasks, Celery's default, would go on calling the first runner of this process after the config was edited.
        @app.task(name=TASK, shared=False)  # type: ignore[untyped-decorator]
        def occurrences(queue: str, ids: list[str]) -> None:
            work(queue, ids)

    def start(self) -> None:
        self._app.finalize()
        self._app.set_default()  # the pool's threads look tasks up in the default app, and every lane's has the same ones
        self._worker = self._app.WorkController(
            hostname=f"{self._name}-{os.getpid()}-{uuid.uuid4().hex[:6]}",
            queues=self._queues,
            pool="threads",
            concurrency=self._concurrency,
            loglevel="WARNING",
            quiet=True,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            # Kombu has one event loop a process, which two lanes would both run: each then reads the other's answers.
            use_eventloop=False,
            consumer_cls=LaneConsumer,
            ready_callback=lambda _consumer: self._ready.set(),
        )
        self._thread = Thread(target=self._worker.start, name=f"lane {self._name}", daemon=True)
        self._thread.start()

    def revive(self) -> None:
        """Celery gives up on errors that it doesn't know. Nobody else would notice that this lane is served no more."""
        if self._thread is not None and not self._thread.is_alive():
            log.error("lane ended, started anew", lane=self._name)
            self._ready.clear()
            self.start()

    @property
    def ready(self) -> bool:
        return self._ready.is_set() and self._thread is not None and self._thread.is_alive()

    def join(self) -> None:
        """Waits until it has ended; whoever asked for that set `celery.worker.state.should_stop`."""
        if self._thread is not None:
            self._thread.join()
