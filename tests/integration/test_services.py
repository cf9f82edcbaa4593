"""The servers that other tests rely on do what those tests believe of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import amqp
import psutil
import psycopg
import pytest
import redis

from tests.services import S3, Absent, Postgres, Rabbit, Redis
from tests.services.process import program

ROOT = Path(__file__).parents[2]


def with_a_table(url: str) -> None:
    with psycopg.connect(url) as on:
        on.execute("CREATE TABLE thing (owner text)")
        on.execute("ALTER TABLE thing ENABLE ROW LEVEL SECURITY")
        on.execute("ALTER TABLE thing FORCE ROW LEVEL SECURITY")
        on.execute("CREATE POLICY own ON thing USING (owner = current_setting('app.me', true))")


def test_a_database_made_from_a_template_is_its_own(postgres_server: Postgres) -> None:
    one, other = postgres_server.new_database(with_a_table), postgres_server.new_database(with_a_table)
    with psycopg.connect(one) as on:
        on.execute("CREATE TABLE only_here ()")
    with psycopg.connect(other) as on:
        assert on.execute("SELECT to_regclass('thing') IS NOT NULL, to_regclass('only_here') IS NULL").fetchone() == (True, True)
    postgres_server.drop_database(one)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(one)


def test_row_level_security_holds_for_the_role_we_get(postgres_server: Postgres) -> None:
    with psycopg.connect(postgres_server.new_database(with_a_table), autocommit=True) as on:
        on.execute("SET app.me = 'mara'")
        on.execute("INSERT INTO thing VALUES ('mara')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            on.execute("INSERT INTO thing VALUES ('noa')")
        on.execute("SET app.me = 'noa'")
        assert on.execute("SELECT count(*) FROM thing").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            on.execute("ALTER ROLE CURRENT_USER BYPASSRLS")


def test_postgres_keeps_what_was_committed_when_killed(postgres_server: Postgres, postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as on:
        on.execute("CREATE TABLE kept ()")
        postgres_server.kill()
        with pytest.raises(psycopg.OperationalError):
            on.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(postgres_url, connect_timeout=2)
    postgres_server.start()
    with psycopg.connect(postgres_url) as on:
        assert on.execute("SELECT to_regclass('kept') IS NOT NULL").fetchone() == (True,)


def test_postgres_cuts_sessions_and_asks_for_the_password(postgres_server: Postgres, postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as on:
        assert postgres_server.cut() == 1
        with pytest.raises(psycopg.OperationalError):
            on.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres_url.replace(postgres_server.password, "wrong"))


def test_redis_refuses_forgets_and_cuts(redis_server: Redis, redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.set("a", 1)
        redis_server.fill()
        with pytest.raises(redis.exceptions.OutOfMemoryError):
            client.set("b", 1)
        redis_server.relieve()
        assert redis_server.cut() >= 1
        redis_server.flush()
        assert client.dbsize() == 0
        client.set("a", 1)
        redis_server.kill()
        redis_server.start()
        assert client.dbsize() == 0


def connect(url: str) -> amqp.Connection:
    host, _, virtual = url.removeprefix("amqp://guest:guest@").partition("/")
    connection = amqp.Connection(host, virtual_host=virtual, connect_timeout=5, read_timeout=10)
    connection.connect()
    return connection


def test_rabbit_keeps_a_quorum_queue_when_killed(rabbit_server: Rabbit, rabbit_url: str) -> None:
    connection = connect(rabbit_url)
    channel = connection.channel()
    channel.queue_declare("kept", durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
    channel.basic_publish_confirm(amqp.Message("hello", delivery_mode=2), routing_key="kept")
    time.sleep(1)  # it writes down new queues every half second; killed before, this one would never find its leader again
    rabbit_server.kill()
    with pytest.raises(OSError):
        channel.queue_declare("kept", passive=True)
    connection.collect()
    rabbit_server.start()
    with connect(rabbit_url) as connection:
        assert connection.channel().basic_get("kept", no_ack=True).body == "hello"


def test_rabbit_gives_every_test_a_host_of_its_own(rabbit_server: Rabbit, rabbit_url: str) -> None:
    with connect(rabbit_url) as connection:
        connection.channel().queue_declare("here", auto_delete=False)
    with connect(rabbit_server.new_host()) as connection, pytest.raises(amqp.NotFound):
        connection.channel().queue_declare("here", passive=True)


def test_s3_has_the_bucket(s3_server: S3, bucket: str) -> None:
    with urlopen(f"{s3_server.url}/{bucket}?list-type=2", timeout=5) as reply:
        assert f"<Name>{bucket}</Name>".encode() in reply.read()


@pytest.mark.parametrize("kind", [Postgres, Redis, S3])
def test_a_paused_server_hears_nothing_until_resumed(kind: Callable[[], Postgres | Redis | S3]) -> None:
    try:
        made = kind()
    except Absent as absent:
        pytest.skip(str(absent))
    with made as server:
        server.pause()
        assert not server._answers()
        server.resume()
        server.start()
        assert server._answers()


def test_nothing_outlives_a_run_that_is_killed() -> None:
    script = "from tests.services import Postgres\nimport signal\np = Postgres()\np.start()\nprint(p.pid, p.folder, flush=True)\nsignal.pause()"
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        pid, folder = run.stdout.readline().split()
        server = psutil.Process(int(pid))
        family = [server, *server.children()]
        os.kill(run.pid, signal.SIGKILL)
    gone, left = psutil.wait_procs(family, timeout=20)
    subprocess.run(["rm", "-rf", folder], check=True)
    assert (len(gone) > 1, [p for p in left if p.status() != psutil.STATUS_ZOMBIE]) == (True, [])


def test_what_is_absent_says_how_to_install_it() -> None:
    with pytest.raises(Absent, match="apt install --no-install-recommends rabbitmq-server"):
        program("no-such-program", "rabbitmq-server")
