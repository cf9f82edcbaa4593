"""What triage reaches on public data; thresholds stand a little below what was measured."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from service.domain.items import Message
from service.domain.people import Person
from service.domain.raw import RawMessage
from service.domain.verdicts import Category, Verdict
from service.mail.message import read_message
from service.triage import Triage
from service.triage.asking import asks
from tests.builders import MARA, NOON, a_message, a_person
from tests.corpus import need
from tests.training.asking import FILE, data_line
from tests.training.public import Labelled, address, labelled

pytestmark = pytest.mark.corpus


def judged() -> Iterator[tuple[Labelled, Verdict]]:
    need("triage_mail", "mails.jsonl")
    for mail in labelled():
        yield mail, Triage(mail.person).judge(mail.message)


def share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits)


def test_the_shipped_weights_know_what_they_were_trained_on() -> None:
    """How right they are on mail they never saw is for `python -m tests.bench triage` to say."""
    said = [(mail.category, verdict.category) for mail, verdict in judged()]
    for category in Category:
        assert share([s is category for right, s in said if right is category]) >= 0.85, category


def test_benign_mail_that_looks_like_an_attack_is_no_phishing() -> None:
    texts = [
        json.loads(line)[field]
        for name, field in (("notinject_one", "prompt"), ("llmail_benign", "body"), ("bipia_email_contexts", "context"))
        for line in need("injection_mail", f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    found = [Triage(a_person()).judge(a_message(text=text, subject=text[:60])) for text in texts]
    assert not any(v.phishing for v in found)
    assert share([v.spam for v in found]) <= 0.02


def test_action_items_are_found_where_there_are_some() -> None:
    cases = json.loads(need("triage_mail", "action_items_ground_truth.json").read_text(encoding="utf-8"))
    for name, case in cases.items():
        if name == "_meta":
            continue
        email = case["email"]
        verdict = Triage(a_person()).judge(
            a_message(sender=address(email["from"]), subject=email["subject"], text=email["body"], reply_text=email["body"])
        )
        assert bool(verdict.requests) is bool(case["expected_action_items"]), name


def test_what_i_asked_and_what_i_merely_told() -> None:
    cases = json.loads(need("triage_mail", "followups_ground_truth.json").read_text(encoding="utf-8"))
    for name, case in cases.items():
        if name == "_meta":
            continue
        mine = [m for m in case["thread"] if m["direction"] == "outbound"][-1]
        verdict = Triage(a_person()).judge(
            a_message(sender=MARA, to=(address(mine["to"]),), subject=mine["subject"], text=mine["body"])
        )
        assert bool(verdict.requests) is case["awaits_reply"], name


def test_sentences_that_ask() -> None:
    rows = [json.loads(line) for line in need("email_intent", "train.jsonl").read_text(encoding="utf-8").splitlines()]
    said = [asks(row["text"]) >= 0.5 for row in rows]
    hits = sum(s and row["label"] for s, row in zip(said, rows, strict=True))
    assert 2 * hits / (sum(said) + sum(row["label"] for row in rows)) >= 0.81


@pytest.fixture(scope="module")
def real_mail() -> list[tuple[dict[str, Any], Message, Verdict]]:
    labels = {row["file"]: row for row in map(json.loads, need("spamassassin", "labels.jsonl").read_text().splitlines())}
    triage = Triage(Person("me", "Some Body", ("nobody@nowhere.example",)))
    found = []
    with tarfile.open(need("spamassassin", "mails.tar.xz")) as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file is None or member.name not in labels:
                continue
            message = read_message(RawMessage(file.read(), "a", member.name, NOON), frozenset())
            found.append((labels[member.name], message, triage.judge(message)))
    return found


def test_junk_is_told_from_mail(real_mail: list[tuple[dict[str, Any], Message, Verdict]]) -> None:
    said = [(row["label"] == "spam", v.spam, row["subset"]) for row, _, v in real_mail]
    hits = sum(right and flagged for right, flagged, _ in said)
    assert 2 * hits / (sum(r for r, *_ in said) + sum(f for _, f, _ in said)) >= 0.89
    assert share([flagged for _, flagged, subset in said if "hard_ham" in subset]) <= 0.1
    assert share([flagged for _, flagged, subset in said if "easy_ham" in subset]) <= 0.01


def test_bulk_mail_asks_nothing_of_a_person(real_mail: list[tuple[dict[str, Any], Message, Verdict]]) -> None:
    bulk = [v for row, _, v in real_mail if row["label"] == "ham" and (row["bulk_header"] or "hard" in row["subset"])]
    assert share([any(r.of_me for r in (*v.requests, *v.hints)) for v in bulk]) <= 0.02


def test_bulk_mail_asks_nothing_of_those_it_is_sent_to(real_mail: list[tuple[dict[str, Any], Message, Verdict]]) -> None:
    bulk = [m for row, m, _ in real_mail if row["label"] == "ham" and (row["bulk_header"] or "hard" in row["subset"])]
    read = [Triage(Person("me", "Some Body", tuple(a.email for a in m.to[:1]))).judge(m) for m in bulk]
    assert share([any(r.of_me for r in (*v.requests, *v.hints)) for v in read]) <= 0.015


def test_every_statement_in_real_mail_quotes_exactly(real_mail: list[tuple[dict[str, Any], Message, Verdict]]) -> None:
    for _, message, verdict in real_mail:
        found = (*verdict.requests, *verdict.hints, *verdict.commitments, *verdict.dates, *verdict.amounts, *verdict.decisions)
        slots = (slot for meeting in verdict.meetings for slot in meeting.slots)
        for span in (statement.span for statement in (*found, *verdict.meetings, *slots)):
            where = message.subject if span.offset == -1 else message.text[span.offset : span.offset + len(span.text)]
            assert span.text in where


def test_the_weights_name_the_data_they_were_trained_on() -> None:
    shipped = json.loads(FILE.read_text(encoding="utf-8"))
    assert shipped["data"] == [data_line(need("email_intent", "train.jsonl").read_bytes())]
