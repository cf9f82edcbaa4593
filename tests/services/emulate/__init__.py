"""Vercel's `emulate`: Google, Slack and Microsoft's sign-in as their own SDKs see them (https://emulate.dev). Kept in memory.

It wants Node 24, which few systems have: both come from npm into a cache folder, as package-lock.json pins them, and no script of a
package runs. The first start takes as long as some 60 MB take to come; any other about a second.

What it lacks: of Slack, search, Socket Mode, users.conversations, `oldest` and `latest`, and 429; of Google Calendar,
recurrence and sync tokens. An unknown token is taken for its administrator's,
and each is answered 5,000 times an hour.
"""

from __future__ import annotations

import fcntl
import hashlib
import http.client
import json
import os
import platform
import random
import re
import shutil
import socket
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar

from tests.services.process import Absent, Server

HERE = Path(__file__).parent
NODE = 24
"""The oldest that runs it."""
ALL = ("google", "slack", "microsoft")


class Emulate(Server):
    """`with Emulate(seed={"slack": {…}}) as emulate: … emulate.url_of("slack")`. Each service has a port of its own."""

    name: ClassVar[str] = "emulate"

    def __init__(self, services: Sequence[str] = ALL, seed: Mapping[str, Any] | None = None) -> None:
        self.services = tuple(services)
        super().__init__()
        self.port = _free_ports(len(self.services))
        (self.folder / "seed.yaml").write_text(json.dumps(seed or {}), encoding="utf-8")  # JSON is YAML too

    def find(self) -> str:
        """Its command line's script. Raises Absent."""
        self.node, script = _installed()
        return script

    def command(self) -> list[str]:
        where = ["--port", str(self.port), "--seed", "seed.yaml"]
        return [self.node, self.executable, "start", "--service", ",".join(self.services), *where]

    def answers(self) -> bool:
        return all(self._ask(self.port_of(service)) for service in self.services)

    def port_of(self, service: str) -> int:
        """One after the other, in the order in which they were asked for."""
        return self.port + self.services.index(service)

    def url_of(self, service: str) -> str:
        return f"http://localhost:{self.port_of(service)}"

    @property
    def url(self) -> str:
        """Of the first of its services."""
        return self.url_of(self.services[0])

    def _ask(self, port: int) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status < 500
        finally:
            connection.close()


def _installed() -> tuple[str, str]:
    """Node and the script, fetched once for all runs of this version. Raises Absent where npm is missing or can't fetch."""
    wanted = [(HERE / name).read_bytes() for name in ("package.json", "package-lock.json")]
    kept = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "reveille-tests"
    folder = kept / f"emulate-{hashlib.sha256(b''.join(wanted)).hexdigest()[:12]}"
    kept.mkdir(parents=True, exist_ok=True)
    with (kept / "lock").open("w") as lock:  # parallel test processes want it at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            _fetch(folder)
    return _node(folder), str(folder / "node_modules" / "emulate" / "dist" / "index.js")


def _fetch(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise Absent("npm is not installed: 'apt install --no-install-recommends npm', or your system's equivalent.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    done = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode:
        raise Absent(f"npm can't fetch emulate and Node {NODE}: {done.stderr.strip()[-500:]}")
    (folder / "done").touch()


def _node(folder: Path) -> str:
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    fetched = folder / "node_modules" / f"node-{platform.system().lower()}-{machine}" / "bin" / "node"
    if fetched.exists():
        fetched.chmod(0o755)
        return str(fetched)
    node = shutil.which("node")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout if node else ""
    found = re.match(r"v(\d+)\.", version)
    if node is None or found is None or int(found[1]) < NODE:
        raise Absent(f"Node {NODE} is not installed: get it from https://nodejs.org, as no package of npm fits this machine.")
    return node


def _free_ports(count: int) -> int:
    """The first of so many in a row; below those that the system gives to clients."""
    while True:
        first = random.randrange(15_000, 32_000)
        with ExitStack() as probes:
            try:
                for port in range(first, first + count):
                    probes.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
            return first
