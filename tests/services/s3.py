"""S3 as moto plays it, kept in memory: started again it is empty."""

from __future__ import annotations

import http.client
import importlib.util
import itertools
import sys

from tests.services.process import Absent, Server


class S3(Server):
    name = "s3"

    def __init__(self) -> None:
        super().__init__()
        self._count = itertools.count(1)

    def find(self) -> str:
        if importlib.util.find_spec("moto") is None or importlib.util.find_spec("flask_cors") is None:
            raise Absent("moto's server is not installed: 'pip install moto[s3] flask flask-cors' ('make install-dev' does).")
        return sys.executable

    def command(self) -> list[str]:
        return [
            self.executable,
            "-W",
            "ignore",
            "-c",
            "from moto.server import main; main()",
            "-H",
            "127.0.0.1",
            "-p",
            str(self.port),
        ]

    def answers(self) -> bool:
        return self._ask("GET", "/", within=1) == 200

    @property
    def url(self) -> str:
        """The endpoint: a client asks for buckets by path."""
        return f"http://127.0.0.1:{self.port}"

    def credentials(self) -> dict[str, str]:
        """What a client finds in its environment."""
        return {"AWS_ACCESS_KEY_ID": "tester", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "eu-central-2"}

    def new_bucket(self) -> str:
        """Its name."""
        name = f"bucket-{next(self._count)}"
        status = self._ask("PUT", f"/{name}")
        assert status == 200, f"moto answered {status} when asked for a bucket"
        return name

    def _ask(self, method: str, path: str, within: float = 10) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=within)
        try:
            connection.request(method, path)
            return connection.getresponse().status
        finally:
            connection.close()
