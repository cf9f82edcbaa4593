"""What a hundred connected accounts hold that idle: a process with the listener's imports in which each has been read to its end, and its
doorbell, where it has one, listens. `python -m tests.bench.bench_accounts [KIND …]`; with what to connect to, it is such a process.

Other ends are Dovecot and the tests' fakes, in another process. TLS is not in it: its context is shared, and each connection of OpenSSL's
takes some 50 kB more.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

from service.domain.sync import Hearing
from service.errors import Unavailable
from service.settings.section import SourceSettings
from tests.bench.figures import Figure, report

ACCOUNTS, MOST = 100, 150  # MB
MB = 1e6
IDLE = "--idle"
PATIENCE = 120.0  # seconds
SETTLED, TOGETHER, TRIES = 2.0, 20, 10


def main(*kinds: str) -> None:
    for kind in kinds or SERVERS:
        serve = SERVERS[kind]
        with serve() as given:
            held = [_held(kind, count, given) for count in (0, 1, ACCOUNTS)]
        none, one, many = (found["rss"] / MB for found in held)
        name = f"{ACCOUNTS} idle {kind} accounts" + (", all listened at" if held[2]["bells"] else "")
        report(
            Figure(name, many, None, "MB", f"< {MOST} MB in one process", many < MOST),
            Figure("  of that the first, with its library", one - none, None, "MB"),
            Figure("  each further one", (many - one) / (ACCOUNTS - 1), None, "MB", f"{held[2]['threads']} threads in all"),
        )


def _held(kind: str, count: int, given: Mapping[str, Any]) -> Mapping[str, int]:
    command = [sys.executable, "-m", "tests.bench.bench_accounts", IDLE, kind, str(count), json.dumps(given)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE * 2, check=False)
    if done.returncode:
        raise SystemExit(f"{kind} did not come to rest:\n{done.stderr[-2000:]}")
    found: Mapping[str, int] = json.loads(done.stdout.splitlines()[-1])
    return found


# --- the process that is measured ---------------------------------------------------------------------------------------------


def idle(kind: str, count: int, given: Mapping[str, Any]) -> None:
    import service.cli
    import service.scaled  # noqa: F401  what a listener holds
    from service.settings.kinds import installed

    os.environ |= given["env"]
    made: type[SourceSettings] = installed().sources.settings(kind)  # type: ignore[assignment]

    def connected(number: int) -> Any:
        settings = made.model_validate({"kind": kind, **given["settings"](number)})
        source = settings.connect(_surroundings(kind, given))
        for _ in range(TRIES):
            with suppress(Unavailable):  # a fake's queue of connections is short
                deque(source.pages(None, {}), maxlen=0)
                return source
        raise SystemExit(f"{kind} can't be read")

    with ThreadPoolExecutor(TOGETHER) as threads:  # each account has its vendor's pace
        sources = list(threads.map(connected, range(count)))
    bells = [bell for source in sources if made.rings and (bell := source.doorbell(lambda: None))]
    for bell in bells:
        bell.start()
    end = time.monotonic() + PATIENCE
    while any(bell.hearing is not Hearing.LISTENING for bell in bells):
        if time.monotonic() > end:
            raise SystemExit(f"not all listen: {[bell.said for bell in bells if bell.said][:1]}")
        time.sleep(0.1)
    time.sleep(SETTLED)
    me = psutil.Process()
    print(json.dumps({"rss": me.memory_info().rss, "threads": me.num_threads(), "bells": len(bells)}), flush=True)
    os._exit(0)  # the doorbells need not be told


def _surroundings(kind: str, given: Mapping[str, Any]) -> Any:
    from service.calendar.reader import InlineCalendarReader
    from service.domain.credentials import Credential
    from service.mail.reader import InlineMailReader
    from service.ports import OneCredential, Surroundings
    from tests.builders import NOON, a_person

    at = Surroundings(a_person(), kind, Path("/"), InlineMailReader(), InlineCalendarReader(), lambda: NOON)
    if "credential" not in given:
        return at
    name, login, secrets, about = given["credential"]
    return replace(at, credentials=OneCredential(name, Credential(name, login, (), secrets, about)))


# --- the other ends -----------------------------------------------------------------------------------------------------------


@contextmanager
def _imap() -> Iterator[dict[str, Any]]:
    from tests.services.dovecot import Dovecot

    with Dovecot() as server:
        users = [server.new_user() for _ in range(ACCOUNTS)]
        env = {f"PASSWORD_{number}": user.password for number, user in enumerate(users)}
        plain = {"host": "127.0.0.1", "port": server.port, "tls": "none"}
        each = [{**plain, "user": user.name, "password": {"env": f"PASSWORD_{n}"}} for n, user in enumerate(users)]
        yield {"env": env, "each": each}


@contextmanager
def _gmail() -> Iterator[dict[str, Any]]:
    from tests.live.fakes.google import Google
    from tests.live.google_world import a_letter

    with Google() as google:
        google.mail.put(a_letter(1))
        token, _ = google.oauth.grant("gmail.readonly")
        yield {
            "env": {},
            "each": [{"endpoint": google.url}] * ACCOUNTS,
            "credential": ("google", "mara@keller.example", {"access_token": token}, {}),
        }


@contextmanager
def _outlook() -> Iterator[dict[str, Any]]:
    from tests.live.fakes.graph import FakeGraph
    from tests.live.microsoft_world import SCOPES, TOKEN

    with FakeGraph() as graph:
        graph.tokens[TOKEN] = SCOPES
        about = {"client_id": "c-1", "authority": "https://127.0.0.1:9/common", "graph": graph.base}
        credential = ("microsoft", "mara@keller.example", {"access_token": TOKEN}, about)
        yield {"env": {}, "each": [{}] * ACCOUNTS, "credential": credential}


@contextmanager
def _caldav() -> Iterator[dict[str, Any]]:
    from tests.services import radicale

    with radicale.Radicale() as server:
        server.make("work", radicale.CALENDAR)
        settings = {"url": server.url, "user": radicale.USER, "password": {"env": "DAV_PASSWORD"}}
        yield {"env": {"DAV_PASSWORD": radicale.PASSWORD}, "each": [settings] * ACCOUNTS}


@contextmanager
def _hubspot() -> Iterator[dict[str, Any]]:
    from tests.live.fakes.hubspot import Fake

    with Fake() as fake:
        fake.account.add("contacts", firstname="Dana", lastname="Weiss", email="dana@atlas.example")
        settings = {"base_url": f"http://127.0.0.1:{fake.port}", "token": {"env": "HUBSPOT_TOKEN"}}
        yield {"env": {"HUBSPOT_TOKEN": fake.account.token}, "each": [settings] * ACCOUNTS}


@contextmanager
def _slack() -> Iterator[dict[str, Any]]:
    from tests.live.fakes.slack import FakeSlack
    from tests.live.slack_world import USER, a_workspace

    with FakeSlack() as slack:
        a_workspace(slack, rooms=5)
        settings = {"base_url": f"http://127.0.0.1:{slack.port}/api/", "token": {"env": "SLACK_TOKEN"}}
        yield {"env": {"SLACK_TOKEN": USER}, "each": [settings] * ACCOUNTS}


SERVERS: Mapping[str, Callable[[], Any]] = {
    "imap": _imap,
    "gmail": _gmail,
    "outlook": _outlook,
    "caldav": _caldav,
    "hubspot": _hubspot,
    "slack": _slack,
}


if __name__ == "__main__":
    if sys.argv[1:2] == [IDLE]:
        told = json.loads(sys.argv[4])
        idle(sys.argv[2], int(sys.argv[3]), {**told, "settings": lambda number: told["each"][number]})
    else:
        main(*sys.argv[1:])
