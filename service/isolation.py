"""Running functions on hostile input where they can be killed: in child processes with limits of time and memory.

A child is a plain interpreter that talks over a socket pair (not `multiprocessing`: that imports the parent's `__main__`
again and keeps a tracker process). It ends when the socket closes, so it never outlives its parent: an idle one reads
end-of-file, and one that hangs has an alarm set, which the kernel delivers whatever the interpreter is stuck in.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import selectors
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

T = TypeVar("T")
R = TypeVar("R")

LENGTH = struct.Struct("<Q")
_CHUNK = 1 << 18
_START_SECONDS = 60.0  # a cold interpreter importing on a busy machine
_GRACE_SECONDS = 5.0  # beyond the child's own alarm before the parent kills it
_AHEAD = 2  # batches a child is handed at a time, so that it works while the parent reads
_COMMAND = "import sys; sys.path[:] = {path!r}; from service.isolation_child import serve; serve({fd}, {seconds!r}, {memory})"


@dataclass(frozen=True, slots=True)
class Failure:
    """One item's end: it took too long, needed too much memory, crashed or raised. `what` says so in words."""

    what: str


class IsolationBroken(RuntimeError):
    """The child process does not start or cannot import the function: nothing to do with any item."""


class Isolated:
    """A pool of child processes, started at first use. Safe to share between threads; one `map` uses at most `workers`.

    `time_limit` is per item on the wall clock. `memory_limit` is in bytes of address space beyond what a child occupies
    when it starts (RLIMIT_AS; not enforced where the system lacks it).
    """

    def __init__(self, *, workers: int = 1, time_limit: timedelta, memory_limit: int) -> None:
        self._workers = max(1, workers)
        self._seconds = time_limit.total_seconds()
        self._memory = memory_limit
        self._lock = threading.Lock()
        self._idle: list[_Child] = []
        self._pid = os.getpid()
        self._end = weakref.finalize(self, _end_all, self._idle)

    def call(self, function: Callable[[T], R], item: T) -> R | Failure:
        """One item; the answer or its failure."""
        return next(self.map(function, (item,)))

    def map(self, function: Callable[[T], R], items: Iterable[T], batch: int = 64) -> Iterator[R | Failure]:
        """Answers in the order of `items`, which are read as they are needed. `function` must be importable by its name
        (functools.partial binds further arguments). Raises IsolationBroken where the function can't be run at all.
        """
        work = _Work(self, function, iter(items), batch)
        try:
            yield from work.answers()
        finally:
            work.give_back()

    def close(self) -> None:
        """Ends the children that wait for work. It may be used again afterwards: new ones start."""
        with self._lock:
            idle, self._idle[:] = list(self._idle), []
        _end_all(idle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _take(self) -> _Child:
        with self._lock:
            if self._pid != os.getpid():  # forked: the children are the other process's
                self._pid = os.getpid()
                self._idle.clear()
            while self._idle:
                child = self._idle.pop()
                if child.process.poll() is None:
                    return child
                child.kill()
        return _Child(self._seconds, self._memory)

    def _put(self, child: _Child) -> None:
        with self._lock:
            if child.is_free and len(self._idle) < self._workers:
                self._idle.append(child)
                return
        child.kill()


@dataclass(slots=True)
class _Batch(Generic[T]):
    items: list[T]
    results: deque[Any] = field(default_factory=deque)  # not yet handed out
    answered: int = 0

    @property
    def is_done(self) -> bool:
        return self.answered == len(self.items)


class _Child:
    def __init__(self, seconds: float, memory: int) -> None:
        ours, theirs = socket.socketpair()
        command = _COMMAND.format(path=sys.path, fd=theirs.fileno(), seconds=seconds, memory=memory)
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and words
                [sys.executable or "python3", "-c", command],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                process_group=0,  # Ctrl-C is the parent's to answer, from the child's first instruction on
            )
        ours.setblocking(False)
        self.socket = ours
        self.limit = seconds
        self.ready = False
        self.batches: deque[_Batch[Any]] = deque()
        self._out: deque[memoryview] = deque()
        self._in = bytearray()
        self.heard_at = time.monotonic()

    @property
    def is_free(self) -> bool:
        return not self.batches and not self._out and self.process.poll() is None

    @property
    def has_to_say(self) -> bool:
        return bool(self._out)

    def hand(self, message: bytes, batch: _Batch[Any]) -> None:
        if not self.batches:
            self.heard_at = time.monotonic()
        self.batches.append(batch)
        self._out += [memoryview(LENGTH.pack(len(message))), memoryview(message)]

    def write(self) -> None:
        while self._out:
            try:
                sent = self.socket.send(self._out[0][:_CHUNK])
            except BlockingIOError:
                return
            except OSError:
                return  # it died; reading says so
            self.heard_at = time.monotonic()
            if sent == len(self._out[0]):
                self._out.popleft()
            else:
                self._out[0] = self._out[0][sent:]

    def read(self) -> bool:
        """Takes in what has come; False where the child is gone."""
        alive = True
        while alive:
            try:
                data = self.socket.recv(_CHUNK)
            except BlockingIOError:
                break
            except OSError:
                data = b""
            alive = bool(data)
            self._in += data
            if len(data) < _CHUNK:
                break
        self._frames()
        return alive

    def _frames(self) -> None:
        at = 0
        view = self._in
        while len(view) - at >= 8:
            (length,) = LENGTH.unpack_from(view, at)
            if len(view) - at - 8 < length:
                break
            self._take(pickle.loads(memoryview(view)[at + 8 : at + 8 + length]))  # noqa: S301 - written by our own child
            at += 8 + length
        if at:
            del self._in[:at]
            self.heard_at = time.monotonic()

    def _take(self, frame: tuple[str, Any]) -> None:
        kind, value = frame
        self.ready = True
        if kind == "broken":
            raise IsolationBroken(value)
        if kind == "result" and self.batches:
            batch = self.batches[0]
            batch.results.append(value)
            batch.answered += 1
            if batch.is_done:
                self.batches.popleft()

    def is_overdue(self, now: float) -> bool:
        allowed = self.limit + _GRACE_SECONDS if self.ready else _START_SECONDS
        return bool(self.batches) and now - self.heard_at > allowed

    def kill(self) -> int:
        """Its exit code (minus the signal that ended it)."""
        self.socket.close()
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        return self.process.wait()

    def gone(self) -> int:
        """Waits for one that closed its end."""
        self.socket.close()
        try:
            return self.process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            return self.kill()


