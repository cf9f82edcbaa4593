"""What a person sees of each command: answers, help, and troubles in one line with an exit code that means something."""

from __future__ import annotations

import re
import shutil
import sqlite3
from datetime import datetime
from pathlib import Path

import pytest

from tests.e2e.driver import Done, Limits, Reveille
from tests.e2e.workspace import MAILDIR, a_workspace, config, receive

KEY, OTHER_KEY = "a-key-of-forty-letters-and-more-for-tests", "another-key-of-forty-letters-for-the-tests"


@pytest.fixture
def reveille(tmp_path: Path) -> Reveille:
    return a_workspace(tmp_path)


def in_words(done: Done, code: int, *words: str) -> None:
    """One `reveille:` line a trouble, on standard error, and nothing else there."""
    assert done.code == code, done
    assert all(line.startswith("reveille: ") for line in done.err.splitlines()), done.err
    for word in words:
        assert word in done.err, done.err


# --- run --once ------------------------------------------------------------------------------------------------------------


def test_without_a_config_the_sample_day_is_printed_written_and_named(tmp_path: Path) -> None:
    done = Reveille(tmp_path)("run", "--once")
    assert done.code == 0, done
    assert done.err == ""
    assert "opening the sample workspace" in done.out
    assert re.search(r"Good (morning|afternoon|evening), Mara", done.out)  # whenever the tests run
    named = [Path(line.split(": ")[-1].strip()) for line in done.out.splitlines() if "/briefings/" in line]
    assert {file.suffix for file in named} == {".html", ".txt", ".mp3", ".eml", ".json"}
    assert all(file.stat().st_size > 200 for file in named)


def test_with_a_config_its_own_briefing_is_made(reveille: Reveille) -> None:
    done = reveille("run", "--once")
    assert (done.code, done.err) == (0, "")
    assert "Atlas round" in done.out
    assert "sample" not in done.out
    assert len(list((reveille.folder / "out").rglob("*.eml"))) == 1


def test_once_without_a_morning_cadence_says_so(reveille: Reveille) -> None:
    reveille.config(config(cadences={"triage": "{every: 5m}"}))
    done = reveille("run", "--once")
    assert done.code == 1
    assert "no morning cadence" in done.out


# --- brief -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("format", "holds"), [("text", "Atlas round"), ("html", "<h1"), ("speech", "Atlas")])
def test_a_morning_in_every_format(reveille: Reveille, format: str, holds: str) -> None:
    done = reveille("brief", "morning", "--format", format)
    assert (done.code, done.err) == (0, "")
    assert holds in done.out
    assert not (reveille.folder / "out").exists(), "nothing is delivered without --send"


def test_a_briefing_as_json_carries_its_sections_and_coverage(reveille: Reveille) -> None:
    found = reveille("brief", "--format", "json").json
    assert set(found["sections"]) >= {"needs_you", "meetings", "waiting", "commitments", "slack", "rest"}
    [asked] = found["sections"]["needs_you"]
    assert {"key", "version", "text", "sources", "basis", "importance"} <= set(asked)
    assert [s["health"] for s in found["coverage"]["sources"]] == ["ok"]


def test_a_briefing_as_of_an_earlier_moment_knows_nothing_later(reveille: Reveille) -> None:
    done = reveille("brief", "--at", "2026-01-05T07:00")
    assert done.code == 0
    assert "5 January" in done.out
    assert "Atlas round" not in done.out


def test_a_meeting_brief_by_words_of_its_title(tmp_path: Path) -> None:
    reveille = Reveille(tmp_path)
    reveille("run", "--once")
    sample = Reveille(tmp_path / ".reveille" / "sample")
    for format in ("text", "html", "speech", "json"):
        done = sample("brief", "meeting", "--event", "atlas round", "--format", format)
        assert (done.code, done.err) == (0, ""), done
        assert "Dana Whitfield" in done.out
    in_words(sample("brief", "meeting", "--event", "no such thing"), 1, "no meeting like 'no such thing'")


