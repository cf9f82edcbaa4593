"""Makes the secrets of deploy/compose.yaml: `python3 deploy/make_secrets.py [--queue rabbitmq] [FOLDER]`. Needs nothing installed.

Never overwrites: a second run adds what is missing and leaves the rest, so that a key can't be lost by accident.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

# The users inside the images: a secret is readable by one of them alone.
SERVICE, DATABASE, BROKER, GRAFANA = 10001, 999, 999, 472


def wanted(queue: str, read: Callable[[str], str]) -> dict[str, tuple[int, Callable[[], str]]]:
    """By file name: whose it is and what it holds. `read` gives what another file holds."""

    def url() -> str:
        return "amqp://reveille:{}@rabbitmq:5672//" if queue == "rabbitmq" else "redis://:{}@redis:6379/0"

    return {
        "postgres_password": (DATABASE, _random),
        "database_password": (DATABASE, _random),
        "broker_password": (BROKER, _random),
        "redis.acl": (BROKER, lambda: f"user default on >{read('broker_password')} ~* &* +@all -@admin -flushall -flushdb\n"),
        "rabbitmq.conf": (
            BROKER,
            lambda: f"default_user = reveille\ndefault_pass = {read('broker_password')}\nloopback_users = none\n",
        ),
        "grafana_password": (GRAFANA, _random),
        "key": (SERVICE, _random),
        "server.yaml": (
            SERVICE,
            lambda: (
                f"database: postgresql://reveille:{read('database_password')}@postgres:5432/reveille\n"
                f"queue: {url().format(read('broker_password'))}\n"
            ),
        ),
    }


def make(folder: Path, queue: str) -> list[Path]:
    """The files that were missing and are there now, mode 400."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    for name, (owner, text) in wanted(queue, lambda name: (folder / name).read_text(encoding="utf-8").strip()).items():
        file = folder / name
        if file.exists():
            continue
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w", encoding="utf-8") as on:
            on.write(text())
        if os.geteuid() == 0:
            os.chown(file, owner, owner)
        made.append(file)
    return made


def _random() -> str:
    return secrets.token_urlsafe(32)


def main() -> None:
    options = argparse.ArgumentParser(description="Makes the secrets of deploy/compose.yaml.")
    options.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent / "secrets")
    options.add_argument("--queue", choices=["redis", "rabbitmq"], default="redis")
    given = options.parse_args()
    for file in make(given.folder, given.queue):
        print(f"made {file}")
    if os.geteuid() != 0:
        print(
            f"The images run as users {SERVICE} and {DATABASE}; give them their files: run this as root, or chown them yourself.",
            file=sys.stderr,
        )


if __name__ == "__main__":
    main()
