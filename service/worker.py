"""Where jobs run: Celery carries ids, the ledger decides. In process on an embedded broker, or beside Redis or RabbitMQ."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterable
from threading import Event, Thread

from celery import Celery
from celery.worker import WorkController

from service.errors import ReveilleError
from service.logs import logger
from service.runner import Runner
from service.store.ledger import Ledger

log = logger("worker")
TASK = "reveille.occurrence"
CONCURRENCY = 4
READY_WITHIN = 10.0  # seconds
POLL = 5.0  # seconds: a dead queue only slows things


def application(queue: str) -> tuple[Celery, str]:
    """A Celery app and the name of its queue. Embedded queue names are unique to the instance: kombu's memory transport is
    shared by a whole process.
    """
    embedded = queue == "embedded"
    name = f"reveille-{uuid.uuid4().hex[:12]}" if embedded else "reveille"
    app = Celery("reveille", broker="memory://localhost" if embedded else queue, set_as_current=False)
    app.conf.update(
        task_default_queue=name,
        task_ignore_result=True,
        task_acks_late=True,
        task_serializer="json",
        accept_content=["json"],
        broker_connection_retry_on_startup=True,
        broker_transport_options={"polling_interval": 0.05}
        if embedded
        else {"visibility_timeout": 3600, "unacked_restore_throttle": 1},
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_prefetch_multiplier=0 if embedded else 1,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
    )
    return app, name


class CeleryBell:
    """`ports.Bell` over Celery."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def ring(self, occurrences: Iterable[str]) -> None:
        for id in occurrences:
            self._app.send_task(TASK, args=[id])


def register(app: Celery, runner: Runner) -> None:
    # Shared tasks, Celery's default, would go on calling the first runner of this process after the config was edited.
    @app.task(name=TASK, shared=False)  # type: ignore[untyped-decorator]
    def occurrence(id: str) -> None:
        work(runner, id)


def work(runner: Runner, id: str) -> str:
    """The worker's edge: whatever a job throws ends here, named in the log and in the ledger. Returns it in words."""
    try:
        runner.run(id)
    except ReveilleError as error:
        log.warning("left for later", occurrence=id, error=str(error))
        return str(error)
    except Exception as error:
        log.exception("unexpected", occurrence=id)
        with contextlib.suppress(ReveilleError):  # the database may be what failed; the lease runs out, and the sweep rings
            runner.crashed(id, error)
        return f"{type(error).__name__}: {error}"
    return ""


class EmbeddedWorker:
    """Celery's worker in a thread of this process, on threads. `stop` finishes what runs."""

    def __init__(self, app: Celery, runner: Runner, ledger: Ledger) -> None:
        self._app, self._runner, self._ledger = app, runner, ledger
        self._worker: WorkController | None = None
        self._ready, self._stopped = Event(), Event()
        self._threads: list[Thread] = []

    def start(self) -> None:
        register(self._app, self._runner)
        self._app.finalize()
        self._app.set_default()  # the pool's threads look tasks up in the default app
        self._worker = self._app.WorkController(
            pool="threads",
            concurrency=CONCURRENCY,
            loglevel="WARNING",
            quiet=True,
            ready_callback=lambda _consumer: self._ready.set(),
        )
        self._threads = [
            Thread(target=self._worker.start, name="worker", daemon=True),
            Thread(target=self._poll, name="poll", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._worker is not None:
            # Stopped while it still starts, Celery falls over its own half-made connection.
            self._ready.wait(READY_WITHIN)
            self._worker.stop()
        for thread in self._threads:
            thread.join(timeout=30)

    def _poll(self) -> None:
        """Looks by itself at a low rate for what no ring has reached."""
        while not self._stopped.wait(POLL):
            try:
                waiting = self._ledger.waiting(self._runner.clock(), limit=20)
            except ReveilleError as error:
                log.warning("ledger unreachable", error=str(error))
                continue
            for id in waiting:
                if self._stopped.is_set():
                    return
                work(self._runner, id)
