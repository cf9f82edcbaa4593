"""A store in a folder of its own for every test that asks for one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pluggy
import pytest
import structlog
from hypothesis import HealthCheck, settings

from service.store import EVERYBODY, Store, acting_as, open_store
from tests.services import Postgres
from tests.services.fixtures import (  # noqa: F401 fixtures are found by name
    bucket,
    dovecot_server,
    postgres_server,
    postgres_url,
    rabbit_server,
    rabbit_url,
    radicale,
    radicale_server,
    redis_server,
    redis_url,
    s3_server,
)

# What a failing line of a test logs is short: a traceback drawn in colours takes a tenth of a second.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=True),
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)
settings.register_profile("house", deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", settings.get_profile("house"), max_examples=3000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated once; every test gets a copy."""
    file = tmp_path_factory.mktemp("empty") / "empty.db"
    open_store(f"sqlite:///{file}", file.parent).close()
    return file


def migrated(url: str) -> None:
    with TemporaryDirectory() as folder:
        open_store(url, Path(folder)).close()


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest, empty_database: Path) -> Callable[[Path], str]:
    """The URL of a fresh, migrated database, on either kind; on SQLite it is a file in the folder."""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres_server")
        return lambda _folder: server.new_database(migrated)
    return lambda folder: f"sqlite:///{shutil.copy(empty_database, folder / 'reveille.db')}"


@pytest.fixture
def new_store(new_database: Callable[[Path], str], tmp_path: Path) -> Iterator[Callable[..., Store]]:
    """Opens stores: `new_store()`, `new_store(keys=[...])`. A test may look at everything in them: it acts as everybody."""
    opened: list[Store] = []

    def make(**options: object) -> Store:
        folder = tmp_path / f"store{len(opened)}"
        folder.mkdir()
        opened.append(open_store(new_database(folder), folder / "artefacts", secret=b"test", **options))  # type: ignore[arg-type]
        return opened[-1]

    with acting_as(EVERYBODY):
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
