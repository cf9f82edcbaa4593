"""RabbitMQ with its own node name, cookie, data and port mapper, so that it meets no other on the machine."""

from __future__ import annotations

import base64
import itertools
import json
import subprocess
import urllib.request
from typing import Any
from urllib.parse import quote

from tests.services.process import Server, dies_with_us, free_port, program

PACKAGE = "rabbitmq-server"
# The wrapper on Debian's path changes the user; the script that it calls runs as anybody.
SCRIPTS = "/usr/lib/rabbitmq/bin"


class Rabbit(Server):
    """What is durable outlives `stop`, and `kill` but for quorum queues declared within the last second: they stay without a leader.

    Queues are told apart by virtual host, one a test.
    """

    name = "rabbitmq"

    def __init__(self) -> None:
        super().__init__()
        self.mapper = program("epmd", PACKAGE)
        self.mapper_port, self.node_port, self.management_port = free_port(), free_port(), free_port()
        self._mapping: subprocess.Popen[bytes] | None = None
        self._count = itertools.count(1)

    def find(self) -> str:
        return program("rabbitmq-server", PACKAGE, SCRIPTS)

    def command(self) -> list[str]:
        return [self.executable]

    def environment(self) -> dict[str, str]:
        at = str(self.folder)
        return {
            "HOME": at,  # where Erlang keeps its cookie
            "RABBITMQ_NODENAME": f"reveille-{self.port}@localhost",
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": f"{at}/rabbitmq",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{at}/enabled_plugins",
            "RABBITMQ_MNESIA_BASE": f"{at}/mnesia",
            "RABBITMQ_LOG_BASE": f"{at}/logs",
            "RABBITMQ_DIST_PORT": str(self.node_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-start_epmd false +sbwt none +S 2:2",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self.mapper_port),
            "RUNNING_UNDER_SYSTEMD": "true",  # the script becomes the server, instead of watching over it
        }

    def start(self) -> None:
        if self._mapping is None or self._mapping.poll() is not None:
            mapper = [self.mapper, "-address", "127.0.0.1", "-port", str(self.mapper_port)]
            self._mapping = subprocess.Popen(mapper, stdin=subprocess.DEVNULL, preexec_fn=dies_with_us())  # noqa: PLW1509
        settings = {
            "listeners.tcp.1": f"127.0.0.1:{self.port}",
            "management.tcp.ip": "127.0.0.1",
            "management.tcp.port": self.management_port,
            "distribution.listener.interface": "127.0.0.1",
            "log.file.level": "warning",
        }
        (self.folder / "rabbitmq.conf").write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))
        (self.folder / "enabled_plugins").write_text("[rabbitmq_management].\n")
        super().start()

    def close(self) -> None:
        super().close()
        if self._mapping is not None:
            self._mapping.kill()
            self._mapping.wait(timeout=10)

    def answers(self) -> bool:
        import amqp

        with amqp.Connection(f"127.0.0.1:{self.port}", connect_timeout=2):
            return bool(self.ask("GET", "overview"))

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """The management interface: `ask("GET", "queues")`."""
        login = base64.b64encode(b"guest:guest").decode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.management_port}/api/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Basic {login}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as reply:
            return json.loads(reply.read() or b"null")

    def new_host(self) -> str:
        """URL of a fresh virtual host."""
        name = f"t{next(self._count)}"
        self.ask("PUT", f"vhosts/{name}", {})
        self.ask("PUT", f"permissions/{name}/guest", {"configure": ".*", "write": ".*", "read": ".*"})
        return f"amqp://guest:guest@127.0.0.1:{self.port}/{name}"

    def drop_host(self, url: str) -> None:
        self.ask("DELETE", f"vhosts/{url.rsplit('/', 1)[1]}")

    def cut(self) -> int:
        """Closes every client's connection. How many there were."""
        names = [connection["name"] for connection in self.ask("GET", "connections")]
        for name in names:
            self.ask("DELETE", f"connections/{quote(name, safe='')}")
        return len(names)
