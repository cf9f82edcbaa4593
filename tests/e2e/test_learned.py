"""Teaching Reveille by the commands a person types."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.driver import Reveille
from tests.e2e.workspace import a_workspace, config, receive

ALARM = "Production is down and customers are blocked. Please fix this immediately, I need you to act now."


@pytest.fixture
def reveille(tmp_path: Path) -> Reveille:
    workspace = a_workspace(tmp_path)
    for n in range(4):
        receive(tmp_path, ALARM, subject=f"Alarm {'abcd'[n]}")
    workspace("brief")
    return workspace


def test_three_corrections_change_the_fourth(reveille: Reveille) -> None:
    assert "Nothing is learned yet" in reveille("learned").out
    assert "Nothing to report yet" in reveille("learned", "report").out
    first = reveille("correct", "Alarm a", "--not-urgent")
    assert (first.code, first.err) == (0, "")
    assert "urgent, urgency 0." in first.out
    assert "noted; it takes three" in first.out
    reveille("correct", "Alarm b", "--not-urgent")
    assert (
        "learned: of Dana Whitfield's mails that look urgent you marked 3 of 3 not urgent"
        in reveille("correct", "Alarm c", "--not-urgent").out
    )
    [found] = [one for one in reveille("learned", "--json").json if one["about"] == "sender"]
    assert (found["of"], found["cases"], found["looks"]) == ("dana@atlas.example", 3, "urgent")
    assert b'"brain":"learned"' in verdict(reveille, "Alarm d")
    assert found["id"] in reveille("learned").out
    assert reveille("learned", "undo", found["id"]).out == "Forgotten: Dana Whitfield.\n"
    assert b"learned" not in verdict(reveille, "Alarm d")
    assert reveille("learned", "report", "--json").json["all"]["mails"] == 3
    assert reveille("learned", "forget-all", "--yes").code == 0
    assert reveille.rows("select count(*) from feedback") == [(0,)]


def test_wrong_words_are_said(reveille: Reveille) -> None:
    for words, code in (
        (("correct", "Alarm a"), 2),
        (("correct", "Alarm a", "--urgent", "--not-urgent"), 2),
        (("correct", "Alarm a", "--category", "spam"), 2),
        (("correct", "no such mail", "--urgent"), 1),
        (("correct", "Alarm", "--urgent"), 1),
        (("learned", "undo", "12345678"), 1),
    ):
        done = reveille(*words)
        assert (done.code, done.out) == (code, ""), words
        assert done.err


def test_an_answer_is_shown_in_the_persons_hand(tmp_path: Path) -> None:
    more = "rules:\n  - {name: fees, when: {from: dana@atlas.example, subject: '*fee*'}, then: {answer: {template: text, text: 'They are on our page.'}}}\n"
    reveille = a_workspace(tmp_path, config(more=more))
    mine = "Mara Keller <mara@keller.example>"
    for n in range(3):
        text = f"Hi Dana,\n\nhere is page {n} of the plan for you.\n\nCheers\nMara\n"
        receive(tmp_path, text, subject=f"Plan {n}", sender=mine, to="Dana Whitfield <dana@atlas.example>")
    receive(tmp_path, "What are your fees?", subject="Fees")
    receive(tmp_path, "Here are the files that you wanted for the audit.", subject="Files")
    reveille("brief")
    assert "Hi {first}," in reveille("learned", "style", "dana@atlas.example").out
    assert reveille("learned", "style", "--json").json["styles"][0]["sign_off"] == "Cheers"
    assert "No mail of yours to nobody" in reveille("learned", "style", "nobody@else.example").out
    assert reveille("draft", "Fees").out == (
        "To: dana@atlas.example\nSubject: Re: Fees\n\nHi Dana,\n\nThey are on our page.\n\nCheers\nMara\n\n"
    )
    assert "your mail has arrived" in reveille("draft", "Files", "--as", "receipt").out
    none = reveille("draft", "Files")
    assert (none.code, none.out) == (1, "")
    assert "no rule" in none.err
    assert "nothing of a meeting" in reveille("draft", "Files", "--as", "schedule").err


def verdict(reveille: Reveille, subject: str) -> bytes:
    """Of the one mail of that subject, as it is stored."""
    rows = reveille.rows("select sealed, verdict from item where kind = 'message'")
    [found] = [_plain(judged) for sealed, judged in rows if subject.encode() in _plain(sealed)]
    return found


def _plain(sealed: bytes) -> bytes:
    import zlib

    return zlib.decompress(sealed[1:]) if sealed[:1] == b"z" else sealed
