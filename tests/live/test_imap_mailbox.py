"""What a mailbox on Dovecot goes through, beside the contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from service.domain.items import Message
from service.errors import AccessLost, Unavailable
from service.integrations.imap import Settings
from tests.integration.source_contract import Kept
from tests.live.line_proxy import LineProxy
from tests.live.mailbox import Mailbox
from tests.services.dovecot import Dovecot


@pytest.fixture
def box(dovecot_server: Dovecot, tmp_path: Path) -> Iterator[Mailbox]:
    with LineProxy(dovecot_server.port) as proxy:
        yield Mailbox(dovecot_server, proxy, tmp_path)


def subjects(kept: Kept) -> list[str]:
    return sorted(item.subject for item in kept.items.values() if isinstance(item, Message))


class Untouchable(dict[str, str]):
    """What is held, of a store that would have to load it."""

    def _no(self, *_: object) -> None:
        raise AssertionError("held was looked at")

    __getitem__ = get = items = keys = values = __iter__ = __contains__ = __len__ = _no  # type: ignore[assignment]


def test_a_good_cursor_asks_nothing_of_what_is_held(box: Mailbox) -> None:
    box.fill(9)
    kept = Kept().sync(box.connect())
    box.edit()
    box.delete()
    box.fill(2, start=9)
    for page in box.connect().pages(kept.cursor, Untouchable()):
        kept.apply(page)
    assert len(kept.items) == 10


def test_flags_come_without_content(box: Mailbox) -> None:
    box.deliver(1, letters="")
    kept = Kept().sync(box.connect())
    box.flag(1, r"\Seen \Answered")
    with box.proxy.counted() as asked:
        kept.sync(box.connect())
    (message,) = kept.items.values()
    assert isinstance(message, Message)
    assert (message.flags, kept.moves, box.bodies(asked)) == ({"seen", "answered"}, 1, 0)


def test_junk_trash_and_drafts_are_not_read_unless_they_are_meant(box: Mailbox) -> None:
    for number, folder in enumerate(["INBOX", "Drafts", "Trash", "Sent", "Spam", "Papierkorb", "Lists/Python", "&AMk-t&AOk-"]):
        box.deliver(number, folder)
    kept = Kept().sync(box.connect())
    folders = {m.folder: m.flags for m in kept.items.values() if isinstance(m, Message)}
    assert set(folders) == {"INBOX", "Sent", "Lists/Python", "Été"}
    assert Kept().sync(box.connect(skip=["Lists", "Été"])).items.keys() < kept.items.keys()
    only = Kept().sync(box.connect(only=["Trash", "Lists/python"]))
    assert {m.folder: m.flags for m in only.items.values()} == {"Trash": {"seen", "trashed"}, "Lists/Python": {"seen"}}  # type: ignore[union-attr]


def test_a_folder_that_is_not_to_be_read_any_more_is_forgotten(box: Mailbox) -> None:
    box.fill(9)
    kept = Kept().sync(box.connect())
    kept.sync(box.connect(skip=["Archive"]))
    assert (len(kept.items), kept.deletes, kept.upserts) == (6, 3, [])


def test_a_renamed_folder_is_known_again_without_content(box: Mailbox) -> None:
    box.fill(9)
    kept = Kept().sync(box.connect())
    with box.by_hand() as client:
        assert client.rename("Archive", "Cellar")[0] == "OK"
    with box.proxy.counted() as asked:
        kept.sync(box.connect())
    assert (len(kept.items), kept.moves, kept.deletes, box.bodies(asked)) == (9, 3, 0, 0)
    assert {m.folder for m in kept.items.values()} == {"INBOX", "Cellar"}  # type: ignore[union-attr]


def test_many_that_moved_are_known_again_without_content(box: Mailbox) -> None:
    box.fill(60)
    kept = Kept().sync(box.connect())
    with box.by_hand("INBOX") as client:
        client.uid("MOVE", "1:*", "Archive")
    with box.proxy.counted() as asked:
        kept.sync(box.connect())
    assert (len(kept.items), len(kept.ids), kept.deletes, kept.moves, box.bodies(asked)) == (60, 60, 0, 40, 0)


def test_new_uids_do_not_mean_new_content(box: Mailbox) -> None:
    box.fill(60)
    kept = Kept().sync(box.connect())
    box.expire()
    with box.proxy.counted() as asked:
        kept.sync(box.connect())
    assert (len(kept.items), kept.upserts, kept.deletes, kept.moves, box.bodies(asked)) == (60, [], 0, 60, 0)


def test_the_same_message_in_two_folders_is_one(box: Mailbox) -> None:
    box.fill(3)
    kept = Kept().sync(box.connect())
    with box.by_hand("INBOX") as client:
        client.uid("COPY", box.uid(client, 1), "Archive")
    kept.sync(box.connect())
    assert (len(kept.items), len(kept.ids)) == (4, 3)


def test_a_new_address_of_the_person_reads_everything_anew(box: Mailbox) -> None:
    box.fill(3)
    kept = Kept().sync(box.connect())
    source = box.connect()
    source._stamps, source._fingerprint = type(source._stamps)("other"), "other"  # type: ignore[attr-defined]
    kept.sync(source)
    assert (len(kept.items), len(kept.upserts), kept.deletes) == (3, 3, 0)


def test_since_leaves_history_alone(box: Mailbox) -> None:
    box.fill(5)
    box.deliver(60 * 24 * 55)
    kept = Kept().sync(box.connect(since="30d"))
    assert len(kept.items) == 1
    box.flag(1, r"\Flagged")
    box.delete()
    kept.sync(box.connect(since="30d"))
    assert (len(kept.items), kept.upserts, kept.moves) == (1, [], 0)


def test_poison_is_a_problem_said_at_every_sync_and_read_once(box: Mailbox) -> None:
    box.fill(3)
    box.deliver(3, body="poison")
    kept = Kept().sync(box.connect())
    assert [p.what for p in kept.problems] == ["is poison"]
    said, box.reader.refs = kept.problems, []
    kept.sync(box.connect())
    assert (kept.problems, box.reader.refs, len(kept.items)) == (said, [], 3)
    with box.by_hand("INBOX") as client:
        client.uid("STORE", box.uid(client, 3), "+FLAGS", r"(\Deleted)")
        client.expunge()
    kept.sync(box.connect())
    assert (kept.problems, kept.deletes) == ([], 0)


def test_a_giant_is_a_problem_and_not_fetched(box: Mailbox) -> None:
    box.fill(3)
    with box.deliver(3).open("r+b") as file:
        file.truncate(51_000_000)
    with box.proxy.counted() as asked:
        kept = Kept().sync(box.connect())
    assert ["too large" in p.what for p in kept.problems] == [True]
    assert len(kept.items) == 3
    assert not any("BODY.PEEK[]" in line and "3" in line.split()[2] for line in asked if "INBOX" in line)
    assert kept.sync(box.connect()).problems != []


def test_mail_that_comes_during_a_sync_waits_for_the_next(box: Mailbox) -> None:
    box.fill(450)
    pages = box.connect().pages(None, {})
    kept = Kept()
    kept.apply(next(iter(pages)))
    box.fill(1, start=450)
    for page in pages:
        kept.apply(page)
    assert len(kept.items) == 450
    assert len(kept.sync(box.connect()).items) == 451


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_tls_needs_a_certificate_that_is_trusted(box: Mailbox, dovecot_server: Dovecot, tls: str) -> None:
    box.fill(3)
    port = dovecot_server.tls_port if tls == "tls" else dovecot_server.port
    with pytest.raises(Unavailable, match=r"certificate is not trusted .*`ca`"):
        list(box.connect(host="localhost", port=port, tls=tls).pages(None, {}))
    kept = Kept().sync(box.connect(host="localhost", port=port, tls=tls, ca=dovecot_server.certificate))
    assert len(kept.items) == 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"port": 1}, "nothing listens"),
        ({"host": "imap.nowhere.invalid", "tls": "tls"}, "name is not known"),
        ({"tls": "tls"}, "TLS failed"),
        ({"ca": "/nowhere/ca.pem", "tls": "tls"}, "correct `ca`"),
    ],
)
def test_each_way_not_to_get_there_is_told_with_its_fix(box: Mailbox, options: Mapping[str, object], said: str) -> None:
    check = box.connect(**options).check()
    assert not check.ok
    assert said in f"{check.says}: {check.fix}"


def test_a_wrong_password_is_not_said(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", 'hünter"2\\')
    with pytest.raises(AccessLost, match="check `user` and `password`") as raised:
        list(box.connect().pages(None, {}))
    assert "nter" not in str(raised.value)
    monkeypatch.delenv("MAIL_PASSWORD")
    with pytest.raises(AccessLost, match="MAIL_PASSWORD is not set"):
        list(box.connect().pages(None, {}))


def test_a_password_in_the_open_is_refused() -> None:
    fields = {"kind": "imap", "host": "imap.keller.example", "user": "mara", "password": {"env": "X"}}
    with pytest.raises(ValueError, match="in the open"):
        Settings(**fields, tls="none")
    with pytest.raises(ValueError, match="port 993"):
        Settings(**fields, tls="starttls", port=993)
    assert Settings(**fields).at_port == 993
    assert Settings(**fields, tls="starttls").at_port == 143
