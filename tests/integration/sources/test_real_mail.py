"""The sources of mail with the reader that the service uses."""

from __future__ import annotations

import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from service.domain.items import Message, Provenance
from service.integrations.eml import Settings as Eml
from service.integrations.maildir import Settings as Maildir
from service.integrations.mbox import Settings as Mbox
from service.mail.reader import InlineMailReader
from service.settings.section import SourceSettings
from tests.corpus import need
from tests.integration.source_contract import Kept, surroundings
from tests.integration.sources.letters import a_letter


def synced(settings: SourceSettings, folder: Path, kept: Kept | None = None) -> Kept:
    at = replace(surroundings(folder), read_mail=InlineMailReader())
    return (kept or Kept()).sync(settings.connect(at))


def test_one_message_is_the_same_item_wherever_it_lies(tmp_path: Path) -> None:
    letter = a_letter(1, "Mara, could you sign by Friday?\r\n\r\n-- \r\nDana")
    (tmp_path / "maildir" / "cur").mkdir(parents=True)
    (tmp_path / "maildir" / "cur" / "1.x:2,S").write_bytes(letter)
    (tmp_path / "one.eml").write_bytes(letter)
    (tmp_path / "Inbox").write_bytes(b"From dana@atlas.example Fri May  1 08:00:00 2026\r\n" + letter)
    found = [
        synced(Maildir(kind="maildir", path=tmp_path / "maildir"), tmp_path),
        synced(Eml(kind="eml", path=tmp_path / "one.eml"), tmp_path),
        synced(Mbox(kind="mbox", path=tmp_path / "Inbox"), tmp_path),
    ]
    messages = [message for kept in found for message in kept.items.values() if isinstance(message, Message)]
    assert len(messages) == 3
    assert len({m.id for m in messages}) == 1
    assert {(m.sender.email, m.sent_at, m.subject, m.reply_text) for m in messages} == {
        ("dana@atlas.example", messages[0].sent_at, "Term sheet 1", messages[0].reply_text)
    }
    assert "sign by Friday" in messages[0].reply_text
    assert messages[0].provenance is Provenance.OUTSIDE


@pytest.mark.corpus
@pytest.mark.slow
def test_real_mail_survives_a_folder_and_an_mbox(tmp_path: Path) -> None:
    with tarfile.open(need("spamassassin", "mails.tar.xz")) as archive:
        archive.extractall(tmp_path / "eml", filter="data")
    files = sorted(p for p in (tmp_path / "eml").rglob("*") if p.is_file())[::5]
    with (tmp_path / "Inbox").open("wb") as box:
        for path in files:
            data = path.read_bytes()
            body = data.split(b"\n", 1)[1] if data.startswith(b"From ") else data
            box.write(
                b"From x@y.example Fri May  1 08:00:00 2026\n" + body.replace(b"\nFrom ", b"\n>From ").rstrip(b"\n") + b"\n\n"
            )
    whole = synced(Eml(kind="eml", path=tmp_path / "eml"), tmp_path)
    assert len(whole.items) + len(whole.problems) >= 2438
    assert len(whole.problems) <= 5
    boxed = synced(Mbox(kind="mbox", path=tmp_path / "Inbox"), tmp_path)
    assert abs(len(boxed.items) - len(files)) <= 2  # a few are there twice
