"""Radicale, a CalDAV and CardDAV server, with a storage folder that a test may write into: it looks at its files for every request."""

from __future__ import annotations

import base64
import http.client
import importlib.util
import json
import shutil
import sys
from pathlib import Path

from tests.services.process import Absent, Server

USER, PASSWORD = "mara", "correct horse battery"
WITHOUT_WAITING_FOR_THE_DISK = "import os; os.fsync = lambda _: None; from radicale.__main__ import run; run()"
CALENDAR, BOOK = "VCALENDAR", "VADDRESSBOOK"


class Radicale(Server):
    name = "radicale"

    def find(self) -> str:
        if importlib.util.find_spec("radicale") is None:
            raise Absent("Radicale is not installed: 'pip install radicale' ('make install-dev' does).")
        return sys.executable

    def start(self) -> None:
        settings = {
            "server": {"hosts": f"127.0.0.1:{self.port}", "timeout": 120},
            "auth": {
                "type": "htpasswd",
                "htpasswd_filename": self.folder / "users",
                "htpasswd_encryption": "plain",
                "delay": 0,
                "cache_logins": False,
            },
            "storage": {"filesystem_folder": self.folder / "storage"},
            "logging": {"level": "warning"},
        }
        text = "".join(f"[{part}]\n" + "".join(f"{k} = {v}\n" for k, v in said.items()) for part, said in settings.items())
        (self.folder / "config").write_text(text)
        self.allow(PASSWORD)
        super().start()

    def command(self) -> list[str]:
        return [self.executable, "-c", WITHOUT_WAITING_FOR_THE_DISK, "--config", str(self.folder / "config")]

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("OPTIONS", "/")
            return connection.getresponse().status in {200, 401}
        finally:
            connection.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    # what a test does to it

    def allow(self, password: str) -> None:
        (self.folder / "users").write_text(f"{USER}:{password}\n")

    def empty(self) -> None:
        shutil.rmtree(self.storage, ignore_errors=True)
        self.allow(PASSWORD)

    @property
    def storage(self) -> Path:
        return self.folder / "storage" / "collection-root" / USER

    def make(self, name: str, kind: str, displayname: str = "") -> Path:
        """An empty collection; its objects are files in it."""
        folder = self.storage / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".Radicale.props").write_text(json.dumps({"tag": kind, "D:displayname": displayname or name.title()}))
        return folder

    def look(self, name: str) -> None:
        """Has it read a collection for the first time, which takes it long: afterwards it answers in time on any machine."""
        login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        try:
            connection.request("PROPFIND", f"/{USER}/{name}/", headers={"Depth": "1", "Authorization": f"Basic {login}"})
            assert connection.getresponse().status == 207
        finally:
            connection.close()

    def forget_tokens(self) -> None:
        """As after a long time, or when its caches were cleared away."""
        for folder in self.storage.glob("*/.Radicale.cache/sync-token"):
            shutil.rmtree(folder)
