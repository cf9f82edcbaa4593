"""`reveille explain` as a person types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

MAIL = """From: Dana Whitfield <dana@atlas.example>
To: {to}
Subject: Term sheet
Date: Tue, 12 May 2026 08:00:00 +0000
Message-ID: <1@atlas.example>
Content-Type: text/plain; charset=utf-8

Hi Mara,

could you please send me the signed term sheet by Friday? I'll forward it tomorrow.

> Old words.
"""


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    path = tmp_path / "one.eml"
    path.write_text(MAIL.format(to="Mara Keller <mara@keller.example>"), encoding="utf-8")
    return path


def explain(*args: object, given: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from service.cli import main; main()", "explain", *map(str, args)]
    environment = {k: v for k, v in os.environ.items() if k != "REVEILLE_CONFIG"} | {"PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        command, input=given, capture_output=True, text=True, encoding="utf-8", timeout=60, cwd=cwd, env=environment, check=False
    )


def test_one_json_line_says_all_of_it(mail: Path, tmp_path: Path) -> None:
    done = explain(mail, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    said = json.loads(line)
    assert said["file"] == str(mail)
    assert said["from"] == [["Dana Whitfield", "dana@atlas.example"]]
    assert (said["subject"], said["sent_at"]) == ("Term sheet", "2026-05-12T08:00:00Z")
    assert "Old words" in said["visible_text"]
    assert "Old words" not in said["reply_text"]
    assert said["category"] == "needs_reply"
    assert 0 <= said["urgency"] <= 1
    assert (said["spam"], said["phishing"]) == (False, False)
    assert said["reasons"][0] == "Dana Whitfield asks you directly"
    (request,) = said["requests"]
    assert request["due"] == {"words": "Friday", "on": "2026-05-15", "at": None}
    assert said["visible_text"][request["offset"] :].startswith(request["words"])
    (promise,) = said["commitments"]
    assert promise["what"] == "forward it tomorrow"
    assert [(d["words"], d["on"]) for d in said["dates"]] == [("Friday", "2026-05-15"), ("tomorrow", "2026-05-13")]


def test_what_cannot_be_read_is_a_line_and_the_rest_still_comes(mail: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.eml"
    empty.write_bytes(b"")
    done = explain(tmp_path / "absent.eml", mail, tmp_path, empty, mail, "--json", cwd=tmp_path)
    assert done.returncode == 1
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert ["error" in line for line in lines] == [True, False, True, True, False]
    assert lines[0] == {"file": str(tmp_path / "absent.eml"), "error": "cannot read it: No such file or directory"}
    assert "Traceback" not in done.stderr


def test_paths_come_from_standard_input(mail: Path, tmp_path: Path) -> None:
    done = explain("-", "--json", given=f"{mail}\n\n{mail}\n", cwd=tmp_path)
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 2


def test_no_bytes_end_the_run(mail: Path, tmp_path: Path) -> None:
    hostile = []
    for number, data in enumerate(
        (
            b"\x00" * 500,
            b"\xff\xfe" * 300,
            bytes(range(256)) * 20,
            b"Subject: " + b"(" * 60_000,
            b"From: " + b"a@" * 20_000 + b"\n\nx",
        )
    ):
        path = tmp_path / f"{number}.eml"
        path.write_bytes(data)
        hostile.append(path)
    done = explain(*hostile, mail, "--json", cwd=tmp_path)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["file"] for line in lines] == [str(p) for p in (*hostile, mail)]
    assert lines[-1]["subject"] == "Term sheet"


def test_me_says_who_reads(tmp_path: Path) -> None:
    path = tmp_path / "two.eml"
    path.write_text(MAIL.format(to="mara@keller.example, finn@keller.example"), encoding="utf-8")
    mine = json.loads(explain(path, "--json", "--me", "mara@keller.example", cwd=tmp_path).stdout)
    other = json.loads(explain(path, "--json", "--me", "finn@keller.example", cwd=tmp_path).stdout)
    assert [r["of_me"] for r in mine["requests"]] == [True]
    assert [r["of_me"] for r in other["requests"]] == [False]


def test_the_config_beside_it_says_who_reads_and_its_rules_hold(mail: Path, tmp_path: Path) -> None:
    (tmp_path / "reveille.yaml").write_text(
        "me: {name: Mara Keller, emails: [mara@keller.example], timezone: Europe/Zurich}\n"
        "rules:\n  - {name: atlas first, when: {from: '*@atlas.example'}, then: {priority: urgent}}\n",
        encoding="utf-8",
    )
    said = json.loads(explain(mail, "--json", cwd=tmp_path).stdout)
    assert said["category"] == "urgent"
    assert said["reasons"][0] == 'your rule "atlas first"'


def test_for_the_eye_it_is_a_page(mail: Path, tmp_path: Path) -> None:
    done = explain(mail, cwd=tmp_path)
    assert done.returncode == 0
    assert "needs_reply" in done.stdout
    assert "asks you: send me the signed term sheet by Friday" in done.stdout
    assert "\x1b" not in done.stdout


def test_of_several_recipients_any_may_be_the_reader(mail: Path, tmp_path: Path) -> None:
    mail.write_text(MAIL.format(to="finn@keller.example, mara@keller.example"), encoding="utf-8")
    said = json.loads(explain(mail, "--json", cwd=tmp_path).stdout)
    assert said["category"] == "needs_reply"
    assert [request["of_me"] for request in said["requests"]] == [True]


def test_a_list_is_no_reader_but_its_member_is(mail: Path, tmp_path: Path) -> None:
    text = MAIL.format(to="walkers@hills.example").replace("Hi Mara,\n\n", "")
    marked = "List-Id: <walkers.hills.example>\nSubject: [walkers]"
    mail.write_text(text.replace("Subject:", marked), encoding="utf-8")
    said = json.loads(explain(mail, "--json", cwd=tmp_path).stdout)
    assert [request["of_me"] for request in said["requests"]] == [False]
