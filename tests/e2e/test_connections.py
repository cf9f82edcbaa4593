"""A person connects what they use, gets a morning of it by config alone, and takes it back. What opens it is said nowhere."""

from __future__ import annotations

import imaplib
import json
import re
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.e2e.driver import Reveille
from tests.e2e.workspace import a_workspace, config, where_it_is_morning
from tests.live.fakes.google import Google
from tests.live.fakes.hubspot import Fake as FakeHubSpot
from tests.live.fakes.slack import FakeSlack
from tests.live.slack_world import USER
from tests.live.slack_world import a_workspace as a_slack
from tests.services import radicale
from tests.services.dovecot import Dovecot, MailUser
from tests.services.radicale import BOOK, CALENDAR, Radicale

pytestmark = pytest.mark.slow
HUBSPOT_TOKEN = "pat-eu1-secret"


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def a_slack_question(stack: ExitStack) -> str:
    """Where it answers: Dana asks Mara something, half an hour ago."""
    slack = stack.enter_context(FakeSlack())
    a_slack(slack, rooms=2)
    at = (datetime.now(UTC) - timedelta(minutes=30)).timestamp()
    slack.say("C00", f"{at:.6f}", "U2", "<@U1> can you approve the Atlas budget today?")
    return f"http://127.0.0.1:{slack.port}/api/"


def a_crm(stack: ExitStack) -> str:
    hubspot = stack.enter_context(FakeHubSpot())
    hubspot.account.add("contacts", firstname="Dana", lastname="Weiss", email="dana@atlas.example", jobtitle="CFO")
    hubspot.account.add("contacts", firstname="Finn", lastname="Weber", email="finn@atlas.example", jobtitle="CEO")
    return f"http://127.0.0.1:{hubspot.port}"


def everything_said(reveille: Reveille, *outputs: str) -> str:
    """What was printed, and every file below the folder."""
    files = (file for file in reveille.folder.rglob("*") if file.is_file())
    return "\n".join([*outputs, *(file.read_bytes().decode("latin-1") for file in files)])


def test_connected_listed_read_and_taken_back(tmp_path: Path, stack: ExitStack) -> None:
    slack_url, hubspot_url = a_slack_question(stack), a_crm(stack)
    reveille = a_workspace(tmp_path)
    said = []

    done = reveille("connect", "slack", f"base_url={slack_url}", typed=f"{USER}\n\n")
    said.append(done.out + done.err)
    assert done.code == 0, done
    assert "users:read" in done.out, "what it may do is said first"
    assert "Connected" in done.out
    snippet = done.out.partition("have these lines")[2]
    assert "kept: slack" in snippet

    done = reveille("connect", "hubspot", f"base_url={hubspot_url}", typed=f"{HUBSPOT_TOKEN}\n")
    said.append(done.out + done.err)
    assert done.code == 0, done

    sources = (
        "{kind: maildir, path: mail}",
        f"{{kind: slack, token: {{kept: slack}}, base_url: '{slack_url}'}}",
        f"{{kind: hubspot, token: {{kept: hubspot}}, base_url: '{hubspot_url}'}}",
    )
    reveille.config(config(sources))
    done = reveille("run", "--once")
    said.append(done.out + done.err)
    assert done.code == 0, done
    assert "approve the Atlas budget" in done.out
    assert "CFO" in done.out or "Dana" in done.out

    done = reveille("connections", "--json")
    said.append(done.out)
    shown = {one["name"]: one for one in done.json}
    assert {name: one["state"] for name, one in shown.items()} == {"slack": "ok", "hubspot": "ok"}
    assert shown["hubspot"]["sources"][0]["items"] == 2
    assert shown["slack"]["login"].startswith("mara")

    doctor = reveille("doctor")
    said.append(doctor.out + doctor.err)
    assert "slack" in doctor.out

    export = reveille("export", "mara", tmp_path / "mara.zip")
    said.append(export.out + export.err)

    done = reveille("disconnect", "slack", "--erase")
    said.append(done.out + done.err)
    assert done.code == 0, done
    assert "Slack has taken the token back" in done.out
    assert [one["name"] for one in reveille("connections", "--json").json] == ["hubspot"]
    assert not any("approve the Atlas budget" in str(row) for row in reveille.rows("select * from item"))

    done = reveille("doctor")
    said.append(done.out + done.err)
    assert done.code == 1
    assert "reveille connect" in done.out

    everything = everything_said(reveille, *said)
    assert USER not in everything
    assert HUBSPOT_TOKEN not in everything