# --- status, doctor, rules, schema -------------------------------------------------------------------------------------------


def test_status_tells_what_ran_and_what_comes(reveille: Reveille) -> None:
    reveille("brief", "--send")
    found = reveille.status()
    assert [(o["cadence"], o["outcome"]) for o in found["last"]] == [("morning", "sent")]
    assert [n["cadence"] for n in found["next"]] == ["morning"]
    assert datetime.fromisoformat(found["next"][0]["due"]).hour == 7
    assert found["sources"][0]["items"] == 1
    shown = reveille("status")
    assert shown.code == 0
    assert "Mara Keller" in shown.out


def test_doctor_names_every_ill_with_its_fix(reveille: Reveille) -> None:
    reveille.config(
        config(
            sources=[MAILDIR, "{kind: notes, path: nowhere}", "{kind: ics, path: 'http://127.0.0.1:9/x.ics'}"],
            channels={
                "inbox": "{kind: email, to: mara@keller.example, smtp: {host: 127.0.0.1, port: 9, security: none}}",
                "blocked": "{kind: folder, path: reveille.yaml}",
            },
        )
    )
    done = reveille("doctor", "--json")
    assert done.code == 1
    bad = {line["name"]: line for line in done.lines if not line["ok"]}
    assert {"notes nowhere", "inbox", "blocked"} <= set(bad)
    assert any("127.0.0.1:9" in line["says"] and name != "inbox" for name, line in bad.items())
    assert all(line["fix"] for line in bad.values()), bad
    shown = reveille("doctor")
    assert (shown.code, shown.err) == (1, "")
    assert "→" in shown.out


def test_rules_are_replayed_before_they_are_in_force(reveille: Reveille) -> None:
    reveille("brief", "--send")
    rule = "rules:\n  - {name: atlas first, when: {from: '*@atlas.example'}, then: {priority: urgent}}\n"
    reveille.config(config(more=rule))
    [changed] = reveille("rules", "test", "--last", "30d", "--json").lines
    assert changed["changes"]["priority"][1] == "urgent"
    assert "1 verdict would change" in reveille("rules", "test").out


def test_a_rule_explains_itself(reveille: Reveille) -> None:
    reveille("brief", "--send")
    more = (
        "rules:\n  - {name: atlas first, when: {from: '*@atlas.example'}, then: {priority: urgent}}\n"
        "  - {name: at night, when: {domain: atlas.example, subject: '*payslip*'}, then: {mute: true}}\n"
        "  - {name: old friends, when: {relation: answered}, then: {priority: high}}\n"
    )
    reveille.config(config(more=more))
    said = reveille("rules", "explain", "atlas round").out
    assert "fired   atlas first" in said
    assert 'nearly  at night: subject wants *payslip*; it has "Atlas round"' in said
    assert "1 other did not come near" in said
    document = reveille("rules", "explain", "atlas round", "--json").json
    assert [r["fired"] for r in document["rules"]] == [True, False, False]
    assert "it is external, stranger" in document["rules"][2]["missed"][0]["found"]
    (reveille.folder / "one.eml").write_bytes(b"From: Eve <eve@atlas.example>\nSubject: Your payslip\n\nHere it is.\n")
    assert "fired   at night" in reveille("rules", "explain", "one.eml").out
    assert "No such file" in reveille("rules", "explain", "other.eml").err
    nothing = reveille("rules", "explain", "no such thing")
    assert (nothing.code, nothing.out) == (1, "")
    assert "give an id" in nothing.err


def test_the_schema_is_printed(reveille: Reveille) -> None:
    assert "properties" in reveille("schema").json


@pytest.mark.parametrize(
    "command",
    ["", "run", "brief", "status", "doctor", "rules", "rules test", "rules explain", "schema", "init", "explain", "events"],
)
def test_help_teaches(reveille: Reveille, command: str) -> None:
    done = reveille(*command.split(), "--help")
    assert (done.code, done.err) == (0, "")
    assert f"Usage: reveille{' ' + command if command else ''}" in done.out
    assert len(done.out.split()) > 30


