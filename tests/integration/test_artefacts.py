"""Folder and bucket keep one contract."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from cryptography.fernet import Fernet

from service.errors import ConfigError, Unavailable
from service.settings.objects import Objects
from service.store.artefacts import ArtefactStore, Folder, artefact_store, tried
from service.store.bucket import Bucket
from service.store.codec import Codec
from tests.services import S3

NOTICE = "20260512a1b2c3d4e5f60718293a4b5c"
PLAIN, SEALING = Codec(), Codec([Fernet.generate_key().decode()])
QUICK = timedelta(seconds=2)
Make = Callable[[Codec], ArtefactStore]


@pytest.fixture
def at(s3_server: S3, bucket: str, monkeypatch: pytest.MonkeyPatch) -> Objects:
    for name, value in s3_server.credentials().items():
        monkeypatch.setenv(name, value)
    return Objects(bucket, "some/where", s3_server.url, QUICK)


@pytest.fixture(params=["folder", "bucket"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    place = tmp_path if request.param == "folder" else request.getfixturevalue("at")
    return lambda codec: artefact_store(place, codec)


# --- the contract -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"\x00\xff" * 5, b"a" * 1_000_000])
def test_what_is_put_is_got(make: Make, data: bytes):
    store = make(PLAIN)
    path = store.put(NOTICE, "briefing.mp3", data)
    assert path == f"20260512/{NOTICE}/briefing.mp3"
    assert store.get(path) == data
    assert make(PLAIN).get(path) == data, "another process reads it"


def test_larger_than_a_part_is_one_object(make: Make):
    store, data = make(PLAIN), bytes(range(256)) * 24_000
    store.put_sealed("20260512/n/large", data)
    assert store.sealed("20260512/n/large") == data


def test_put_again_it_is_the_newer(make: Make):
    store = make(PLAIN)
    path = store.put(NOTICE, "a.html", b"older and longer")
    assert store.put(NOTICE, "a.html", b"newer") == path
    assert store.get(path) == b"newer"


def test_it_lies_sealed_where_there_is_a_key(make: Make):
    store = make(SEALING)
    path = store.put(NOTICE, "a.txt", b"the words")
    sealed = store.sealed(path)
    assert sealed is not None
    assert b"the words" not in sealed
    assert store.get(path) == b"the words"
    with pytest.raises(ConfigError, match="no key is configured"):
        make(PLAIN).get(path)


def test_what_moves_from_store_to_store_stays_as_it_is(make: Make):
    store = make(SEALING)
    sealed = store.sealed(store.put(NOTICE, "a.txt", b"the words"))
    assert sealed is not None
    make(PLAIN).put_sealed("20260513/n/a.txt", sealed)
    assert store.get("20260513/n/a.txt") == b"the words"


def test_what_is_missing(make: Make):
    store = make(PLAIN)
    assert store.sealed("20260512/n/a.txt") is None
    with pytest.raises(Unavailable, match=r"Cannot read the stored file .*20260512/n/a\.txt: No such file"):
        store.get("20260512/n/a.txt")
    store.remove("20260512/n/a.txt")


def test_what_is_removed_is_gone_and_its_neighbour_is_not(make: Make):
    store = make(PLAIN)
    one, other = store.put(NOTICE, "a.txt", b"1"), store.put(NOTICE, "b.txt", b"2")
    store.remove(one)
    assert store.sealed(one) is None
    assert store.get(other) == b"2"
    store.remove(other)
    store.remove(one)


@pytest.mark.parametrize("name", ["../../evil.txt", "/etc/evil.txt", "a/b/evil.txt"])
def test_a_name_leads_nowhere_else(make: Make, name: str):
    store = make(PLAIN)
    assert store.put(NOTICE, name, b"x") == f"20260512/{NOTICE}/evil.txt"


def test_words_of_any_script_make_a_name(make: Make):
    store = make(PLAIN)
    path = store.put(NOTICE, "Grüße & more +1%.txt", b"x")
    assert store.get(path) == b"x"


def test_it_is_tried_without_a_trace(make: Make, tmp_path: Path):
    tried(make(SEALING))
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


# --- a folder in trouble ------------------------------------------------------------------------------------------------------


def test_a_folder_that_is_none(tmp_path: Path):
    (tmp_path / "file").touch()
    store = Folder(tmp_path / "file", PLAIN)
    for call in calls(store):
        with pytest.raises(Unavailable, match="stor"):
            call()


# --- a bucket in trouble ------------------------------------------------------------------------------------------------------


def calls(store: ArtefactStore) -> list[Callable[[], object]]:
    return [lambda: store.put(NOTICE, "a.txt", b"x"), lambda: store.get("20260512/n/a"), lambda: store.sealed("20260512/n/a")]


def in_words(store: Bucket, *words: str) -> None:
    for call in [*calls(store), lambda: store.remove("20260512/n/a")]:
        with pytest.raises(Unavailable) as caught:
            call()
        assert all(word in str(caught.value) for word in (*words, str(store), "It is tried again.")), caught.value


def test_a_server_that_is_down_and_up_again(s3_server: S3, at: Objects):
    store = Bucket(at, PLAIN)
    s3_server.stop()
    in_words(store, "nobody answers", s3_server.url)
    s3_server.start()
    in_words(store, "no such bucket", "REVEILLE_ARTEFACTS")  # this one forgets all it held


def test_a_server_that_hangs_is_given_up_in_time(s3_server: S3, at: Objects):
    store = Bucket(at, PLAIN)
    s3_server.pause()
    try:
        before = time.monotonic()
        in_words(store, "no answer in time")
        assert time.monotonic() - before < 60, "four calls of two seconds"
    finally:
        s3_server.resume()


def test_no_such_bucket(at: Objects):
    in_words(Bucket(Objects("elsewhere", endpoint=at.endpoint, patience=QUICK), PLAIN), "no such bucket")


def answer(status: str, body: bytes, kind: str = "application/xml", length: int | None = None) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length or len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


def refused(status: str, code: str) -> bytes:
    return answer(status, f"<Error><Code>{code}</Code><Message>said</Message></Error>".encode())


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bytes], Bucket]]:
    """A bucket on a server that gives everybody one answer, a byte at a time where it is told to."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    listening = socket.create_server(("127.0.0.1", 0))

    def serve(said: bytes, dripping: bool) -> None:
        while True:
            try:
                on, _ = listening.accept()
            except OSError:
                return
            with on:
                try:
                    on.recv(1 << 16)
                    for part in (said[n : n + 1] for n in range(len(said))) if dripping else (said,):
                        on.sendall(part)
                        time.sleep(0.05 if dripping else 0)
                except OSError:
                    continue

    def make(said: bytes, *, dripping: bool = False) -> Bucket:
        Thread(target=serve, args=(said, dripping), daemon=True).start()
        return Bucket(Objects("bucket", endpoint=f"http://127.0.0.1:{listening.getsockname()[1]}", patience=QUICK), PLAIN)

    yield make
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (refused("403 Forbidden", "InvalidAccessKeyId"), "Check AWS_ACCESS_KEY_ID"),
        (refused("403 Forbidden", "SignatureDoesNotMatch"), "Check AWS_SECRET_ACCESS_KEY"),
        (refused("403 Forbidden", "AccessDenied"), "s3:PutObject"),
        (refused("400 Bad Request", "ExpiredToken"), "Renew"),
        (refused("400 Bad Request", "AuthorizationHeaderMalformed"), "Set AWS_REGION"),
        (refused("301 Moved Permanently", "PermanentRedirect"), "Set AWS_REGION"),
        (refused("503 Slow Down", "SlowDown"), "SlowDown: said"),
        (refused("507 Insufficient Storage", "XMinioStorageFull"), "XMinioStorageFull: said"),
        (answer("200 OK", b"<html>", "text/html")[:60], "the connection broke"),
        (answer("404 Not Found", b"<html>no</html>", "text/html"), "does not speak S3 (status 404)"),
        (b"SSH-2.0-nothing of ours\r\n", "the connection broke"),
    ],
)
def test_what_a_server_answers_is_told_with_its_fix(answering: Callable[..., Bucket], said: bytes, words: str):
    with pytest.raises(Unavailable) as caught:
        answering(said).get("20260512/n/a")
    assert words in str(caught.value)


def test_half_an_object_is_none(answering: Callable[..., Bucket]):
    store = answering(answer("200 OK", b"jhalf", "application/octet-stream", length=10))
    with pytest.raises(Unavailable, match="the connection broke"):
        store.get("20260512/n/a")


def test_an_object_that_comes_too_slowly_is_given_up(answering: Callable[..., Bucket]):
    store = answering(answer("200 OK", b"j" + b"x" * 10_000), dripping=True)
    with pytest.raises(Unavailable, match="no answer in time"):
        store.get("20260512/n/a")


def test_credentials_that_are_missing_stop_the_start(monkeypatch: pytest.MonkeyPatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_WEB_IDENTITY_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
    with pytest.raises(ConfigError, match="AWS_SECRET_ACCESS_KEY: no credentials"):
        artefact_store(Objects("bucket"), PLAIN)
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/var/run/secrets/token")
    assert str(artefact_store(Objects("bucket", "p"), PLAIN)) == "s3://bucket/p"
