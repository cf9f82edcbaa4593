"""Task queues that we are measured beside: `python -m tests.bench.queue_peers KIND URL` is one worker process of each."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

KINDS = ("celery", "rq", "procrastinate")


def noop(n: int = 0) -> None:
    """The whole task."""


def celery_app(url: str) -> Any:
    from celery import Celery

    app = Celery("bench_peers", broker=url)
    app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=64, worker_hijack_root_logger=False)
    app.task(name="noop")(noop)
    return app


def procrastinate_app(url: str, *, sync: bool) -> Any:
    import procrastinate

    connector = procrastinate.SyncPsycopgConnector(conninfo=url) if sync else procrastinate.PsycopgConnector(conninfo=url)
    app = procrastinate.App(connector=connector)

    @app.task(name="noop")
    async def task(n: int) -> None:
        noop(n)

    return app


@contextmanager
def filled(kind: str, url: str, number: int) -> Iterator[Callable[[], int]]:
    """A queue with so many tasks in it. Gives a function: how many are still there."""
    if kind == "celery":
        import redis

        app = celery_app(url)
        with app.connection_for_write() as connection:
            producer = app.amqp.Producer(connection, auto_declare=True)
            for n in range(number):
                app.send_task("noop", (n,), producer=producer)
        there = redis.Redis.from_url(url)
        yield lambda: int(there.llen("celery")) + int(there.hlen("unacked"))
    elif kind == "rq":
        import redis
        import rq

        there = redis.Redis.from_url(url)
        queue = rq.Queue(connection=there)
        jobs = [rq.Queue.prepare_data(noop, args=(n,), result_ttl=0) for n in range(number)]
        queue.enqueue_many(jobs)
        yield lambda: queue.count + queue.started_job_registry.count
    else:
        import psycopg

        app = procrastinate_app(url, sync=True)
        with app.open():
            app.schema_manager.apply_schema()
            task = app.tasks["noop"]
            for start in range(0, number, 1000):
                task.batch_defer(*[{"n": n} for n in range(start, min(start + 1000, number))])
            with psycopg.connect(url, autocommit=True) as on:

                def left() -> int:
                    row = on.execute("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')").fetchone()
                    assert row is not None
                    return int(row[0])

                yield left


def work(kind: str, url: str) -> None:
    if kind == "celery":
        celery_app(url).worker_main(
            ["worker", "-P", "solo", "-l", "ERROR", "--without-gossip", "--without-mingle", "--without-heartbeat"]
        )
    elif kind == "rq":
        import redis
        import rq

        rq.SimpleWorker(["default"], connection=redis.Redis.from_url(url)).work(logging_level="ERROR")
    else:

        async def run() -> None:
            app = procrastinate_app(url, sync=False)
            async with app.open_async():
                await app.run_worker_async(concurrency=10, install_signal_handlers=False, delete_jobs="always")

        asyncio.run(run())


if __name__ == "__main__":
    work(*sys.argv[1:])