def _end_all(children: list[_Child]) -> None:
    for child in children:
        child.kill()


class _Work(Generic[T, R]):
    """One `map`: batches go to children in turn, answers come out in order, and only so many are under way."""

    def __init__(self, pool: Isolated, function: Callable[[T], R], items: Iterator[T], size: int) -> None:
        self._pool = pool
        self._function = function
        self._items = items
        self._size = max(1, size)
        self._exhausted = False
        self._order: deque[_Batch[T]] = deque()
        self._children: list[_Child] = []
        self._stillborn = 0

    def answers(self) -> Iterator[R | Failure]:
        while True:
            self._refill()
            if not self._order:
                return
            head = self._order[0]
            while head.results:
                yield head.results.popleft()
            if head.is_done and not head.results:
                self._order.popleft()
                continue
            self._wait()

    def give_back(self) -> None:
        for child in self._children:
            self._pool._put(child)
        self._children.clear()

    def _refill(self) -> None:
        room = _AHEAD * self._pool._workers
        while not self._exhausted and len(self._order) < room:
            batch = _Batch(list(islice(self._items, self._size)))
            if len(batch.items) < self._size:
                self._exhausted = True
            if batch.items:
                self._order.append(batch)
                self._dispatch(batch, batch.items)

    def _dispatch(self, batch: _Batch[T], items: list[T]) -> None:
        if len(self._children) < self._pool._workers and all(child.batches for child in self._children):
            self._children.append(self._pool._take())
        child = min(self._children, key=lambda c: len(c.batches))
        child.hand(pickle.dumps((self._function, items), protocol=5), batch)
        child.write()

    def _wait(self) -> None:
        with selectors.DefaultSelector() as selector:
            for child in self._children:
                wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if child.has_to_say else 0)
                selector.register(child.socket, wanted, child)
            since = time.monotonic()
            events = selector.select(timeout=0.5)
        for key, mask in events:
            child = key.data
            child.heard_at = max(child.heard_at, since)  # while nobody listened, no time ran
            if mask & selectors.EVENT_WRITE:
                child.write()
            if mask & selectors.EVENT_READ and not child.read():
                self._bury(child, child.gone())
        for child in [c for c in self._children if c.is_overdue(time.monotonic())]:
            child.kill()
            self._bury(child, -signal.SIGALRM)

    def _bury(self, child: _Child, code: int) -> None:
        """The item at work when a child died is its failure; whatever else it was handed goes to another."""
        self._children.remove(child)
        if not child.ready:
            self._stillborn += 1
            if self._stillborn > 2:
                raise IsolationBroken(f"the isolated process does not start ({_ending(code, child.limit)})")
        elif child.batches:
            culprit = child.batches[0]
            culprit.results.append(Failure(_ending(code, child.limit)))
            culprit.answered += 1
        for batch in list(child.batches):
            if not batch.is_done:
                self._dispatch(batch, batch.items[batch.answered :])


def _ending(code: int, seconds: float) -> str:
    if code == -signal.SIGALRM:
        return f"took longer than {seconds:g} s"
    if code == -signal.SIGKILL:
        return "was killed, perhaps for want of memory"
    return f"crashed ({signal.Signals(-code).name})" if code < 0 else f"ended the process with exit code {code}"
