"""A mail server and a push service in a process of their own. What they took stands in `arrivals.jsonl`, written and synced to the
disk before the sender gets its answer: the only witness of what arrived.

Run as `python -m tests.e2e.chaos.sink FOLDER`. It writes its ports into FOLDER/ports.json, every step of a conversation into
FOLDER/steps.jsonl, and delivers a copy of each mail into the maildir of its sender's domain where FOLDER/maildirs.json names one.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from itertools import count
from pathlib import Path
from typing import Any

STEPS = ("envelope", "data", "body", "taken", "push", "pushed")
"""Where a conversation can be held: before MAIL's answer; before DATA's 354; with the whole body read, before the mail is taken;
taken, before its 250. Pushes: before it is taken; taken, before its 200."""
LIMIT = 64 << 20


@dataclass
class Log:
    """One JSON document a line, appended and synced."""

    file: Path
    synced: bool = True

    def __post_init__(self) -> None:
        self._to = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, **said: Any) -> None:
        os.write(self._to, json.dumps({"at": time.time(), **said}).encode() + b"\n")
        if self.synced:
            os.fdatasync(self._to)


@dataclass
class Holds:
    """Orders to pause or to refuse the next conversations that reach a step."""

    log: Log
    waiting: dict[str, deque[str]] = field(default_factory=lambda: {step: deque() for step in STEPS})
    freed: asyncio.Event = field(default_factory=asyncio.Event)

    def order(self, step: str, answer: str, times: int) -> None:
        self.freed.clear()
        self.waiting[step].extend([answer] * times)

    def free(self) -> None:
        for orders in self.waiting.values():
            orders.clear()
        self.freed.set()

    async def at(self, step: str, who: str, peer: int) -> str:
        """The answer to give instead of the usual one, "" for the usual one; comes back once it is freed."""
        self.log.write(step=step, who=who, peer=peer)
        if not self.waiting[step]:
            return ""
        answer = self.waiting[step].popleft()
        if answer != "hold":
            return answer
        self.log.write(held=step, who=who, peer=peer)
        await self.freed.wait()
        return ""


class Sink:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.arrivals = Log(folder / "arrivals.jsonl")
        self.steps = Log(folder / "steps.jsonl", synced=False)
        self.holds = Holds(self.steps)
        self._number = count()

    async def serve(self) -> None:
        servers = [await asyncio.start_server(talk, "127.0.0.1", 0, limit=LIMIT) for talk in (self.mail, self.http)]
        ports = dict(zip(("mail", "http"), (s.sockets[0].getsockname()[1] for s in servers), strict=True))
        draft = self.folder / "ports.draft"
        draft.write_text(json.dumps(ports))
        draft.replace(self.folder / "ports.json")
        await asyncio.gather(*(server.serve_forever() for server in servers))

    # --- mail (RFC 5321) ---------------------------------------------------------------------------------------------------

    async def mail(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peername")[1]
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            await self._conversation(reader, writer, peer)
        writer.close()

    async def _conversation(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: int) -> None:
        who = ""

        async def say(words: str) -> None:
            writer.write(f"{words}\r\n".encode())
            await writer.drain()

        await say("220 sink")
        while line := (await reader.readline()).decode("ascii", "replace").strip():
            verb = line[:4].upper()
            if verb == "EHLO":
                await say("250-sink\r\n250 SIZE 50000000")
            elif verb == "MAIL":
                who = found[1] if (found := re.search(r"<([^>]*)>", line)) else ""
                await say(await self.holds.at("envelope", who, peer) or "250 OK")
            elif verb == "DATA":
                if refused := await self.holds.at("data", who, peer):
                    await say(refused)
                    continue
                await say("354 go ahead")
                data = (await reader.readuntil(b"\r\n.\r\n"))[:-3]
                if refused := await self.holds.at("body", who, peer):
                    await say(refused)
                    continue
                if reader.at_eof():  # nobody is there any more to be told of it: a server then keeps nothing
                    return
                self._take(who, re.sub(rb"(?m)^\.\.", b".", data))
                await say(await self.holds.at("taken", who, peer) or "250 queued")
                self.steps.write(step="answered", who=who, peer=peer)
            elif verb == "QUIT":
                await say("221 bye")
                return
            else:
                await say("250 OK")

    def _take(self, who: str, data: bytes) -> None:
        message = message_from_bytes(data)
        # The copy goes first: whoever is told that it arrived can find it.
        maildirs = json.loads(found.read_text()) if (found := self.folder / "maildirs.json").exists() else {}
        if maildir := maildirs.get(who.rpartition("@")[2]):
            name = f"{int(time.time())}.{os.getpid()}_{next(self._number)}.sink"
            (Path(maildir) / "tmp" / name).write_bytes(data)
            (Path(maildir) / "tmp" / name).rename(Path(maildir) / "new" / name)
        self.arrivals.write(kind="mail", key=str(message["Message-ID"]), slot=who, size=len(data))

    # --- pushes and orders (HTTP) ------------------------------------------------------------------------------------------

    async def http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split()[1].lstrip("/")
            length = re.search(r"(?im)^content-length:\s*(\d+)", head)
            body = await reader.readexactly(int(length[1]) if length else 0)
            status = self._ordered(body) if path == "orders" else await self._pushed(path, body, writer)
            writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
        writer.close()

    def _ordered(self, body: bytes) -> str:
        match json.loads(body):
            case {"at": step, "answer": answer, "times": times}:
                self.holds.order(step, answer, times)
            case _:
                self.holds.free()
        return "200 OK"

    async def _pushed(self, path: str, body: bytes, writer: asyncio.StreamWriter) -> str:
        peer = writer.get_extra_info("peername")[1]
        if refused := await self.holds.at("push", path, peer):
            return refused
        title = json.loads(body).get("title", "") if body else ""
        self.arrivals.write(kind="push", key=path, slot=path, title=title)
        return await self.holds.at("pushed", path, peer) or "200 OK"


if __name__ == "__main__":
    asyncio.run(Sink(Path(sys.argv[1])).serve())