def a_google(stack: ExitStack, folder: Path) -> Google:
    """Dana asks for something, two hours ago; in three hours they meet."""
    google = stack.enter_context(Google())
    google.mail.put(a_question("mara@keller.example"))
    begins = (datetime.now(UTC) + timedelta(hours=3)).replace(microsecond=0)
    times = {"start": {"dateTime": begins.isoformat()}, "end": {"dateTime": (begins + timedelta(hours=1)).isoformat()}}
    google.calendars.put("review", summary="Atlas review", attendees=[{"email": "finn@atlas.example"}], **times)
    (folder / "client.json").write_text(json.dumps(google.client_file()))
    return google


def test_a_morning_from_google_slack_and_hubspot_by_config_alone(tmp_path: Path, stack: ExitStack) -> None:
    google, slack_url, hubspot_url = a_google(stack, tmp_path), a_slack_question(stack), a_crm(stack)
    reveille = a_workspace(tmp_path)
    opened = {"BROWSER": "true"}  # a program that ends well: what it opens is followed below
    with reveille.started("connect", "google", "client=client.json", f"endpoint={google.url}", env=opened) as process:
        process.wait_for(r"http://\S+/o/oauth2/auth\S*")
        found = re.search(r"http://\S+/o/oauth2/auth\S*", process.out)
        assert found
        with urllib.request.urlopen(found[0], timeout=30) as page:  # as the browser follows it
            assert b"close this window" in page.read()
        done = process.ended()
    said = [done.out + done.err]
    assert done.code == 0, done
    assert "gmail.readonly" in done.out
    assert "calendar.readonly" in done.out
    for words, secret in (
        (("slack", f"base_url={slack_url}"), f"{USER}\n\n"),
        (("hubspot", f"base_url={hubspot_url}"), f"{HUBSPOT_TOKEN}\n"),
    ):
        done = reveille("connect", *words, typed=secret)
        said.append(done.out + done.err)
        assert done.code == 0, done

    reveille.config(
        config(
            (
                f"{{kind: gmail, endpoint: '{google.url}'}}",
                f"{{kind: google_calendar, endpoint: '{google.url}'}}",
                f"{{kind: slack, token: {{kept: slack}}, base_url: '{slack_url}'}}",
                f"{{kind: hubspot, token: {{kept: hubspot}}, base_url: '{hubspot_url}'}}",
            ),
            zone=where_it_is_morning(),
        )
    )
    done = reveille("run", "--once")
    said.append(done.out + done.err)
    assert done.code == 0, done
    for told in ("signed term sheet", "Atlas review", "approve the Atlas budget", "Finn Weber"):
        assert told in done.out
    assert {one["state"] for one in reveille("connections", "--json").json} == {"ok"}
    done = reveille("disconnect", "google", "--keep")
    said.append(done.out + done.err)
    assert done.code == 0, done
    everything = everything_said(reveille, *said)
    for token in (*google.oauth.people, USER, HUBSPOT_TOKEN):
        assert token not in everything


def test_google_is_waited_for_where_nobody_is_at_the_terminal(tmp_path: Path, stack: ExitStack) -> None:
    """No browser, and standard input is closed: whoever has the address may open it anywhere on this machine."""
    google = a_google(stack, tmp_path)
    reveille = a_workspace(tmp_path)
    with reveille.started(
        "connect", "google", "client=client.json", f"endpoint={google.url}", env={"BROWSER": "false"}
    ) as process:
        process.wait_for("paste its whole address here")
        found = re.search(r"http://\S+/o/oauth2/auth\S*", process.out)
        assert found
        assert process.is_running
        with urllib.request.urlopen(found[0], timeout=30) as page:
            assert b"close this window" in page.read()
        done = process.ended()
    assert done.code == 0, done
    assert "Connected" in done.out


