"""Questions to what may hang: asked in a thread of their own, waited for as long as is decent, and never asked twice at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock, Thread
from time import monotonic
from typing import Generic, TypeVar

from service.errors import Unavailable

T = TypeVar("T")
WITHIN = 2.0  # seconds


class Asked(Generic[T]):
    """The answer, which is as old as `keep` seconds at most. Raises what the question raised, or Unavailable where it hangs."""

    def __init__(self, question: Callable[[], T], *, within: float = WITHIN, keep: float = 0.0) -> None:
        self._question, self._within, self._keep = question, within, keep
        self._lock = Lock()
        self._asking: Future[T] | None = None
        self._asked_at = 0.0

    def __call__(self) -> T:
        with self._lock:
            if self._asking is None or (self._asking.done() and self._is_old(self._asking)):
                self._asking, self._asked_at = Future(), monotonic()
                Thread(target=self._ask, args=(self._asking,), name="asked", daemon=True).start()
            asking = self._asking
        try:
            return asking.result(self._within)
        except TimeoutError:
            raise Unavailable(f"no answer within {self._within:g} s") from None

    def _is_old(self, asked: Future[T]) -> bool:
        return asked.exception() is not None or monotonic() - self._asked_at >= self._keep

    def _ask(self, answer: Future[T]) -> None:
        try:
            answer.set_result(self._question())
        except BaseException as error:  # handed to whoever asked
            answer.set_exception(error)
