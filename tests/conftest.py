"""A store in a folder of its own for every test that asks for one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pluggy
import pytest
from hypothesis import HealthCheck, settings

from service.store import Store, open_store
from tests.services.fixtures import (  # noqa: F401 fixtures are found by name
    bucket,
    postgres_server,
    postgres_url,
    rabbit_server,
    rabbit_url,
    redis_server,
    redis_url,
    s3_server,
)

settings.register_profile("house", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated once; every test gets a copy."""
    file = tmp_path_factory.mktemp("empty") / "empty.db"
    open_store(f"sqlite:///{file}", file.parent).close()
    return file


@pytest.fixture
def new_store(empty_database: Path, tmp_path: Path) -> Iterator[Callable[..., Store]]:
    """Opens stores: `new_store()`, `new_store(keys=[...])`."""
    opened: list[Store] = []

    def make(**options: object) -> Store:
        folder = tmp_path / f"store{len(opened)}"
        folder.mkdir()
        shutil.copy(empty_database, folder / "reveille.db")
        opened.append(open_store(f"sqlite:///{folder}/reveille.db", folder / "artefacts", secret=b"test", **options))  # type: ignore[arg-type]
        return opened[-1]

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def store(new_store: Callable[..., Store]) -> Store:
    return new_store()


def pytest_collection_modifyitems(config: pytest.Config) -> None:
    """In CI every test runs: what it needs is installed, so a skip there is a defect. Only public data may be absent."""
    if os.environ.get("CI"):
        config.pluginmanager.register(NoSkips())


class NoSkips:
    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pluggy.Result[pytest.TestReport], None]:
        report = (yield).get_result()
        if report.skipped and item.get_closest_marker("corpus") is None and not hasattr(report, "wasxfail"):
            report.outcome = "failed"
            report.longrepr = f"skipped in CI: {report.longrepr}"
