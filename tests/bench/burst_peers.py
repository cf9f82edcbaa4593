"""Schedulers one would take instead, in their own interpreter: prints how many due entries a second were dispatched and stored.

`python burst_peers.py apscheduler|redbeat|beat URL COUNT PERCENT`; half of the entries every five minutes, half daily, in eight zones.
APScheduler runs a function that does nothing; the others send a Celery message for each entry. Filling is not counted.
"""

from __future__ import annotations

import pickle
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from threading import Lock
from zoneinfo import ZoneInfo

ZONES = (
    "Europe/Zurich",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "America/Sao_Paulo",
    "Asia/Tokyo",
    "Europe/London",
    "America/Los_Angeles",
)
CRON = ("0 7 * * *", "*/5 * * * *")
LONGEST = 60  # seconds
ran, lock = 0, Lock()


def nothing(_: int) -> None:
    global ran  # noqa: PLW0603 - a job is found by its module and name
    with lock:
        ran += 1


def apscheduler(url: str, count: int, step: int) -> float:
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.job import Job
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.background import BackgroundScheduler
    from apscheduler.triggers.cron import CronTrigger
    from sqlalchemy import text

    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(url.replace("postgresql://", "postgresql+psycopg://"))},
        executors={"default": ThreadPoolExecutor(10)},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 10},
    )
    scheduler.start(paused=True)
    store, now = scheduler._jobstores["default"], datetime.now(UTC)
    triggers = [CronTrigger.from_crontab(CRON[n % 2], ZoneInfo(ZONES[n])) for n in range(8)]
    rows = []
    for n in range(count):
        job = Job(
            scheduler,
            id=f"a{n}",
            func=f"{__name__}:nothing",
            trigger=triggers[n % 8],
            executor="default",
            args=(n,),
            kwargs={},
            name="nothing",
            misfire_grace_time=None,
            coalesce=True,
            max_instances=10,
            next_run_time=now - timedelta(seconds=1) if n // 2 % step == 0 else now + timedelta(hours=6),
        )
        state = pickle.dumps(job.__getstate__(), pickle.HIGHEST_PROTOCOL)
        rows.append({"id": job.id, "next_run_time": job.next_run_time.timestamp(), "job_state": state})
    with store.engine.begin() as on:
        on.execute(store.jobs_t.insert(), rows)
    due, began = sum(n // 2 % step == 0 for n in range(count)), time.perf_counter()
    scheduler.resume()
    left = text("SELECT count(*) FROM apscheduler_jobs WHERE next_run_time <= :now")
    while time.perf_counter() - began < LONGEST:
        time.sleep(0.01)
        if ran >= due:
            with store.engine.connect() as on:
                if not on.execute(left, {"now": now.timestamp()}).scalar():
                    break
    rate = ran / (time.perf_counter() - began)
    scheduler.shutdown(wait=False)
    return rate


def redbeat(url: str, count: int, step: int) -> float:
    from celery.schedules import crontab
    from redbeat import RedBeatSchedulerEntry
    from redbeat.schedulers import RedBeatScheduler

    app = _app(url)
    app.conf.redbeat_redis_url = url
    now = app.now()
    for n in range(count):
        entry = RedBeatSchedulerEntry(f"e{n}", "nothing", crontab.from_string(CRON[n % 2]), args=[n], app=app)
        entry.last_run_at = now - timedelta(days=4) if n // 2 % step == 0 else now
        entry.save()
    scheduler = RedBeatScheduler(app, lazy=False)
    scheduler.lock_key = None
    return _ticked(scheduler, url, sum(n // 2 % step == 0 for n in range(count)))


def beat(url: str, count: int, step: int) -> float:
    from celery.beat import PersistentScheduler
    from celery.schedules import crontab

    app = _app(url)
    app.conf.beat_schedule = {
        f"e{n}": {"task": "nothing", "schedule": crontab.from_string(CRON[n % 2]), "args": (n,)} for n in range(count)
    }
    with tempfile.TemporaryDirectory() as folder:
        scheduler = PersistentScheduler(app, schedule_filename=f"{folder}/beat")
        now = app.now()
        for n, entry in enumerate(scheduler.schedule.values()):
            entry.last_run_at = now - timedelta(days=4) if n // 2 % step == 0 else now
        rate = _ticked(scheduler, url, sum(n // 2 % step == 0 for n in range(count)))
        scheduler.close()
    return rate


def _app(url: str):
    from celery import Celery

    app = Celery("peer", broker=url)
    app.conf.update(timezone="UTC", task_ignore_result=True)
    return app


def _ticked(scheduler, url: str, due: int) -> float:
    import redis

    client, sent, began = redis.Redis.from_url(url), 0, time.perf_counter()
    while sent < due and time.perf_counter() - began < LONGEST:
        scheduler.tick()
        sent = client.llen("celery")
    return sent / (time.perf_counter() - began)


if __name__ == "__main__":
    what, url, count, percent = sys.argv[1:]
    sys.modules.setdefault("burst_peers", sys.modules["__main__"])
    print({"apscheduler": apscheduler, "redbeat": redbeat, "beat": beat}[what](url, int(count), 100 // int(percent)))