# --- wrong usage and wrong settings --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["wake"],
        ["run", "--forever"],
        ["brief", "evening"],
        ["brief", "--format", "pdf"],
        ["brief", "--at", "tomorrow"],
        ["brief", "--at", "0001-01-01T00:00"],
        ["brief", "--at", "9999-12-31T23:59"],
        ["brief", "--send", "--at", "2026-05-12T07:00"],
        ["rules", "test", "--last", "a while"],
        ["schema", "-o", "mail"],
    ],
)
def test_wrong_usage_is_said_on_standard_error(reveille: Reveille, words: list[str]) -> None:
    done = reveille(*words)
    assert (done.code, done.out) == (2, "")
    assert done.err


def test_a_span_of_ages_is_no_fault(reveille: Reveille) -> None:
    assert reveille("rules", "test", "--last", "99999999999999d").code == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("me: [", "reveille.yaml:1"),
        ("me: {name: Mara}\n", "emails"),
        ("\0\1\2", "reveille.yaml"),
        ("", "it is empty"),
        (config(channels={"out": "{kind: foldr, path: out}"}), "folder"),
        (
            config(channels={"inbox": "{kind: email, to: m@k.example, smtp: {host: h, user: m, password: {env: NO_SUCH}}}"}),
            "NO_SUCH",
        ),
    ],
)
def test_a_wrong_config_stops_the_start_with_file_field_and_fix(reveille: Reveille, text: str, words: str) -> None:
    (reveille.folder / "reveille.yaml").write_text(text, encoding="utf-8")
    in_words(reveille("run"), 3, words)


def test_a_config_that_is_no_file_or_not_there(reveille: Reveille) -> None:
    in_words(reveille("status", env={"REVEILLE_CONFIG": str(reveille.folder / "gone.yaml")}), 3, "gone.yaml", "reveille init")
    in_words(reveille("status", env={"REVEILLE_CONFIG": str(reveille.folder / "mail")}), 3, "Is a directory")
    (reveille.folder / "reveille.yaml").unlink()
    in_words(reveille("status"), 3, "reveille init")
    (reveille.folder / "reveille.yaml").mkdir()
    in_words(reveille("run", "--once"), 3, "Is a directory")


def test_a_config_that_may_not_be_read(reveille: Reveille) -> None:
    (reveille.folder / "reveille.yaml").chmod(0)
    in_words(reveille("status", limits=Limits(obeys_modes=True)), 3, "Permission denied")


# --- the data folder -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [["status"], ["run", "--once"]])
def test_a_data_folder_that_is_a_file_or_cannot_be_written(reveille: Reveille, command: list[str]) -> None:
    file = reveille.folder / "taken"
    file.write_text("a file")
    in_words(reveille(*command, env={"REVEILLE_DATA": str(file)}), 3, "taken", "REVEILLE_DATA")
    locked = reveille.folder / "locked"
    locked.mkdir(mode=0o500)
    in_words(
        reveille(*command, env={"REVEILLE_DATA": str(locked)}, limits=Limits(obeys_modes=True)), 3, "locked", "REVEILLE_DATA"
    )
    (reveille.folder / "odd" / "secret").mkdir(parents=True)
    in_words(reveille(*command, env={"REVEILLE_DATA": str(reveille.folder / "odd")}), 3, "secret")


@pytest.mark.parametrize("command", [["status"], ["run", "--once"], ["brief"]])
def test_a_damaged_database(reveille: Reveille, command: list[str]) -> None:
    data = reveille.folder / ".reveille"
    data.mkdir()
    (data / "reveille.db").write_bytes(b"not a database at all" * 400)
    in_words(reveille(*command), 1, "damaged", "REVEILLE_DATA")


