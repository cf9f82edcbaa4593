from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from service.errors import ConfigError
from service.settings.key import closed
from service.settings.objects import Objects
from service.settings.server import Server, load_server

KEY = "a-key-that-is-long-enough"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Server.model_fields:
        monkeypatch.delenv(f"REVEILLE_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_without_anything_all_lies_beside_the_config(tmp_path: Path):
    server = load_server()
    assert server.config == tmp_path / "reveille.yaml"
    assert server.data == tmp_path / ".reveille"
    assert server.database == f"sqlite:///{tmp_path}/.reveille/reveille.db"
    assert server.artefacts == tmp_path / ".reveille" / "artefacts"
    assert (server.queue, server.key, server.base_url, server.log_level, server.log_json) == ("embedded", None, "", "info", False)


def test_config_elsewhere_takes_its_data_along(tmp_path: Path):
    assert load_server(tmp_path / "people" / "mara.yaml").data == tmp_path / "people" / ".reveille"


def test_variable_goes_before_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "server.yaml").write_text("data: store\nlog_level: DEBUG\nlog_json: true\n")
    monkeypatch.setenv("REVEILLE_LOG_LEVEL", "error")
    server = load_server()
    assert (server.data, server.log_level, server.log_json) == (tmp_path / "store", "error", True)


@pytest.mark.parametrize(
    ("text", "line", "field", "fix"),
    [
        ("datta: x", 1, "datta", "Did you mean data?"),
        ("data: x\nlog_level: loud", 2, "log_level", "'debug'"),
        ("queue: carrier pigeon", 1, "queue", "redis://"),
        ("database: mysql://x", 1, "database", "postgresql://"),
        ("artefacts: gs://bucket", 1, "artefacts", "s3://"),
        ("artefacts: [a]", 1, "artefacts", "s3://bucket/prefix"),
        ("artefacts: {bucket: b}", 1, "artefacts", "s3://bucket/prefix"),
        ("artefacts: s3://", 1, "artefacts", "3 to 63"),
        ("artefacts: s3://Bucket", 1, "artefacts", "3 to 63"),
        ("artefacts: s3://10.0.0.1/x", 1, "artefacts", "3 to 63"),
        ("artefacts: s3://bucket/a/../b", 1, "artefacts", "letters"),
        ("artefacts: s3://bucket//a", 1, "artefacts", "letters"),
        ("s3_endpoint: 127.0.0.1:9000", 1, "s3_endpoint", "docs/config.md"),
        ("base_url: example", 1, "base_url", "docs/config.md"),
        ("key: abc", 1, "key", "REVEILLE_KEY"),
        ("data: 5", 1, "data", "~/Mail"),
        ("- a", 1, "the file", "key: value"),
    ],
)
def test_slips_in_the_file_have_line_field_and_fix(tmp_path: Path, text: str, line: int, field: str, fix: str):
    (tmp_path / "server.yaml").write_text(text)
    (said,) = complaints()
    assert (said.line, said.field) == (line, field)
    assert fix in said.fix


def test_slip_in_a_variable_names_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REVEILLE_LOG_JSON", "perhaps")
    (said,) = complaints()
    assert (said.file, said.field) == ("environment", "REVEILLE_LOG_JSON")


def test_misspelt_variable_is_a_slip_and_a_strange_one_is_not(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REVEILLE_CORPUS", "/somewhere")
    load_server()
    monkeypatch.setenv("REVEILLE_DATABSE", "sqlite://")
    (said,) = complaints()
    assert "REVEILLE_DATABASE" in said.fix


@pytest.mark.parametrize(
    ("url", "bucket", "prefix"),
    [("s3://my-bucket", "my-bucket", ""), ("s3://b.b/", "b.b", ""), ("s3://bucket/a/b-c_d/", "bucket", "a/b-c_d")],
)
def test_artefacts_in_a_bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, bucket: str, prefix: str):
    (tmp_path / "server.yaml").write_text(f"artefacts: {url}\ns3_endpoint: http://127.0.0.1:9000/\nlease: 30\n")
    placed = load_server().artefacts
    assert placed == Objects(bucket, prefix, "http://127.0.0.1:9000", timedelta(seconds=10))
    monkeypatch.setenv("REVEILLE_LEASE", "600")
    assert load_server().artefacts == Objects(bucket, prefix, "http://127.0.0.1:9000", timedelta(seconds=30))
    monkeypatch.setenv("REVEILLE_ARTEFACTS", "elsewhere")
    assert load_server().artefacts == tmp_path / "elsewhere"


def test_credentials_in_the_url_are_not_repeated(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REVEILLE_ARTEFACTS", "s3://AKIA:hunter2@bucket/a")
    (said,) = complaints()
    assert "AWS_SECRET_ACCESS_KEY" in said.fix
    assert "hunter2" not in str(said)


@pytest.mark.parametrize(
    ("text", "shared"),
    [("log_json: true", False), ("queue: redis://q", True), ("people: p", True), ("database: postgresql://d/r", True)],
)
def test_a_server_of_many(tmp_path: Path, text: str, shared: bool):
    (tmp_path / "server.yaml").write_text(text)
    assert load_server().is_shared is shared


def test_key_from_variable_stays_out_of_sight(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REVEILLE_KEY", KEY)
    server = load_server()
    assert server.key is not None
    assert server.key.get_secret_value() == KEY
    assert KEY not in repr(server)


def test_short_key_is_not_repeated(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REVEILLE_KEY", "hunter2")
    assert "hunter2" not in str(complaints()[0])


def test_key_file_must_be_its_owners_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    file.chmod(0o640)
    monkeypatch.setenv("REVEILLE_KEY_FILE", str(file))
    assert f"chmod 600 {file}" in complaints()[0].fix
    file.chmod(0o600)
    server = load_server()
    assert server.key is not None
    assert server.key.get_secret_value() == KEY


@pytest.mark.parametrize(
    ("mode", "owner", "secret"),
    [(0o600, 7, True), (0o400, 7, True), (0o640, 7, False), (0o440, 0, True), (0o444, 0, False), (0o460, 0, False)],
)
def test_what_root_hands_to_our_group_is_still_secret(mode: int, owner: int, secret: bool):
    assert closed(mode, owner, us=7) is secret
    assert not closed(0o440, owner=0, us=0)


def test_key_file_that_is_missing_or_empty(tmp_path: Path):
    (tmp_path / "server.yaml").write_text("key_file: key")
    (said,) = complaints()
    assert (said.line, said.field) == (1, "key_file")
    (tmp_path / "key").touch(mode=0o600)
    assert "too short" in complaints()[0].problem


def test_two_keys_are_one_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "server.yaml").write_text("key_file: key")
    monkeypatch.setenv("REVEILLE_KEY", KEY)
    assert "Keep one" in complaints()[0].fix


def complaints():
    with pytest.raises(ConfigError) as caught:
        load_server()
    return caught.value.complaints
