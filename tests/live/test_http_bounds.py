"""What the one bounded HTTP keeps to, whatever is behind it."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

import pytest

from service.errors import Unavailable
from service.http import Http, Pace, TooLarge
from tests.builders import NOON
from tests.live.fakes.serving import Said, Serving


@pytest.fixture
def http() -> Iterator[Http]:
    with Serving(lambda *_: Said(200, b"x" * (21 << 20))) as serving:
        http = Http(f"http://127.0.0.1:{serving.port}", lambda: NOON)
        yield http
        http.close()


def test_an_answer_that_is_too_large_is_told_from_other_refusals(http: Http) -> None:
    with pytest.raises(TooLarge):
        http.ask("GET", "/")


def test_only_as_much_as_is_wanted_is_taken(http: Http) -> None:
    assert len(http.ask("GET", "/", largest=1000, cut=True).data) == 1000
    assert len(http.ask("GET", "/", largest=30 << 20).data) == 21 << 20


def test_a_batch_is_paced_by_all_that_is_in_it() -> None:
    pace, begun = Pace(100, burst=20), monotonic()
    pace.wait(20)
    pace.wait(10)
    assert monotonic() - begun >= 0.05


@pytest.mark.parametrize(
    ("method", "status", "asked"), [("GET", 503, 2), ("PUT", 503, 2), ("POST", 503, 1), ("PATCH", 503, 1), ("POST", 429, 2)]
)
def test_what_may_have_been_done_is_not_asked_for_again(method: str, status: int, asked: int) -> None:
    seen: list[str] = []

    def busy(verb: str, *_: object) -> Said:
        seen.append(verb)
        return Said(status, b"", {"Retry-After": "0"})

    with Serving(busy) as serving:
        http = Http(f"http://127.0.0.1:{serving.port}", lambda: NOON)
        with pytest.raises(Unavailable):
            http.ask(method, "/")
        http.close()
    assert seen == [method] * asked
