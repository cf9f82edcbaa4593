"""`reveille init` and `reveille schema` as a person types them."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from service.cli.answers import table
from service.settings import load
from service.settings.kinds import KindUnloadable, installed

ROOT = Path(__file__).parents[2]
RUN = "from service.cli import main; main()"


def reveille(folder: Path, *words: str, answers: str | None = None) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("REVEILLE_")}
    env |= {"HOME": str(folder / "home"), "PYTHONPATH": str(ROOT), "TZ": "Europe/Zurich", "COLUMNS": "200", "NO_COLOR": "1"}
    command = [sys.executable, "-W", "error::DeprecationWarning:service", "-c", RUN, *words]
    given = {"input": answers} if answers is not None else {"stdin": subprocess.DEVNULL}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=180, **given)
    assert "Traceback" not in done.stderr
    return done


def needs(*kinds: str) -> None:
    for kind in kinds:
        try:
            installed().sources.settings(kind)
        except KindUnloadable:
            pytest.skip(f"this build has no source {kind}")


def test_without_a_terminal_or_an_answer_the_file_loads(tmp_path: Path):
    done = reveille(tmp_path, "init", "--yes")
    assert done.returncode == 0, done.stderr
    config = load(tmp_path / "reveille.yaml")
    assert config.person.timezone == "Europe/Zurich"
    assert [c.name for c in config.cadences] == ["morning", "meetings", "triage"]
    assert list(config.channels) == ["files"]
    assert "reveille doctor" in done.stdout
    assert "me.emails" in done.stdout
    assert stat.S_IMODE((tmp_path / "reveille.yaml").stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["reveille.yaml"]


def test_options_stand_in_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    words = [
        "--name",
        'Mara "M" Keller: #1',
        "--email",
        "Mara@keller.example",
        "--email",
        "m@k.example",
        "--timezone",
        "America/New_York",
    ]
    words += ["--smtp-host", "smtp.keller.example", "--smtp-port", "465", "--smtp-user", "mara", "--smtp-password-env", "MAIL_PW"]
    done = reveille(tmp_path, "init", "--yes", "--morning", "6:45", "--folder", "out", *words)
    assert done.returncode == 0, done.stderr
    assert "export MAIL_PW=" in done.stdout
    monkeypatch.setenv("MAIL_PW", "x")
    config = load(tmp_path / "reveille.yaml")
    assert config.person.name == 'Mara "M" Keller: #1'
    assert config.person.emails == ("mara@keller.example", "m@k.example")
    assert config.person.timezone == "America/New_York"
    assert list(config.channels) == ["inbox", "files"]
    assert config.channels["inbox"].smtp.secured == "tls"  # type: ignore[attr-defined]
    assert config.cadences[0].timing.at[0].isoformat() == "06:45:00"
    assert config.cadences[0].to == ("inbox", "files")


def test_every_source_can_be_an_option(tmp_path: Path):
    needs("maildir", "mbox", "eml", "ics", "slack_export", "notes", "vcard", "csv")
    for folder in ("Maildir/cur", "messages", "slack", "my notes"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ("old.mbox", "cal.ics", "people.vcf"):
        (tmp_path / file).touch()
    (tmp_path / "deals.csv").write_text("Deal Name,Company,Deal Stage,Amount,Close Date\n")
    (tmp_path / "people.csv").write_text("First Name;Last Name;E-Mail Address\n")
    done = reveille(
        tmp_path, "init", "--yes", "--email", "m@k.example", "--maildir", "Maildir", "--mbox", "old.mbox", "--eml", "messages",
        "--calendar", "cal.ics", "--calendar", "https://cal.example/team.ics", "--slack-export", "slack", "--notes", "my notes",
        "--vcards", "people.vcf", "--deals", "deals.csv", "--contacts", "people.csv",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    config = load(tmp_path / "reveille.yaml")
    kinds = [source.kind for source in config.sources]
    assert kinds == ["maildir", "mbox", "eml", "ics", "ics", "slack_export", "notes", "vcard", "csv", "csv"]
    contacts, deals = config.sources[-2:]
    assert deals.columns["stage"] == "Deal Stage"  # type: ignore[attr-defined]
    assert contacts.columns["name"] == ("First Name", "Last Name")  # type: ignore[attr-defined]


def test_address_that_is_a_key_stays_out_of_the_file(tmp_path: Path):
    needs("ics")
    done = reveille(tmp_path, "init", "--yes", "--calendar", "https://cal.example/ical/private-0123456789abcdef/basic.ics")
    assert done.returncode == 0, done.stderr
    assert "0123456789" not in (tmp_path / "reveille.yaml").read_text()
    assert "export CALENDAR_URL=" in done.stdout


def test_usual_places_are_looked_at(tmp_path: Path):
    needs("maildir")
    (tmp_path / "home" / "Maildir" / "cur").mkdir(parents=True)
    assert reveille(tmp_path, "init", "--yes").returncode == 0
    assert "{kind: maildir, path: home/Maildir}" in (tmp_path / "reveille.yaml").read_text()


def test_questions_are_asked_again_until_the_answer_serves(tmp_path: Path):
    asked_again = ["Mara Keller", "mara-at-home", "mara@keller.example", "Zurch", "Europe/Zurich", "nowhere", ""]
    answers = [*asked_again, *[""] * 7, "7", "07:15"]
    done = reveille(tmp_path, "init", answers="\n".join(answers) + "\n")
    assert done.returncode == 0, done.stderr + done.stdout
    config = load(tmp_path / "reveille.yaml")
    assert (config.person.name, config.person.emails) == ("Mara Keller", ("mara@keller.example",))
    assert config.cadences[0].timing.at[0].isoformat() == "07:15:00"
    assert "Did you mean Europe/Zurich?" in done.stderr


def test_answers_that_end_early_write_nothing(tmp_path: Path):
    done = reveille(tmp_path, "init", answers="Mara\n")
    assert done.returncode == 1
    assert not list(tmp_path.iterdir())


def test_file_that_is_there_is_kept_unless_forced(tmp_path: Path):
    file = tmp_path / "reveille.yaml"
    file.write_text("mine")
    done = reveille(tmp_path, "init", "--yes")
    assert done.returncode == 2
    assert "--force" in done.stderr
    assert file.read_text() == "mine"
    assert reveille(tmp_path, "init", "--yes", "--force").returncode == 0
    assert load(file).file == file


def test_answers_that_would_not_load_leave_the_old_file(tmp_path: Path):
    file = tmp_path / "reveille.yaml"
    file.write_text("mine")
    done = reveille(tmp_path, "init", "--yes", "--force", "--smtp-host", "two words")
    assert done.returncode == 3
    assert "channels.inbox.smtp.host" in done.stderr
    assert file.read_text() == "mine"
    assert [p.name for p in tmp_path.iterdir()] == ["reveille.yaml"]


@pytest.mark.parametrize(
    "words", [["--timezone", "Zurch"], ["--morning", "7"], ["--email", "x"], ["--maildir", "nowhere"], ["--calendar", "no.ics"]]
)
def test_wrong_option_is_said_and_writes_nothing(tmp_path: Path, words: list[str]):
    done = reveille(tmp_path, "init", "--yes", *words)
    assert done.returncode == 2
    assert done.stderr
    assert not list(tmp_path.iterdir())


def test_schema_is_printed_or_written(tmp_path: Path):
    printed = reveille(tmp_path, "schema")
    assert printed.returncode == 0
    assert "sources" in json.loads(printed.stdout)["properties"]
    assert reveille(tmp_path, "schema", "--output", "s.json").returncode == 0
    assert json.loads((tmp_path / "s.json").read_text()) == json.loads(printed.stdout)


@pytest.mark.parametrize(
    ("header", "holds"),
    [
        ("client_id,assigned_to,client_name,client_email,client_phone,last_contact_date,status,notes", "contacts"),
        ("First Name,Last Name,E-mail 1,Phone 1,Organization", "contacts"),
        ("deal,company,stage,amount,close date,owner", "deals"),
        ("task_id,task_name,assigned_to,due_date,board", "tasks"),
        ("Title,Due,Assignee,Status", "tasks"),
    ],
)
def test_a_table_is_recognised_by_its_headers(tmp_path: Path, header: str, holds: str):
    file = tmp_path / "some.csv"
    file.write_text(header + "\n", encoding="utf-8")
    assert table(file).holds == holds
