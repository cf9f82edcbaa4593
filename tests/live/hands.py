"""Each vendor's hand on its server or fake, and what a person would see there afterwards: the worlds of the acting contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from service.domain.proposals import Fixed, Given, Outside
from service.ports import Hand, Surroundings
from service.settings.kinds import hands
from service.settings.section import SourceSettings
from tests.integration.source_contract import surroundings
from tests.live.fakes.google import Google
from tests.live.fakes.graph import FakeGraph
from tests.live.fakes.slack import FakeSlack
from tests.live.google_world import a_letter
from tests.live.google_world import signed_in as at_google
from tests.live.line_proxy import LineProxy
from tests.live.mailbox import Mailbox
from tests.live.microsoft_world import TOKEN
from tests.live.microsoft_world import signed_in as at_microsoft
from tests.live.proxy import FaultProxy
from tests.live.slack_world import BOT, Tokens, a_workspace
from tests.live.test_outlook import arrived, mime
from tests.services.dovecot import Dovecot
from tests.services.radicale import CALENDAR, PASSWORD, USER, Radicale

DRAFT: Mapping[str, Given] = {
    "to": Fixed(("dana@atlas.example",)),
    "subject": Fixed("Re: Term sheet"),
    "text": Fixed("Here it is.\nMara"),
    "answers": Outside("m", ("m",)),
}
LABEL: Mapping[str, Given] = {"message": Outside("m", ("m",)), "label": Fixed("Receipts")}
FLAG: Mapping[str, Given] = {"message": Outside("m", ("m",)), "flagged": Fixed(value=True)}
EVENT: Mapping[str, Given] = {
    "title": Fixed("Call Dana"),
    "start": Fixed("2026-05-13T09:00:00+02:00"),
    "end": Fixed("2026-05-13T10:00:00+02:00"),
    "text": Fixed("About the terms"),
    "remind_minutes": Fixed(10),
}
POST: Mapping[str, Given] = {"channel": Fixed("#room-01"), "text": Outside("Dana: Term sheet <!channel>", ("m",))}


@dataclass
class Place:
    """`seen`: what is there of it, by name; `ref`: where the account keeps the message m. `cut`: loses the answer of what is done."""

    hand: Callable[[], Hand]
    tool: str
    arguments: Mapping[str, Given]
    seen: Callable[[], list[str]]
    cut: Callable[[], None]
    ref: str = "nowhere"


def _hand(settings: SourceSettings, at: Surroundings) -> Callable[[], Hand]:
    return lambda: hands()[settings.kind]()(settings, at)


@contextmanager
def gmail(folder: Path, tool: str) -> Iterator[Place]:
    from service.integrations.gmail import Settings

    with Google() as google, FaultProxy(google.port) as proxy:
        id, label = google.mail.put(a_letter(1)), google.mail.label("Receipts")
        at = replace(surroundings(folder), credentials=at_google(google, proxy.url, "gmail.modify"))

        def drafts() -> list[str]:
            return [one for one in google.mail.ids() if "DRAFT" in google.mail.labels_of(one)]

        def labels() -> list[str]:
            return [label] if label in google.mail.labels_of(id) else []

        settings = Settings(kind="gmail", endpoint=proxy.url, allow=("draft", "label"))
        yield Place(
            _hand(settings, at),
            tool,
            DRAFT if tool == "mail.draft" else LABEL,
            drafts if tool == "mail.draft" else labels,
            lambda: proxy.fail(cut=5, where="POST "),
            id,
        )


@contextmanager
def google_calendar(folder: Path, tool: str) -> Iterator[Place]:
    from service.integrations.google_calendar import Settings

    with Google() as google, FaultProxy(google.port) as proxy:
        at = replace(surroundings(folder), credentials=at_google(google, proxy.url, "calendar.readonly", "calendar.events"))
        settings = Settings(kind="google_calendar", endpoint=proxy.url, allow=("event",))
        cut = lambda: proxy.fail(cut=5, where="POST ")  # noqa: E731
        there = google.calendars
        seen = lambda: [id for id in there.ids() if there.event(id)["status"] != "cancelled"]  # noqa: E731
        yield Place(_hand(settings, at), tool, EVENT, seen, cut)


@contextmanager
def outlook(folder: Path, tool: str) -> Iterator[Place]:
    from service.integrations.outlook import Settings

    with FakeGraph() as fake, FaultProxy(fake.serving.port) as proxy:
        fake.base, fake.tokens[TOKEN] = proxy.url, frozenset({"Mail.ReadWrite"})
        mail = fake.mail.add(mime(1), arrived(1), categories=("Blue category",))
        at = replace(surroundings(folder), credentials=at_microsoft(proxy.url))

        def drafts() -> list[str]:
            return [m.id for m in fake.mail.mails.values() if m.draft and m.folder.well_known == "drafts"]

        def categories() -> list[str]:
            assert "Blue category" in mail.categories
            return [one for one in mail.categories if one == "Receipts"]

        yield Place(
            _hand(Settings(kind="outlook", allow=("draft", "label")), at),
            tool,
            DRAFT if tool == "mail.draft" else LABEL,
            drafts if tool == "mail.draft" else categories,
            lambda: proxy.fail(cut=5, where="(POST|PATCH) "),
            f"0a1b2c/{mail.id}",
        )


@contextmanager
def outlook_calendar(folder: Path, tool: str) -> Iterator[Place]:
    from service.integrations.outlook_calendar import Settings

    with FakeGraph() as fake, FaultProxy(fake.serving.port) as proxy:
        fake.base, fake.tokens[TOKEN] = proxy.url, frozenset({"Calendars.ReadWrite"})
        at = replace(surroundings(folder), credentials=at_microsoft(proxy.url))
        settings = Settings(kind="outlook_calendar", allow=("event",))
        cut = lambda: proxy.fail(cut=5, where="POST ")  # noqa: E731
        yield Place(_hand(settings, at), tool, EVENT, lambda: list(fake.calendars.entries), cut)


@contextmanager
def imap(folder: Path, tool: str, dovecot: Dovecot) -> Iterator[Place]:
    with LineProxy(dovecot.port) as proxy:
        box = Mailbox(dovecot, proxy, folder)
        box.deliver(1, letters="")
        with box.by_hand("INBOX") as client:
            validity = client.response("UIDVALIDITY")[1][0].decode()
            ref = f"INBOX;{validity}.{box.uid(client, 1)}"

        def drafts() -> list[str]:
            with box.by_hand("Drafts") as client:
                return client.uid("SEARCH", "ALL")[1][0].decode().split()

        def flagged() -> list[str]:
            with box.by_hand("INBOX") as client:
                return client.uid("SEARCH", "FLAGGED")[1][0].decode().split()

        is_draft = tool == "mail.draft"
        settings = box.settings(allow=("draft", "label"))
        yield Place(
            _hand(settings, surroundings(folder)),
            tool,
            DRAFT if is_draft else FLAG,
            drafts if is_draft else flagged,
            lambda: proxy.fail(where="^APPEND" if is_draft else "^UID STORE", cut=0),
            ref,
        )


@contextmanager
def slack(folder: Path, tool: str) -> Iterator[Place]:
    from service.integrations.slack import Settings

    with FakeSlack() as fake, FaultProxy(fake.port) as proxy:
        a_workspace(fake, rooms=3)
        at = replace(surroundings(folder), credentials=Tokens(lambda: BOT))
        settings = Settings(kind="slack", token={"kept": "slack"}, base_url=f"{proxy.url}/api/", allow=("post",))  # type: ignore[arg-type]
        said = lambda: [one["text"] for one in fake.rooms["C01"].messages.values()]  # noqa: E731
        yield Place(_hand(settings, at), tool, POST, said, lambda: proxy.fail(cut=5, where="chat.postMessage"))


@contextmanager
def caldav(folder: Path, tool: str, radicale: Radicale, setenv: Callable[[str, str], None]) -> Iterator[Place]:
    from service.integrations.caldav import Settings

    setenv("DAV_PASSWORD", PASSWORD)
    main = radicale.make("main", CALENDAR)
    with FaultProxy(radicale.port) as proxy:
        settings = Settings(
            kind="caldav",
            url=f"{proxy.url}/",
            user=USER,
            password={"env": "DAV_PASSWORD"},
            allow=("event",),  # type: ignore[arg-type]
        )
        seen = lambda: [file.name for file in main.glob("*.ics")]  # noqa: E731
        yield Place(_hand(settings, surroundings(folder)), tool, EVENT, seen, lambda: proxy.fail(where="PUT", hang=0.01))
