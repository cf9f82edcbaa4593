"""Redis, kept in memory only: started again it is empty, as after FLUSHALL."""

from __future__ import annotations

from typing import Any

from tests.services.process import Server, program


class Redis(Server):
    name = "redis"

    def find(self) -> str:
        return program("redis-server", "redis-server")

    def command(self) -> list[str]:
        return [self.executable, "--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no"]

    def answers(self) -> bool:
        return self.do("PING", within=1) is True

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def do(self, *command: str | int, within: float = 10) -> Any:
        """One command, as redis-cli would, and its answer within so many seconds."""
        import redis

        with redis.Redis.from_url(self.url, socket_timeout=within) as client:
            return client.execute_command(*command)

    def flush(self) -> None:
        self.do("FLUSHALL")

    def fill(self) -> None:
        """Out of memory: every command that would write is refused, until `relieve`."""
        self.do("CONFIG", "SET", "maxmemory", "1", "maxmemory-policy", "noeviction")

    def relieve(self) -> None:
        self.do("CONFIG", "SET", "maxmemory", "0")

    def cut(self) -> int:
        """Closes every client's connection. How many there were."""
        return sum(int(self.do("CLIENT", "KILL", "TYPE", kind)) for kind in ("normal", "pubsub"))
