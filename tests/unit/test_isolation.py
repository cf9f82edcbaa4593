"""Functions that hang, crash or eat memory cost one item, and no child outlives its parent."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import psutil
import pytest

from service.isolation import Failure, Isolated, IsolationBroken

MEGABYTE = 1 << 20


def behave(what: str, prefix: str = "") -> str:
    if what == "hang":
        while True:
            pass
    if what == "regex":
        re.match(r"(a+)+$", "a" * 60 + "b")  # holds the interpreter's lock: no thread could end it
    if what == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if what == "memory":
        bytearray(8 << 30)
    if what == "recurse":
        return behave(what)
    if what == "exit":
        os._exit(3)
    if what == "raise":
        raise ValueError("no such thing")
    return prefix + what.upper()


def process_id(_: object) -> int:
    return os.getpid()


@pytest.fixture
def isolated() -> Iterator[Isolated]:
    with Isolated(time_limit=timedelta(seconds=0.5), memory_limit=256 * MEGABYTE) as pool:
        yield pool


def test_answers_come_in_order_and_culprits_alone_fail(isolated: Isolated) -> None:
    items = ["a", "hang", "b", "crash", "regex", "memory", "recurse", "c", "raise", "exit", "d"]
    answers = list(isolated.map(behave, items, batch=4))
    assert [a for a in answers if isinstance(a, str)] == ["A", "B", "C", "D"]
    told = {item: answer.what for item, answer in zip(items, answers, strict=True) if isinstance(answer, Failure)}
    assert told.pop("recurse")  # how an endless recursion ends is the interpreter's affair: an error, a crash or the time limit
    assert told == {
        "hang": "took longer than 0.5 s",
        "regex": "took longer than 0.5 s",
        "crash": "crashed (SIGSEGV)",
        "memory": "needed too much memory",
        "raise": "ValueError: no such thing",
        "exit": "ended the process with exit code 3",
    }


def test_arguments_can_be_bound(isolated: Isolated) -> None:
    assert isolated.call(partial(behave, prefix="> "), "a") == "> A"


def test_several_workers_keep_the_order() -> None:
    with Isolated(workers=2, time_limit=timedelta(seconds=5), memory_limit=256 * MEGABYTE) as pool:
        words = [f"w{n}" for n in range(500)]
        assert list(pool.map(behave, iter(words), batch=7)) == [w.upper() for w in words]


def test_a_child_is_kept_for_the_next_call(isolated: Isolated) -> None:
    assert isolated.call(process_id, 0) == isolated.call(process_id, 0) != os.getpid()


def test_items_are_read_only_as_needed(isolated: Isolated) -> None:
    taken: list[int] = []

    def endless() -> Iterator[str]:
        while True:
            taken.append(1)
            yield "a"

    answers = isolated.map(behave, endless(), batch=10)
    assert next(answers) == "A"
    answers.close()  # type: ignore[attr-defined]  # a generator
    assert len(taken) <= 40
    assert isolated.call(behave, "b") == "B"


def test_nothing_to_do_starts_nothing(isolated: Isolated) -> None:
    assert list(isolated.map(behave, [])) == []
    assert not isolated._idle


def test_calls_inside_a_map_and_from_threads_do_not_wait_for_each_other(isolated: Isolated) -> None:
    answers = [isolated.call(behave, str(word)) for word in isolated.map(behave, ["a", "b"])]
    assert answers == ["A", "B"]
    results: list[object] = []
    threads = [threading.Thread(target=lambda: results.append(isolated.call(behave, "x"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == ["X"] * 4


def test_a_function_the_child_cannot_import_is_said_so(
    isolated: Isolated, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "only_here.py").write_text("def work(item): return item\n")
    monkeypatch.syspath_prepend(tmp_path)
    import only_here  # type: ignore[import-not-found]

    monkeypatch.setattr(sys, "path", [p for p in sys.path if p != str(tmp_path)])
    with pytest.raises(IsolationBroken, match="only_here"):
        isolated.call(only_here.work, 1)


PARENT = """
import sys
from datetime import timedelta
from service.isolation import Isolated
from tests.unit.test_isolation import behave, process_id
pool = Isolated(time_limit=timedelta(seconds=2), memory_limit=1 << 28)
print(pool.call(process_id, 0), flush=True)
pool.call(behave, sys.argv[1])
print("done", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("doing", ["nothing", "regex"])
def test_no_child_outlives_a_killed_parent(doing: str) -> None:
    root = Path(__file__).parents[2]
    env = os.environ | {"PYTHONPATH": str(root)}
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, doing], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True, env=env, cwd=root
    ) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        if doing == "nothing":
            assert parent.stdout.readline() == "done\n"
        else:
            time.sleep(0.2)
        parent.kill()
    gone, alive = psutil.wait_procs([child], timeout=10)
    assert (len(gone), alive) == (1, [])
