"""Commands on a server: its settings alone, the people's configs in its store, what is rendered in a bucket."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from minio import Minio
from sqlalchemy.engine import make_url
from urllib3 import PoolManager

from tests.e2e.driver import Reveille
from tests.e2e.workspace import FOLDER, a_workspace, config
from tests.services import S3, Postgres

KEY = "a key of thirty-two characters!!"


@pytest.fixture
def in_a_bucket(s3_server: S3, bucket: str) -> Mapping[str, str]:
    return s3_server.credentials() | {"REVEILLE_ARTEFACTS": f"s3://{bucket}/kept", "REVEILLE_S3_ENDPOINT": s3_server.url}


@pytest.fixture
def server(tmp_path: Path, postgres_url: str, redis_url: str) -> Reveille:
    """One person, whose config was applied; no reveille.yaml."""
    reveille = a_workspace(
        tmp_path, REVEILLE_DATABASE=postgres_url, REVEILLE_QUEUE=redis_url, REVEILLE_PEOPLE=str(tmp_path / "people")
    )
    (tmp_path / "people").mkdir()
    text = config(sources=[f"{{kind: maildir, path: {tmp_path / 'mail'}}}"])
    (tmp_path / "people" / "mara.yaml").write_text(text.replace("me: {", "me: {id: mara, "))
    (tmp_path / "reveille.yaml").unlink()
    done = reveille("people", "apply")
    assert done.code == 0, done
    return reveille


def checks(reveille: Reveille, *words: str, **env: str) -> dict[str, dict[str, object]]:
    return {line["part"]: line for line in reveille("doctor", *words, "--json", env=env).lines}


def test_a_morning_whose_files_lie_in_a_bucket_is_exported(
    tmp_path: Path, s3_server: S3, bucket: str, in_a_bucket: Mapping[str, str]
) -> None:
    daily = {"morning": '{at: "03:00", days: daily, audio: true}'}
    reveille = a_workspace(tmp_path, config(channels={"out": FOLDER}, cadences=daily), **in_a_bucket, REVEILLE_KEY=KEY)
    done = reveille("run", "--once")
    assert done.code == 0, done
    assert not (tmp_path / ".reveille" / "artefacts").exists()
    [sent] = (tmp_path / "out").rglob("*.mp3")
    paths = [path for (path,) in reveille.rows("select path from artefact where name like '%.mp3'")]
    assert paths
    with opened(s3_server) as client, closing(client.get_object(bucket, f"kept/{paths[0]}")) as reply:
        assert sent.read_bytes()[:100] not in reply.read(), "it lies encrypted"
    assert reveille("export", "mine.zip").code == 0
    with zipfile.ZipFile(tmp_path / "mine.zip") as zip:
        exported = [zip.read(name) for name in zip.namelist() if name.endswith(".mp3")]
    assert sent.read_bytes() in exported
    assert reveille("backup", "b").code == 0
    assert reveille("erase", "--yes").code == 0
    assert objects(s3_server, bucket) == 0
    assert reveille("restore", "b", env={"REVEILLE_DATA": str(tmp_path / "new")}).code == 0
    assert objects(s3_server, bucket) >= len(paths)


def objects(s3_server: S3, bucket: str) -> int:
    with opened(s3_server) as client:
        return len(list(client.list_objects(bucket, recursive=True)))


@contextmanager
def opened(s3_server: S3) -> Iterator[Minio]:
    keys = s3_server.credentials()
    with PoolManager() as http:
        yield Minio(
            urlsplit(s3_server.url).netloc,
            keys["AWS_ACCESS_KEY_ID"],
            keys["AWS_SECRET_ACCESS_KEY"],
            region=keys["AWS_REGION"],
            secure=False,
            http_client=http,
        )


def test_a_bucket_that_is_away_stops_no_commands_but_those_that_need_it(
    tmp_path: Path, s3_server: S3, in_a_bucket: Mapping[str, str]
) -> None:
    reveille = a_workspace(tmp_path, **in_a_bucket, REVEILLE_LEASE="6")
    s3_server.stop()
    assert reveille("status").code == 0
    found = checks(reveille)
    assert not found["artefacts"]["ok"]
    assert "nobody answers" in str(found["artefacts"]["says"])
    assert found["database"]["ok"]
    without = reveille("status", env={"AWS_SECRET_ACCESS_KEY": ""})
    assert (without.code, "AWS_SECRET_ACCESS_KEY" in without.err) == (3, True)


def test_doctor_looks_at_a_whole_server(server: Reveille, in_a_bucket: Mapping[str, str]) -> None:
    found = checks(server, **in_a_bucket)
    assert {part: line["ok"] for part, line in found.items()} == dict.fromkeys(("database", "queue", "artefacts", "person"), True)
    assert found["person"]["name"] == "mara"
    assert found["person"]["says"] == "1 sources, none read yet"
    assert found["database"]["fix"] == "", "row-level security holds for its role"
    shown = server("doctor", env=in_a_bucket)
    assert (shown.code, shown.err) == (0, "")


def test_settings_may_lie_beside_a_config_that_is_not_there(server: Reveille, tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "server.yaml").write_text("".join(f"{k[9:].lower()}: {v}\n" for k, v in server.env.items()))
    elsewhere = Reveille(tmp_path / "etc", {"REVEILLE_CONFIG": str(tmp_path / "etc" / "reveille.yaml")})
    found = checks(elsewhere)
    assert {part: line["ok"] for part, line in found.items()} == dict.fromkeys(("database", "queue", "artefacts", "person"), True)
    assert elsewhere("backup", "b").code == 0


def test_doctor_looks_at_one_of_its_people(server: Reveille) -> None:
    found = checks(server, "mara")
    assert {"config", "source", "channel", "brain", "voice", "database"} <= set(found)
    assert found["config"]["name"] == "mara.yaml"
    nobody = server("doctor", "noah")
    assert (nobody.code, "noah" in nobody.err) == (2, True)


def test_doctor_says_what_is_away_without_passwords(server: Reveille) -> None:
    found = checks(
        server,
        REVEILLE_DATABASE="postgresql://reveille:hunter2@127.0.0.1:9/reveille",
        REVEILLE_QUEUE="redis://:hunter2@127.0.0.1:9/0",
        REVEILLE_ARTEFACTS=str(server.folder / "people" / "mara.yaml"),
    )
    assert [(part, line["ok"]) for part, line in found.items()] == [("database", False), ("queue", False), ("artefacts", False)]
    assert all(line["fix"] and "hunter2" not in str(line) for line in found.values())


def test_doctor_tells_of_a_config_that_cannot_be_used_here(server: Reveille) -> None:
    text = (server.folder / "people" / "mara.yaml").read_text()
    smtp = "{kind: email, to: m@keller.example, smtp: {host: 127.0.0.1, user: m, password: {env: SMTP_PASSWORD}}}"
    (server.folder / "people" / "mara.yaml").write_text(text.replace(FOLDER, smtp))
    assert server("people", "apply", env={"SMTP_PASSWORD": "x"}).code == 0
    line = checks(server)["person"]
    assert not line["ok"]
    assert "SMTP_PASSWORD" in str(line["says"])


def test_doctor_warns_of_a_role_that_row_level_security_does_not_hold(server: Reveille, postgres_server: Postgres) -> None:
    name = make_url(server.env["REVEILLE_DATABASE"]).database
    url = make_url(postgres_server.url).set(database=name).render_as_string(hide_password=False)
    found = checks(server, REVEILLE_DATABASE=url)
    assert found["database"]["ok"], "it is a warning"
    assert "SUPERUSER" in str(found["database"]["fix"])
    assert "(!)" in server("doctor", env={"REVEILLE_DATABASE": url}).out


def test_keeping_works_by_the_servers_settings_alone(server: Reveille) -> None:
    assert server("backup", "b").code == 0
    assert server("export", "mara", "mine.zip").code == 0
    assert server("erase", "mara", "--yes").code == 0
    assert "nobody has a config in force" in str(checks(server)["people"]["says"])


def test_where_nothing_says_server_a_config_is_missed(tmp_path: Path) -> None:
    done = Reveille(tmp_path)("doctor")
    assert (done.code, "reveille init" in done.err) == (3, True)
