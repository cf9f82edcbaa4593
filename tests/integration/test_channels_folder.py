from __future__ import annotations

import email
import email.policy
import os
import resource
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from service.domain.delivery import Audience, IdempotencyKey, Rendered
from service.errors import AccessLost, ExternalError, Rejected, Unavailable
from service.integrations.folder import Settings
from service.integrations.folder.channel import Folder
from tests.integration.surroundings import KEY, a_notice, an_mp3, surroundings

FILES = (
    Rendered("html", "2026-05-12 morning.html", "text/html", b"<h1>Tuesday</h1>"),
    Rendered("text", "2026-05-12 morning.txt", "text/plain", b"Tuesday"),
    Rendered("speech", "2026-05-12 morning.speech.txt", "text/plain", b"Good morning."),
    Rendered("json", "2026-05-12 morning.json", "application/json", b"{}"),
    an_mp3(),
)


def channel(folder: Path, path: str = "out", **fields: Any) -> Folder:
    return Settings.model_validate({"kind": "folder", "path": path} | fields).connect(surroundings(folder))  # type: ignore[return-value]


def names(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_writes_every_rendering_under_its_day(tmp_path: Path):
    receipt = channel(tmp_path).send(a_notice(files=FILES), KEY)
    written = names(tmp_path / "out")
    stems = {name.partition(".")[0] for name in written}
    assert len(stems) == 1
    assert stems.pop().startswith("2026-05-12/morning-")
    assert [name.partition(".")[2] for name in written] == ["eml", "html", "json", "mp3", "speech.txt", "txt"]
    assert receipt.text.endswith(".eml")
    assert Path(receipt.text.replace(".eml", ".html")).read_bytes() == b"<h1>Tuesday</h1>"
    message = email.message_from_bytes(Path(receipt.text).read_bytes(), policy=email.policy.default)
    assert message["Subject"] == a_notice().subject


def test_notice_without_files_is_written_all_the_same(tmp_path: Path):
    channel(tmp_path).send(a_notice(), KEY)
    written = names(tmp_path / "out")
    assert [name.partition(".")[2] for name in written] == ["eml", "html", "txt"]
    assert all(name.startswith("2026-05-12/notice-") for name in written)


def test_same_key_writes_the_same_files_and_another_key_others(tmp_path: Path):
    out = channel(tmp_path)
    out.send(a_notice(files=FILES), KEY)
    first = names(tmp_path)
    out.send(a_notice(files=FILES, subject="Another subject"), KEY)
    assert names(tmp_path) == first
    out.send(a_notice(files=FILES), IdempotencyKey("another"))
    assert len(names(tmp_path)) == 2 * len(first)


def test_arrived_looks(tmp_path: Path):
    out = channel(tmp_path)
    assert out.arrived(KEY) is False
    out.send(a_notice(files=FILES), KEY)
    assert out.arrived(KEY) is True
    assert out.arrived(IdempotencyKey("another")) is False


def test_half_written_has_not_arrived(tmp_path: Path):
    out = channel(tmp_path)
    receipt = out.send(a_notice(files=FILES), KEY)
    Path(receipt.text).unlink()  # the message is written last
    assert out.arrived(KEY) is False


def test_files_and_folders_are_their_owners_alone(tmp_path: Path):
    receipt = channel(tmp_path, "a/b").send(a_notice(files=FILES), KEY)
    for path in Path(receipt.text).parent.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for path in (tmp_path / "a", tmp_path / "a" / "b", tmp_path / "a" / "b" / "2026-05-12"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_folder_that_was_there_keeps_its_mode_and_files(tmp_path: Path):
    (tmp_path / "out").mkdir(mode=0o755)
    (tmp_path / "out" / "mine.txt").write_text("mine")
    channel(tmp_path).send(a_notice(files=FILES), KEY)
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o755
    assert (tmp_path / "out" / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize(
    "name",
    [
        "../../evil.html",
        "/etc/evil.html",
        "..\\..\\evil.html",
        "a/../../b",
        "",
        ".",
        "x" * 3000,
        "\0",
        "ü/…",
        "2026-05-12/../../x",
    ],
)
def test_no_file_name_leaves_the_folder(tmp_path: Path, name: str):
    notice = a_notice(files=(Rendered("html", name, "text/html", b"x"),))
    channel(tmp_path).send(notice, IdempotencyKey("../../" + name))
    assert {Path(n).parts[0] for n in names(tmp_path)} == {"out"}
    assert all(len(Path(n).parts) == 3 for n in names(tmp_path))


def test_link_in_the_place_of_a_file_is_replaced_not_followed(tmp_path: Path):
    out = channel(tmp_path)
    receipt = Path(out.send(a_notice(), KEY).text)
    victim = tmp_path / "victim"
    victim.write_text("mine")
    receipt.unlink()
    receipt.symlink_to(victim)
    (receipt.parent / f".{receipt.name}.part").symlink_to(victim)
    out.send(a_notice(), KEY)
    assert victim.read_text() == "mine"
    assert not receipt.is_symlink()


def test_path_that_is_a_file_never_works(tmp_path: Path):
    (tmp_path / "out").touch()
    out = channel(tmp_path)
    assert isinstance(failure(out), Rejected)
    assert not out.check().ok


@contextmanager
def without_rights() -> Iterator[None]:
    """Root may write everywhere: become nobody for a while."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_folder_that_may_not_be_written_loses_access(tmp_path: Path):
    (tmp_path / "out").mkdir(mode=0o500)
    out = channel(tmp_path)
    with without_rights():
        assert isinstance(failure(out), AccessLost)
        assert not out.check().ok


FULL = """
import resource, signal, sys
from pathlib import Path
from service.errors import Unavailable
from tests.integration.surroundings import KEY, a_notice, an_mp3
from tests.integration.test_channels_folder import channel
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
folder = Path(sys.argv[1])
out = channel(folder)
try:
    out.send(a_notice(files=(an_mp3(50_000),)), KEY)
except Unavailable as error:
    assert error.arrived is False
    assert "full" in str(error)
    assert out.arrived(KEY) is False
    assert not list(folder.rglob("*.mp3*")), list(folder.rglob("*"))
    print("said")
"""


def test_full_disk_is_said_and_leaves_no_half_file(tmp_path: Path):
    """A limit on the size of a file stands for the disk's end: the write fails in the same place."""
    assert resource.RLIMIT_FSIZE
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2]
    )
    assert done.stdout.strip() == "said", done.stderr


def test_check_names_where_it_writes(tmp_path: Path):
    check = channel(tmp_path, "not/yet").check()
    assert check.ok
    assert "will be made" in check.says
    assert not (tmp_path / "not").exists()


def test_audience(tmp_path: Path):
    assert channel(tmp_path).audience is Audience.PERSON
    assert channel(tmp_path, shows="no_private").audience is Audience.OTHERS


def failure(out: Folder) -> ExternalError:
    with pytest.raises(ExternalError) as caught:
        out.send(a_notice(), KEY)
    return caught.value
