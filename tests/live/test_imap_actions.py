"""Drafts and flags on Dovecot, with and without UIDPLUS; every receipt undoes exactly what it stands for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.domain.items import Message
from service.errors import Rejected, Unavailable
from service.integrations.imap.actions import Placed, find_draft, mark, place_draft, undo_draft, undo_mark
from service.integrations.imap.line import Line
from service.integrations.imap.source import Imap
from tests.integration.source_contract import Kept
from tests.live.line_proxy import LineProxy
from tests.live.mailbox import Mailbox
from tests.services.dovecot import Dovecot

DRAFT = b"From: mara@keller.example\nTo: dana@atlas.example\nSubject: Re: Term sheet\nMessage-ID: <d1@keller.example>\n\nFriday it is.\n"


@pytest.fixture(params=[frozenset[str](), frozenset({"UIDPLUS"})], ids=["uidplus", "plain"])
def box(request: pytest.FixtureRequest, dovecot_server: Dovecot, tmp_path: Path) -> Iterator[Mailbox]:
    def without_receipt(data: bytes) -> bytes:
        return data.replace(b"[APPENDUID", b"[X-APPENDUID") if request.param else data

    with LineProxy(dovecot_server.port, hide=request.param, rewrite=without_receipt) as proxy:
        yield Mailbox(dovecot_server, proxy, tmp_path)


@pytest.fixture
def line(box: Mailbox) -> Iterator[Line]:
    source = box.connect()
    assert isinstance(source, Imap)
    with source.line() as line:
        yield line


def drafts(box: Mailbox) -> list[bytes]:
    with box.by_hand("Drafts") as client:
        answered = client.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[])")[1]
        return [part[0] + part[1] for part in answered if isinstance(part, tuple)]


def test_a_draft_lies_in_drafts_until_it_is_taken_back(box: Mailbox, line: Line) -> None:
    placed = place_draft(line, DRAFT)
    assert placed.folder == "Drafts"
    assert placed.uid > 0
    (draft,) = drafts(box)
    assert rb"\Draft" in draft
    assert b"Friday it is.\r\n" in draft
    assert find_draft(line, "<d1@keller.example>") == placed
    assert undo_draft(line, placed)
    assert drafts(box) == []
    assert not undo_draft(line, placed)
    assert find_draft(line, "<d1@keller.example>") is None


def test_taking_one_draft_back_leaves_others_alone(box: Mailbox, line: Line) -> None:
    placed = place_draft(line, DRAFT)
    place_draft(line, DRAFT.replace(b"d1", b"d2"))
    assert undo_draft(line, placed)
    assert len(drafts(box)) == 1


def test_what_others_are_about_to_delete_is_not_deleted_for_them(box: Mailbox, line: Line) -> None:
    placed = place_draft(line, DRAFT)
    other = place_draft(line, DRAFT.replace(b"d1", b"d2"))
    with box.by_hand("Drafts") as client:
        client.uid("STORE", str(other.uid), "+FLAGS", r"(\Deleted)")
    if line.can("UIDPLUS"):
        assert undo_draft(line, placed)
        assert len(drafts(box)) == 1
    else:
        with pytest.raises(Rejected, match="by hand"):
            undo_draft(line, placed)
        assert len(drafts(box)) == 2


def test_a_receipt_of_other_numbers_deletes_nothing(box: Mailbox, line: Line) -> None:
    placed = place_draft(line, DRAFT)
    with pytest.raises(Rejected, match="numbered"):
        undo_draft(line, Placed("Drafts", placed.validity + 1, placed.uid))
    with pytest.raises(Rejected, match="by hand"):
        undo_draft(line, Placed("Drafts", placed.validity, 0))
    assert len(drafts(box)) == 1


def test_a_break_in_the_middle_leaves_a_doubt_that_can_be_looked_into(box: Mailbox) -> None:
    source = box.connect()
    assert isinstance(source, Imap)
    box.proxy.fail(where="^APPEND", cut=0)
    with pytest.raises(Unavailable) as raised, source.line() as line:
        place_draft(line, DRAFT)
    assert raised.value.arrived is None
    with source.line() as line:
        assert find_draft(line, "<d1@keller.example>") is None


@pytest.mark.parametrize("flag", ["flagged", "seen", "answered", "$Reveille"])
def test_a_flag_is_set_and_taken_back(box: Mailbox, line: Line, flag: str) -> None:
    box.deliver(1, letters="")
    kept = Kept().sync(box.connect())
    (ref,) = kept.items
    marked = mark(line, ref, flag)
    assert marked.changed
    assert not mark(line, ref, flag).changed
    kept.sync(box.connect())
    assert flags(kept) == ({flag} if flag[0] != "$" else set())
    undo_mark(line, marked)
    kept.sync(box.connect())
    assert flags(kept) == set()
    undo_mark(line, mark(line, ref, flag, on=False))  # it was so already: nothing to undo
    assert flags(kept.sync(box.connect())) == set()


def flags(kept: Kept) -> frozenset[str]:
    (message,) = kept.items.values()
    assert isinstance(message, Message)
    return message.flags


def test_what_is_gone_is_not_marked(box: Mailbox, line: Line) -> None:
    box.deliver(1)
    (ref,) = Kept().sync(box.connect()).items
    for other in (ref + "9", ref.replace(";", ";1"), "Nowhere" + ref, "nonsense"):
        with pytest.raises(Rejected):
            mark(line, other, "seen")
    with pytest.raises(Rejected, match="no flag"):
        mark(line, ref, r"\Deleted) (x")
