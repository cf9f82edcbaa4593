from __future__ import annotations

import email
import email.policy
import select
import smtplib
import threading
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from service.domain.delivery import Audience, IdempotencyKey
from service.errors import AccessLost, ExternalError, Rejected, Unavailable
from service.integrations import mime
from service.integrations.email_smtp import Settings
from service.integrations.email_smtp.channel import Email
from service.integrations.email_smtp.idle import IDLE, Idle, Kept
from service.integrations.email_smtp.line import Line
from tests.builders import NOON, a_person
from tests.integration.mail_server import Mailbox, certificate, free_port, scripted, serving, signing_in
from tests.integration.surroundings import KEY, a_notice, an_mp3, surroundings

MARA = "mara@keller.example"
PASSWORD = "correct-horse-battery"


def channel(
    folder: Path, port: int, *, to: Any = MARA, frm: str | None = None, at: dict[str, Any] | None = None, **smtp: Any
) -> Email:
    given = {"kind": "email", "to": to, "smtp": {"host": "127.0.0.1", "port": port, **smtp}} | ({"from": frm} if frm else {})
    return Settings.model_validate(given).connect(surroundings(folder, **at or {}))  # type: ignore[return-value]


def parsed(mailbox: Mailbox) -> EmailMessage:
    (envelope,) = mailbox.taken
    return email.message_from_bytes(envelope.original_content, policy=email.policy.default)  # type: ignore[return-value]


class TestMessage:
    def test_arrives_with_text_html_and_recording(self, tmp_path: Path):
        mailbox = Mailbox()
        with serving(mailbox) as port:
            receipt = channel(tmp_path, port).send(a_notice(files=(an_mp3(),)), KEY)
        assert "queued as 1" in receipt.text
        message = parsed(mailbox)
        assert message["Subject"] == "Tue 12 May · 3 need you · 4 meetings"
        assert message["Message-ID"] == f"<{KEY.message_id}>"
        assert message["Date"].datetime == NOON
        assert message["X-Reveille-Notice"] == KEY.value
        assert message["Auto-Submitted"] == "auto-generated"
        assert str(message["From"]) == f"Reveille <{MARA}>"
        assert message["List-Unsubscribe"] is None
        assert message.get_content_type() == "multipart/mixed"
        assert message.get_body(("plain",)).get_content().splitlines() == a_notice().text.splitlines()  # dots and all
        assert "Grüße" in message.get_body(("html",)).get_content()
        (recording,) = message.iter_attachments()
        assert (recording.get_content_type(), recording.get_filename()) == ("audio/mpeg", "2026-05-12 morning.mp3")
        assert recording.get_content() == an_mp3().data

    def test_without_html_it_is_plain_text(self, tmp_path: Path):
        mailbox = Mailbox()
        with serving(mailbox) as port:
            channel(tmp_path, port).send(a_notice(html=""), KEY)
        assert parsed(mailbox).get_content_type() == "text/plain"

    def test_several_recipients_get_one_message(self, tmp_path: Path):
        mailbox = Mailbox()
        with serving(mailbox) as port:
            channel(tmp_path, port, to=[MARA, "ben@keller.example", MARA]).send(a_notice(), KEY)
        assert mailbox.taken[0].rcpt_tos == [MARA, "ben@keller.example"]

    @pytest.mark.parametrize(
        "subject", ["Hello\r\nBcc: all@evil.example", "a\nb: c", "a\0b\u2028c", "\ud800", "x" * 5000, "ü" * 500, ""]
    )
    def test_no_subject_adds_a_header_or_breaks_the_message(self, subject: str):
        data = mime.compose(a_notice(subject=subject), KEY, sender=MARA, to=[MARA], at=NOON)
        message = email.message_from_bytes(data, policy=email.policy.default)
        assert message["Bcc"] is None
        assert set(message.keys()) == {
            "From", "To", "Subject", "Date", "Message-ID", "X-Reveille-Notice", "Auto-Submitted", "MIME-Version", "Content-Type"
        }  # fmt: skip
        assert not message.defects

    def test_every_line_is_short_and_seven_bit(self):
        notice = a_notice(text="wörd " * 5000, html="<p>" + "ü" * 20_000, subject="ö" * 400, files=(an_mp3(),))
        data = mime.compose(notice, KEY, sender=MARA, to=["a@b.example"] * 40, at=NOON)
        assert max(map(len, data.split(b"\r\n"))) <= 998
        assert data.isascii()
        assert b"\n" not in data.replace(b"\r\n", b"")

    def test_long_key_stays_one_message_id(self):
        key = IdempotencyKey("k" * 64 + "." + "9" * 64)
        message = email.message_from_bytes(
            mime.compose(a_notice(), key, sender=MARA, to=[MARA], at=NOON), policy=email.policy.default
        )
        assert message["Message-ID"].strip() == f"<{key.message_id}>"

    def test_html_that_would_be_clipped_is_attached(self):
        data = mime.compose(a_notice(html="<p>" + "word " * 30_000), KEY, sender=MARA, to=[MARA], at=NOON)
        message = email.message_from_bytes(data, policy=email.policy.default)
        assert message.get_body(("plain", "html")).get_content_type() == "text/plain"
        assert [part.get_filename() for part in message.iter_attachments()] == ["briefing.html"]

    def test_recording_that_the_server_does_not_take_is_left_out(self, tmp_path: Path):
        mailbox = Mailbox()
        with serving(mailbox, data_size_limit=50_000) as port:
            channel(tmp_path, port).send(a_notice(files=(an_mp3(80_000),)), KEY)
        message = parsed(mailbox)
        assert not list(message.iter_attachments())
        assert "recording was left out" in message.get_body(("plain",)).get_content()

    def test_domain_in_other_letters_travels_as_idna(self, tmp_path: Path):
        mailbox = Mailbox()
        with serving(mailbox) as port:
            channel(tmp_path, port, to="mara@büro.example").send(a_notice(), KEY)
        assert mailbox.taken[0].rcpt_tos == ["mara@xn--bro-hoa.example"]

    @pytest.mark.parametrize(
        ("frm", "at", "expected"),
        [
            ("bot@keller.example", {}, "bot@keller.example"),
            (None, {"sent_from": "Reveille <out@keller.example>"}, "out@keller.example"),
            (None, {}, MARA),
            (None, {"person": a_person(emails=())}, "reveille@127.0.0.1"),
        ],
    )
    def test_sender_is_the_one_given_or_the_person(self, tmp_path: Path, frm: str | None, at: dict[str, Any], expected: str):
        mailbox = Mailbox()
        with serving(mailbox) as port:
            channel(tmp_path, port, frm=frm, at=at).send(a_notice(), KEY)
        assert mailbox.taken[0].mail_from == expected


