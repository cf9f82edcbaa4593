"""Fixtures. Each process of a parallel run has servers of its own: they are cheap, and a test may do its worst to them.

A `*_server` lives for the session and is up again for the next test whatever the last one did; a `*_url` is fresh for every test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.services import S3, Absent, Dovecot, Postgres, Rabbit, Radicale, Redis, Server


def running(make: Callable[[], Server]) -> Iterator[Server]:
    try:
        server = make()
    except Absent as absent:
        pytest.skip(str(absent))
    with server:
        yield server


def revived(server: Server) -> None:
    server.resume()
    server.start()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    yield from running(Postgres)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Server]:
    yield from running(Redis)


@pytest.fixture(scope="session")
def rabbit_server() -> Iterator[Server]:
    yield from running(Rabbit)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[Server]:
    yield from running(S3)


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[Server]:
    yield from running(Dovecot)


@pytest.fixture(scope="session")
def radicale_server() -> Iterator[Server]:
    yield from running(Radicale)


@pytest.fixture
def postgres_url(postgres_server: Postgres) -> Iterator[str]:
    """An empty database, owned by a role that row-level security holds for."""
    revived(postgres_server)
    url = postgres_server.new_database()
    yield url
    revived(postgres_server)
    postgres_server.drop_database(url)


@pytest.fixture
def redis_url(redis_server: Redis) -> str:
    revived(redis_server)
    redis_server.relieve()
    redis_server.flush()
    return redis_server.url


@pytest.fixture
def rabbit_url(rabbit_server: Rabbit) -> Iterator[str]:
    revived(rabbit_server)
    url = rabbit_server.new_host()
    yield url
    revived(rabbit_server)
    rabbit_server.drop_host(url)


@pytest.fixture
def radicale(radicale_server: Radicale) -> Radicale:
    """With nothing in its storage."""
    revived(radicale_server)
    radicale_server.empty()
    return radicale_server


@pytest.fixture
def bucket(s3_server: S3) -> str:
    """A bucket's name. Its endpoint is `s3_server.url`."""
    revived(s3_server)
    return s3_server.new_bucket()