def a_question(to: str) -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Atlas round", "Dana Weiss <dana@atlas.example>", to
    message["Date"], message["Message-ID"] = format_datetime(datetime.now(UTC) - timedelta(hours=2)), "<ask@atlas.example>"
    message.set_content("Could you send me the signed term sheet by tomorrow?")
    return message.as_bytes()


def a_mailbox(dovecot: Dovecot) -> MailUser:
    """Dana asks for something, two hours ago."""
    user = dovecot.new_user()
    with imaplib.IMAP4("127.0.0.1", dovecot.port, timeout=30) as client:
        client.login(user.name, user.password)
        client.append("INBOX", None, None, a_question(user.name))
    return user


def a_calendar_and_contacts(radicale: Radicale) -> None:
    """A meeting with Dana in three hours; who she is stands in the address book."""
    radicale.empty()
    at = datetime.now(UTC) + timedelta(hours=3)
    (radicale.make("work", CALENDAR) / "review.ics").write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:review\r\nDTSTAMP:20250101T000000Z\r\n"
        f"DTSTART:{at:%Y%m%dT%H%M%SZ}\r\nDTEND:{at + timedelta(hours=1):%Y%m%dT%H%M%SZ}\r\nSUMMARY:Atlas review\r\n"
        "ATTENDEE;CN=Dana Weiss;PARTSTAT=ACCEPTED:mailto:dana@atlas.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    (radicale.make("people", BOOK) / "dana.vcf").write_text(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:dana\r\nFN:Dana Weiss\r\nN:Weiss;Dana;;;\r\nORG:Atlas Ventures\r\nTITLE:CFO\r\n"
        "EMAIL:dana@atlas.example\r\nEND:VCARD\r\n"
    )


def test_a_morning_from_imap_caldav_and_carddav_by_config_alone(
    tmp_path: Path, dovecot_server: Dovecot, radicale_server: Radicale
) -> None:
    user = a_mailbox(dovecot_server)
    a_calendar_and_contacts(radicale_server)
    reveille = a_workspace(tmp_path, config().replace("mara@keller.example", user.name))
    said, snippets = [], []
    imap = ("imap", f"user={user.name}", "host=127.0.0.1", f"port={dovecot_server.port}", "tls=none")
    dav = (f"url={radicale_server.url}", f"user={radicale.USER}")
    for words, secret in ((imap, user.password), (("caldav", *dav), radicale.PASSWORD), (("carddav", *dav), radicale.PASSWORD)):
        done = reveille("connect", *words, typed=f"{secret}\n")
        said.append(done.out + done.err)
        assert done.code == 0, done
        snippets.append(done.out.rpartition("  - ")[2].strip())

    reveille.config(config(snippets, zone=where_it_is_morning()).replace("mara@keller.example", user.name))
    done = reveille("run", "--once")
    said.append(done.out + done.err)
    assert done.code == 0, done
    assert "signed term sheet" in done.out
    assert "Atlas review" in done.out
    assert "Atlas Ventures" in done.out or "CFO" in done.out
    health = {one["name"]: one["state"] for one in reveille("connections", "--json").json}
    assert health == {"imap": "ok", "caldav": "ok", "carddav": "ok"}
    everything = everything_said(reveille, *said)
    assert user.password not in everything
    assert radicale.PASSWORD not in everything


def test_a_token_that_does_not_open_it_is_not_kept(tmp_path: Path, stack: ExitStack) -> None:
    reveille = a_workspace(tmp_path)
    done = reveille("connect", "hubspot", f"base_url={a_crm(stack)}", typed="pat-of-somebody-else\n")
    assert done.code == 1, done
    assert "Nothing was kept" in done.out
    assert reveille("connections", "--json").json == []
    assert "pat-of-somebody-else" not in everything_said(reveille, done.out, done.err)


def test_what_it_does_not_know_is_said_with_what_it_does(tmp_path: Path) -> None:
    reveille = a_workspace(tmp_path)
    done = reveille("connect", "hubspott")
    assert done.code == 2
    assert "Did you mean hubspot?" in done.err
    done = reveille("connect", "hubspot", "token=pat-1")
    assert done.code == 2
    assert "takes no token" in done.err
    assert reveille("disconnect", "slack").code == 2
