"""How well real and hostile mail is read. Thresholds lie a little below what is reached."""

from __future__ import annotations

import importlib.util
import json
import tarfile
import time
import warnings
from datetime import UTC, datetime
from typing import Any

import pytest

from service.domain.items import Message
from service.domain.raw import RawMessage
from service.mail.message import read_message
from service.mail.reply import reply_html, reply_text
from tests.corpus import need

pytestmark = pytest.mark.corpus
STORED = datetime(2026, 5, 12, 10, 0, tzinfo=UTC)


def read(data: bytes) -> Message:
    return read_message(RawMessage(data, "mail", "ref", STORED), frozenset())


def manifest(folder: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in need(folder, "manifest.jsonl").read_text("utf-8").splitlines()]


def words(text: str | None) -> str:
    return " ".join((text or "").split())


def test_hard_messages_are_read_without_a_crash_and_in_time() -> None:
    for case in manifest("mime_hard"):
        began = time.process_time()
        message = read(need("mime_hard", "msgs", case["id"]).read_bytes())
        assert time.process_time() - began < 2, case["id"]
        assert not any("could not be read" in problem for problem in message.problems), case["id"]


def test_hard_messages_have_the_expected_text_and_sender() -> None:
    right: dict[str, list[bool]] = {"text": [], "from": []}
    for case in manifest("mime_hard"):
        expected = case.get("expected", {})
        message = read(need("mime_hard", "msgs", case["id"]).read_bytes())
        if "text" in expected:
            right["text"].append(words(message.text) == words(expected["text"]))
        if "from" in expected:
            right["from"].append([message.sender.name or None, message.sender.email or None] == expected["from"][0])
    assert all(right["from"])
    assert sum(right["text"]) / len(right["text"]) >= 0.84


def test_hidden_text_never_leaks_and_visible_text_is_kept() -> None:
    for case in manifest("hidden_html"):
        message = read(need("hidden_html", case["file"]).read_bytes())
        assert words(case["visible"]) in words(message.text), case["id"]
        if "hidden_canary" in case:
            assert case["hidden_canary"] not in f"{message.text} {message.reply_text} {message.links}", case["id"]


def test_replies_are_found_exactly() -> None:
    spec = importlib.util.spec_from_file_location("score", need("quoted_reply", "score.py"))
    assert spec is not None
    assert spec.loader is not None
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # score.py leaves its file open
        right, _ = score.score(str(need("quoted_reply", "cases.jsonl")), reply_text, reply_html)
    results = [ok for found in right.values() for ok in found]
    assert sum(results) / len(results) >= 0.95


def test_every_real_mail_is_read() -> None:
    with tarfile.open(need("spamassassin", "mails.tar.xz")) as tar:
        mails = [file.read() for member in tar if (file := tar.extractfile(member))]
    messages = [read(data) for data in mails]
    assert not any("could not be read" in problem for message in messages for problem in message.problems)
    assert sum(1 for message in messages if message.sender.email) / len(messages) > 0.99
    assert sum(1 for message in messages if message.text) / len(messages) > 0.98


def test_hostile_strings_in_any_field_are_only_text() -> None:
    for name in sorted(path.name for path in need("hostile_inputs").iterdir()):
        for line in need("hostile_inputs", name).read_text("utf-8").splitlines():
            data = line.encode("utf-8", "surrogatepass")
            message = read(b"From: " + data + b"\nSubject: " + data + b"\nContent-Type: text/html\n\n" + data)
            assert not any("could not be read" in problem for problem in message.problems), line[:80]
