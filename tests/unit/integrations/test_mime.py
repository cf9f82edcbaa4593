from __future__ import annotations

import email
import email.policy

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from service.domain.delivery import Audience, IdempotencyKey, Notice, Rendered
from service.integrations.email_smtp import Settings
from service.integrations.mime import HTML_LIMIT, compose, header
from service.settings.words import email as address_of
from tests.builders import NOON

HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "X-Reveille-Notice", "Auto-Submitted", "MIME-Version", "Content-Type"}
any_text = st.text(st.characters(exclude_categories=[]), max_size=300) | st.sampled_from(
    [
        "a\r\nBcc: x@evil.example\r\n\r\nbody",
        "=?utf-8?q?x?=",
        "\r\n.\r\n",
        "\ud800",
        "x" * 3000,
        "ä" * 1500,
        "\n" * 50,
        "\u2028a: b",
    ]
)
relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@relaxed
@given(any_text, any_text, any_text, st.from_regex(r"[\w.:/ -]{1,150}", fullmatch=True), any_text)
def test_no_text_breaks_out_of_its_place(subject: str, text: str, html: str, key: str, file: str):
    audio = Rendered("audio", file, "audio/mpeg", b"ID3")
    notice = Notice(Audience.PERSON, subject, text, "short", html, (audio,))
    data = compose(notice, IdempotencyKey(key), sender="a@b.example", to=["c@d.example"], at=NOON)
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert b"\n" not in data.replace(b"\r\n", b"")
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert set(message.keys()) <= HEADERS | {"Content-Transfer-Encoding"}
    assert len(message.keys()) == len(set(message.keys()))
    assert [part.get_content_type() for part in message.iter_attachments()] == ["audio/mpeg"]
    assert [address.addr_spec for address in message["To"].addresses] == ["c@d.example"]


@relaxed
@given(st.emails() | st.text(min_size=3, max_size=40).map(lambda t: f"{t}@d.example"))
def test_every_address_that_the_config_takes_can_be_written(raw: str):
    try:
        given_address = address_of(raw)
        Settings.model_validate({"kind": "email", "to": given_address, "smtp": {"host": "h"}})
    except ValueError:
        assume(condition=False)
    notice = Notice(Audience.PERSON, "s", "t", "s")
    data = compose(notice, IdempotencyKey("k"), sender=given_address, to=[given_address], at=NOON)
    message = email.message_from_bytes(data, policy=email.policy.default)
    (written,) = message["To"].addresses
    assert written.username == given_address.rpartition("@")[0]
    assert [a.display_name for a in message["From"].addresses] == ["Reveille"]


def test_subject_stays_readable_on_one_line():
    assert header("Tue 12 May\r\n · 3 need\tyou ") == "Tue 12 May · 3 need you"


def test_html_part_never_passes_its_limit():
    for html in ("ü" * 20_000, "a" * 80_000, "=" * 60_000, "ü" * 80_000):
        data = compose(
            Notice(Audience.PERSON, "s", "t", "s", html), IdempotencyKey("k"), sender="a@b.example", to=["c@d.example"], at=NOON
        )
        message = email.message_from_bytes(data, policy=email.policy.default)
        body = message.get_body(("html",))
        inline = body is not None and body.get_content_disposition() != "attachment"
        assert not inline or len(body.as_bytes()) <= HTML_LIMIT


one_line = st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), max_size=120)
plain_text = st.text(st.characters(exclude_categories=["C"], exclude_characters="\u2028\u2029") | st.just("\n"), max_size=400)


@relaxed
@given(one_line, plain_text, plain_text)
def test_what_is_said_is_read_back(subject: str, text: str, html: str):
    data = compose(
        Notice(Audience.PERSON, subject, text, "s", html), IdempotencyKey("k"), sender="a@b.example", to=["c@d.example"], at=NOON
    )
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert "=?" in subject or message["Subject"].split() == header(subject).split()
    parts = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
    wanted = {"text/plain": text} | ({"text/html": html} if html else {})
    assert {kind: said.replace("\r\n", "\n").removesuffix("\n") for kind, said in parts.items()} == {
        kind: said.removesuffix("\n") for kind, said in wanted.items()
    }