def test_a_database_damaged_in_its_middle(reveille: Reveille) -> None:
    reveille("run", "--once")
    file = reveille.folder / ".reveille" / "reveille.db"
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    in_words(reveille("status"), 1, "damaged")


def test_a_folder_where_the_database_should_be(reveille: Reveille) -> None:
    (reveille.folder / ".reveille" / "reveille.db").mkdir(parents=True)
    in_words(reveille("status"), 4, "unable to open")


def test_a_database_of_a_newer_version_is_left_alone(reveille: Reveille) -> None:
    reveille("status")
    file = reveille.folder / ".reveille" / "reveille.db"
    with sqlite3.connect(file) as on:
        on.execute("update alembic_version set version_num = '9999'")
        on.execute("update instance set value = cast('9999' as blob) where name = 'serves'")  # and nothing older may use it
    in_words(reveille("status"), 1, "newer Reveille", "9999")
    with sqlite3.connect(file) as on:
        assert on.execute("select version_num from alembic_version").fetchall() == [("9999",)]


def test_a_wrong_or_missing_key_is_told_before_anything_is_written(reveille: Reveille) -> None:
    assert reveille("run", "--once", env={"REVEILLE_KEY": KEY}).code == 0
    in_words(reveille("run", "--once", env={"REVEILLE_KEY": OTHER_KEY}), 3, "does not open this store")
    in_words(reveille("status"), 3, "encrypted")
    assert reveille("status", env={"REVEILLE_KEY": KEY}).code == 0


def test_a_service_already_running_is_named(reveille: Reveille) -> None:
    with reveille.started("run") as first:
        first.wait_for("is running for Mara")
        in_words(reveille("run", "--once"), 1, "runs on", str(first.pid))
        assert reveille("status").code == 0, "looking is allowed"
        assert reveille("brief").code == 0


# --- standard output -------------------------------------------------------------------------------------------------------------


def test_a_reader_that_goes_away_and_a_full_disk_behind_standard_output(reveille: Reveille) -> None:
    import subprocess
    import sys

    command = [sys.executable, "-c", "from service.cli import main; main()", "schema"]
    environment = reveille.environment({})
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, cwd=reveille.folder, env=environment, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert b"No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr
    shell = f"{shutil.which('sh')}"
    piped = " ".join(f"'{word}'" for word in command) + " | head -1"
    done = subprocess.run([shell, "-c", piped], cwd=reveille.folder, env=environment, capture_output=True, check=False)
    assert (done.stdout, done.stderr) == (b"{\n", b"")


def test_a_fault_of_our_own_is_one_line_and_its_place_is_told_on_request(tmp_path: Path) -> None:
    reveille = a_workspace(tmp_path)
    (tmp_path / "sitecustomize.py").write_text("import json\njson.dumps = lambda *a, **k: 1 / 0\n")
    broken = {"PYTHONPATH": f"{tmp_path}:{reveille.environment({})['PYTHONPATH']}"}
    in_words(reveille("schema", env=broken), 5, "ZeroDivisionError", "REVEILLE_LOG_LEVEL=debug")
    with reveille.started("schema", env=broken | {"REVEILLE_LOG_LEVEL": "debug"}) as process:
        process.wait_for("Traceback")


def test_new_mail_is_in_the_next_briefing(reveille: Reveille) -> None:
    assert "Atlas round" in reveille("brief").out
    receive(reveille.folder, "Can you call me back today?", subject="Brightwell", sender="Lea Moser <lea@brightwell.example>")
    assert "Brightwell" in reveille("brief").out


def test_the_config_can_be_named_before_any_command(reveille: Reveille, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    elsewhere = Reveille(tmp_path / "elsewhere")
    done = elsewhere("--config", str(reveille.folder / "reveille.yaml"), "status", "--json")
    assert done.json["person"] == "Mara Keller"
    assert elsewhere("--version").out.startswith("reveille ")
