"""The child's side of `service.isolation`: answers batches under an alarm and a memory limit until the socket closes."""

from __future__ import annotations

import contextlib
import os
import pickle
import resource
import signal
import socket
from collections.abc import Callable
from typing import Any

from service.isolation import LENGTH, Failure


def serve(fd: int, seconds: float, memory: int) -> None:
    """The child's life: answers batches until the parent closes its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    with contextlib.suppress(ValueError, OSError, AttributeError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    limited = False
    with socket.socket(fileno=fd) as line:
        _send(line, ("ready", None))
        while (message := _receive(line)) is not None:
            try:
                function, items = pickle.loads(message)  # noqa: S301 - written by our parent
            except Exception as error:  # an import that fails is the caller's to mend, not an item's failure
                _send(line, ("broken", f"{type(error).__name__}: {error}"))
                return
            if not limited:
                _limit_memory(memory)  # after the imports: they are not the input's doing
                limited = True
            for item in items:
                _send(line, ("result", _answer(function, item, seconds)))


def _answer(function: Callable[[Any], Any], item: Any, seconds: float) -> Any:
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return function(item)
    except MemoryError:
        return Failure("needed too much memory")
    except RecursionError:
        return Failure("nested too deep")
    except Exception as error:  # the input is hostile: whatever it provokes is this item's failure alone
        return Failure(f"{type(error).__name__}: {str(error)[:300]}")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _limit_memory(extra: int) -> None:
    try:
        pages = int(open("/proc/self/statm").read().split()[0])  # noqa: SIM115, PTH123 - no handle outlives the expression
        limit = pages * resource.getpagesize() + extra
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (OSError, ValueError):
        return  # a system without it: time alone is limited


def _send(line: socket.socket, frame: tuple[str, Any]) -> None:
    try:
        data = pickle.dumps(frame, protocol=5)
    except Exception as error:  # an answer that can't travel is a failure of its item
        data = pickle.dumps(("result", Failure(f"its answer can't be handed over: {error}")))
    try:
        line.sendall(LENGTH.pack(len(data)) + data)
    except OSError:
        os._exit(0)  # the parent is gone, and nobody wants the rest


def _receive(line: socket.socket) -> bytes | None:
    head = _exactly(line, 8)
    return _exactly(line, LENGTH.unpack(head)[0]) if head else None


def _exactly(line: socket.socket, size: int) -> bytes | None:
    data = bytearray()
    while len(data) < size:
        piece = line.recv(min(size - len(data), 1 << 20))
        if not piece:
            return None
        data += piece
    return bytes(data)