class TestAudience:
    @pytest.mark.parametrize(
        ("to", "shows", "audience"),
        [
            (MARA, "all", Audience.PERSON),
            ("MARA@keller.example", "all", Audience.PERSON),
            (MARA, "no_private", Audience.OTHERS),
            ([MARA, "ben@keller.example"], "all", Audience.OTHERS),
        ],
    )
    def test_is_the_person_only_where_nobody_else_reads(self, tmp_path: Path, to: Any, shows: str, audience: Audience):
        settings = Settings.model_validate({"kind": "email", "to": to, "shows": shows, "smtp": {"host": "localhost"}})
        assert settings.connect(surroundings(tmp_path)).audience is audience


class TestSecurity:
    @pytest.mark.parametrize(
        ("smtp", "secured", "port"),
        [
            ({"host": "smtp.example"}, "starttls", 587),
            ({"host": "smtp.example", "port": 465}, "tls", 465),
            ({"host": "smtp.example", "port": 25}, "starttls", 25),
            ({"host": "smtp.example", "security": "tls"}, "tls", 465),
            ({"host": "smtp.example", "security": "none"}, "none", 25),
            ({"host": "localhost"}, "none", 25),
            ({"host": "127.0.0.1", "port": 1025}, "none", 1025),
            ({"host": "localhost", "port": 587}, "starttls", 587),
        ],
    )
    def test_is_chosen_by_host_and_port(self, smtp: dict[str, Any], secured: str, port: int):
        settings = Settings.model_validate({"kind": "email", "to": MARA, "smtp": smtp})
        assert (settings.smtp.secured, settings.smtp.at_port) == (secured, port)

    def test_starttls_and_sign_in(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)
        mailbox = Mailbox()
        _, context = certificate(tmp_path)
        with serving(
            mailbox,
            tls_context=context,
            require_starttls=True,
            auth_required=True,
            authenticator=signing_in(b"mara", PASSWORD.encode()),
        ) as port:
            out = channel(tmp_path, port, security="starttls", ca="cert.pem", user="mara", password={"env": "SMTP_PASSWORD"})
            out.send(a_notice(), KEY)
            check = out.check()
        assert len(mailbox.taken) == 1
        assert check.ok
        assert "signed in as mara" in check.says

    def test_tls_from_the_first_byte(self, tmp_path: Path):
        mailbox = Mailbox()
        cert, context = certificate(tmp_path)
        with serving(mailbox, ssl_context=context) as port:
            channel(tmp_path, port, security="tls", ca=str(cert)).send(a_notice(), KEY)
        assert len(mailbox.taken) == 1

    def test_strange_certificate_is_refused_and_nothing_sent(self, tmp_path: Path):
        mailbox = Mailbox()
        _, context = certificate(tmp_path)
        with serving(mailbox, tls_context=context) as port:
            error = failure(channel(tmp_path, port, security="starttls"))
        assert isinstance(error, Unavailable)
        assert error.arrived is False
        assert "not trusted" in str(error)
        assert not mailbox.taken

    def test_certificate_of_another_name_is_refused(self, tmp_path: Path):
        cert, context = certificate(tmp_path, name="other.example")
        with serving(Mailbox(), ssl_context=context) as port:
            assert "not trusted" in str(failure(channel(tmp_path, port, security="tls", ca=str(cert))))

    def test_server_without_starttls_gets_nothing(self, tmp_path: Path):
        mailbox = Mailbox()
        with serving(mailbox) as port:
            error = failure(channel(tmp_path, port, security="starttls"))
        assert isinstance(error, Unavailable)
        assert not mailbox.taken

    def test_wrong_password_loses_access_and_stays_secret(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("SMTP_PASSWORD", "wrong-one")
        _, context = certificate(tmp_path)
        with serving(Mailbox(), tls_context=context, authenticator=signing_in(b"mara", b"right")) as port:
            out = channel(tmp_path, port, security="starttls", ca="cert.pem", user="mara", password={"env": "SMTP_PASSWORD"})
            error = failure(out)
            check = out.check()
        assert isinstance(error, AccessLost)
        assert "535" in str(error)
        assert not check.ok
        assert "smtp.user" in check.fix
        assert "wrong-one" not in f"{error}{check}"

    def test_sign_in_that_is_not_offered_loses_access(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)
        with serving(Mailbox()) as port:
            error = failure(channel(tmp_path, port, user="mara", password={"env": "SMTP_PASSWORD"}))
        assert isinstance(error, AccessLost)

    def test_server_that_wants_a_sign_in_loses_access(self, tmp_path: Path):
        _, context = certificate(tmp_path)
        with serving(Mailbox(), tls_context=context, auth_required=True, authenticator=signing_in(b"", b"")) as port:
            assert isinstance(failure(channel(tmp_path, port, security="starttls", ca="cert.pem")), AccessLost)

    def test_secret_gone_since_the_start_loses_access(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.delenv("SMTP_PASSWORD", raising=False)
        with serving(Mailbox()) as port:
            error = failure(channel(tmp_path, port, user="mara", password={"env": "SMTP_PASSWORD"}))
        assert isinstance(error, AccessLost)


GREETING = (b"220 hello\r\n", "line", b"250 me\r\n")
ENVELOPE = ("line", b"250 ok\r\n", "line", b"250 ok\r\n")


class TestFailures:
    @pytest.mark.parametrize(
        ("replies", "kind"),
        [
            ({"RCPT " + MARA: "450 greylisted, come back"}, Unavailable),
            ({"RCPT " + MARA: "550 no such person"}, Rejected),
            ({"DATA": "451 try later"}, Unavailable),
            ({"DATA": "554 refused by policy"}, Rejected),
        ],
    )
    def test_replies_are_sorted_by_their_code(self, tmp_path: Path, replies: dict[str, str], kind: type[ExternalError]):
        with serving(Mailbox(replies)) as port:
            error = failure(channel(tmp_path, port))
        assert type(error) is kind
        assert getattr(error, "arrived", False) is False

    def test_refused_recipient_does_not_cost_the_others_theirs(self, tmp_path: Path):
        mailbox = Mailbox({"RCPT ben@keller.example": "550 no such person"})
        with serving(mailbox) as port:
            receipt = channel(tmp_path, port, to=["ben@keller.example", MARA]).send(a_notice(), KEY)
        assert mailbox.taken[0].rcpt_tos == [MARA]
        assert "refused for ben@keller.example: 550" in receipt.text

    def test_all_refused_is_tried_again_if_one_may_take_it_later(self, tmp_path: Path):
        with serving(Mailbox({"RCPT ben@keller.example": "550 no", f"RCPT {MARA}": "450 later"})) as port:
            assert isinstance(failure(channel(tmp_path, port, to=["ben@keller.example", MARA])), Unavailable)

    def test_nothing_listens(self, tmp_path: Path):
        out = channel(tmp_path, free_port())
        error = failure(out)
        assert isinstance(error, Unavailable)
        assert error.arrived is False
        check = out.check()
        assert not check.ok
        assert "smtp.port" in check.fix

    def test_unknown_host(self, tmp_path: Path):
        settings = Settings.model_validate({"kind": "email", "to": MARA, "smtp": {"host": "nowhere.invalid"}})
        assert isinstance(failure(settings.connect(surroundings(tmp_path))), Unavailable)

    @pytest.mark.parametrize(
        ("steps", "arrived"),
        [
            (("drop",), False),
            ((b"421 busy\r\n",), False),
            ((b"220 hello\r\n", "line", "drop"), False),
            ((b"\xff\xfe\x00 what is this\r\n",), False),
            ((b"9" * 100_000,), False),
            ((*GREETING, "line", "drop"), False),
            ((*GREETING, *ENVELOPE, "line", b"451 not now\r\n"), False),
            ((*GREETING, *ENVELOPE, "line", b"354 go\r\n", "data", "drop"), None),
            ((*GREETING, *ENVELOPE, "line", b"354 go\r\n", "data", b"nonsense\r\n"), None),
            ((*GREETING, *ENVELOPE, "line", b"354 go\r\n", "data", b"2" * 100_000 + b"\r\n"), None),
            ((*GREETING, *ENVELOPE, "line", b"354 go\r\n", "data", b"451 not now\r\n"), False),
        ],
    )
    def test_broken_conversation_says_whether_it_may_have_arrived(
        self, tmp_path: Path, steps: tuple[Any, ...], arrived: bool | None
    ):
        with scripted(*steps) as port:
            error = failure(channel(tmp_path, port))
        assert isinstance(error, Unavailable)
        assert error.arrived is arrived

    def test_taken_is_taken_even_if_the_goodbye_fails(self, tmp_path: Path):
        with scripted(*GREETING, *ENVELOPE, "line", b"354 go\r\n", "data", b"250 queued\r\n", "drop") as port:
            assert "queued" in channel(tmp_path, port).send(a_notice(), KEY).text

    @pytest.mark.parametrize(
        ("steps", "arrived"),
        [
            ((b"220 hello\r\n", "hang"), False),
            ((*GREETING, *ENVELOPE, "line", b"354 go\r\n", "data", b"2", "hang"), None),
        ],
    )
    def test_slow_server_is_left_in_time(self, tmp_path: Path, steps: tuple[Any, ...], arrived: bool | None):
        with scripted(*steps) as port:
            settings = channel(tmp_path, port)._settings.smtp
            with pytest.raises(Unavailable) as caught, Line(settings, tmp_path, seconds=0.4) as line:
                line.deliver(MARA, [MARA], b"Subject: x\r\n\r\nx\r\n")
        assert caught.value.arrived is arrived
        assert "no answer in time" in str(caught.value)


class TestKeptConnections:
    """`a` and `b` are two mails that follow each other."""

    def test_the_next_mail_leaves_over_the_same_connection(self, tmp_path: Path):
        another = ("line", b"250 ok\r\n", "line", b"250 ok\r\n", "line", b"354 go\r\n", "data", b"250 queued b\r\n")
        with scripted(*GREETING, *ENVELOPE, "line", b"354 go\r\n", "data", b"250 queued a\r\n", *another) as port:
            out = channel(tmp_path, port)
            assert [out.send(a_notice(), KEY).text, out.send(a_notice(), KEY).text] == ["250 queued a", "250 queued b"]

    def test_another_sign_in_gets_a_connection_of_its_own(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)
        _, context = certificate(tmp_path)
        secured = {"security": "starttls", "ca": "cert.pem", "password": {"env": "SMTP_PASSWORD"}}
        authenticator = signing_in(b"mara", PASSWORD.encode())
        with serving(
            Mailbox(), tls_context=context, require_starttls=True, auth_required=True, authenticator=authenticator
        ) as port:
            channel(tmp_path, port, user="mara", **secured).send(a_notice(), KEY)
            error = failure(channel(tmp_path, port, user="ben", **secured))
        assert isinstance(error, AccessLost)

    @pytest.mark.parametrize("left", ["silently", "saying so", "when asked"])
    def test_a_server_that_has_left_is_called_again(self, tmp_path: Path, left: str):
        idle, mailbox = Idle(), Mailbox()
        goodbye = {
            "silently": ("drop",),
            "saying so": (b"421 too quiet\r\n", "drop"),
            "when asked": ("line", b"421 too many\r\n", "drop"),
        }
        with serving(mailbox) as port:
            settings = channel(tmp_path, port)._settings.smtp
            with scripted(*GREETING, *goodbye[left]) as old:
                smtp = smtplib.SMTP("127.0.0.1", old)
                smtp.ehlo()
                if left != "when asked":
                    select.select([smtp.sock], [], [], 5)
                idle.give((settings, tmp_path), Kept(smtp))
                with Line(settings, tmp_path, idle=idle) as line:
                    assert "queued" in line.deliver(MARA, [MARA], b"Subject: x\r\n\r\nx\r\n")
                idle.close()
        assert len(mailbox.taken) == 1

    def test_a_mail_that_may_have_arrived_is_never_sent_again_by_itself(self, tmp_path: Path):
        idle, mailbox = Idle(), Mailbox()
        steps = (*GREETING, *ENVELOPE, "line", b"354 go\r\n", "data", "drop")
        with serving(mailbox) as port, scripted(*steps) as old:
            settings = channel(tmp_path, port)._settings.smtp
            smtp = smtplib.SMTP("127.0.0.1", old)
            smtp.ehlo()
            idle.give((settings, tmp_path), Kept(smtp))
            with pytest.raises(Unavailable) as caught, Line(settings, tmp_path, idle=idle) as line:
                line.deliver(MARA, [MARA], b"Subject: x\r\n\r\nx\r\n")
        assert caught.value.arrived is None
        assert not mailbox.taken

    def test_a_connection_that_nobody_needs_is_closed(self, tmp_path: Path):
        idle = Idle(seconds=0.05)
        with scripted(*GREETING, "line", b"221 bye\r\n", "drop") as port:
            smtp = smtplib.SMTP("127.0.0.1", port)
            smtp.ehlo()
            idle.give("here", Kept(smtp))
        for thread in threading.enumerate():
            if thread.name == "smtp-idle":
                thread.join(10)
        assert idle.take("here") is None
        assert smtp.sock is None

    def test_after_a_refusal_the_conversation_ends(self, tmp_path: Path):
        with serving(Mailbox({"DATA": "554 refused by policy"})) as port:
            out = channel(tmp_path, port)
            failure(out)
            assert IDLE.take((out._settings.smtp, tmp_path)) is None


def failure(out: Any) -> ExternalError:
    with pytest.raises(ExternalError) as caught:
        out.send(a_notice(), KEY)
    return caught.value


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"to": "jürg@keller.example"}, "few mail servers"),
        ({"to": "mara@" + "ü" * 80 + ".example"}, "can't be mailed"),
        ({"to": []}, "at least 1"),
        ({"smtp": {"host": "h", "user": "u"}}, "password"),
        ({"smtp": {"host": "a b"}}, "pattern"),
    ],
)
def test_settings_that_cannot_work_are_refused(given: dict[str, Any], said: str):
    with pytest.raises(ValueError, match=said):
        Settings.model_validate({"kind": "email", "to": MARA, "smtp": {"host": "localhost"}} | given)


def test_settings_survive_being_written_out_and_changed():
    smtp = {"host": "h", "user": "u", "password": {"env": "SMTP_PASSWORD"}, "port": 465}
    settings = Settings.model_validate({"kind": "email", "to": MARA, "smtp": smtp})
    theirs = Settings.model_validate(settings.model_dump(by_alias=True) | {"to": ["ben@keller.example"], "shows": "no_private"})
    assert theirs.smtp == settings.smtp
    assert theirs.to == ("ben@keller.example",)


def test_who_slept_in_the_middle_of_a_send_hands_nothing_over(tmp_path: Path) -> None:
    """Its lease ran out meanwhile: somebody else may be sending the same."""
    mailbox, times = Mailbox(), iter([0.0, 3600.0])
    with serving(mailbox) as port:
        settings = Settings.model_validate({"kind": "email", "to": MARA, "smtp": {"host": "127.0.0.1", "port": port}}).smtp
        with pytest.raises(Unavailable) as caught, Line(settings, tmp_path, wall=lambda: next(times)) as line:
            line.deliver(MARA, [MARA], b"Subject: x\r\n\r\nx\r\n")
    assert caught.value.arrived is False
    assert mailbox.taken == []
