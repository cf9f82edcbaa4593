"""Gmail on the strict fake, through the proxy that breaks things, with a real vault's rules for who renews a token."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from service.domain.credentials import Held
from service.domain.items import Item
from service.errors import AccessLost, Rejected, Unavailable
from service.integrations.gmail import Settings
from service.ports import Source
from tests.builders import NOON
from tests.integration.source_contract import Kept
from tests.live.contract import FEW, LiveContract, LiveWorld
from tests.live.fakes.google import Google
from tests.live.fakes.google_rules import Fault
from tests.live.google_world import GoogleWorld, a_letter, signed_in
from tests.live.proxy import FaultProxy


class GmailWorld(GoogleWorld):
    scopes = ("gmail.readonly",)

    def connect(self, **settings: Any) -> Source:
        return Settings(kind="gmail", endpoint=self.proxy.url, **settings).connect(self.surroundings)

    def fill(self, count: int, *, start: int = 0) -> None:
        for number in range(start, start + count):
            self.google.mail.put(a_letter(number))

    def edit(self) -> None:
        self.google.mail.mark(self.google.mail.ids()[1], remove=["UNREAD"])

    def delete(self) -> None:
        self.google.mail.drop(self.google.mail.ids()[1])

    def move(self) -> None:
        self.google.mail.mark(self.google.mail.ids()[1], add=[self.google.mail.label("Clients/Atlas")], remove=["INBOX"])

    def expire(self) -> None:
        self.google.mail.forget_history()

    def bodies(self, asked: list[Any]) -> int:
        return sum("format=raw" in path for path in (*(r.path for r in asked), *self.inner))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[GmailWorld]:
    with Google() as google, FaultProxy(google.port) as proxy:
        yield GmailWorld(google, proxy, tmp_path)


class TestGmail(LiveContract):
    @pytest.fixture
    def world(self, world: GmailWorld) -> LiveWorld:
        return world


class TestWithoutBatches(LiveContract):
    """Servers without /batch are asked for one message at a time."""

    @pytest.fixture
    def world(self, world: GmailWorld) -> LiveWorld:
        world.google.batches = False
        return world

    test_fifty_thousand_with_a_crash_in_the_middle = None  # type: ignore[assignment]


def folders(kept: Kept) -> Mapping[str, tuple[str, set[str]]]:
    return {_subject(item): (item.folder, set(item.flags)) for item in kept.items.values()}  # type: ignore[union-attr]


def _subject(item: Item) -> str:
    return str(getattr(item, "subject", ""))


def test_labels_say_where_a_message_is_and_what_became_of_it(world: GmailWorld) -> None:
    mail = world.google.mail
    atlas = mail.label("Clients/Atlas")
    for number, labels in enumerate((["INBOX", "UNREAD", "STARRED"], ["SENT"], ["DRAFT"], [atlas, "IMPORTANT"], [])):
        mail.put(a_letter(number), labels)
    assert folders(Kept().sync(world.connect())) == {
        "Letter 0": ("INBOX", {"flagged"}),
        "Letter 1": ("Sent", {"seen"}),
        "Letter 2": ("Drafts", {"draft", "seen"}),
        "Letter 3": ("Clients/Atlas", {"seen"}),
        "Letter 4": ("Archive", {"seen"}),
    }


def test_spam_and_trash_are_let_go_and_come_back(world: GmailWorld) -> None:
    world.fill(3)
    kept = Kept().sync(world.connect())
    first, second, _ = world.google.mail.ids()
    world.google.mail.mark(first, add=["TRASH"], remove=["INBOX"])
    world.google.mail.mark(second, add=["SPAM"], remove=["INBOX"])
    assert len(kept.sync(world.connect()).items) == 1
    world.google.mail.mark(first, remove=["TRASH"], add=["INBOX"])
    assert len(kept.sync(world.connect()).items) == 2


def test_what_is_deleted_for_good_without_ever_being_held_does_no_harm(world: GmailWorld) -> None:
    world.fill(3)
    kept = Kept().sync(world.connect())
    spam = world.google.mail.put(a_letter(9), ["SPAM"])
    world.google.mail.drop(spam)
    assert (len(kept.sync(world.connect()).items), kept.deletes) == (3, 0)


def test_skipped_labels_are_neither_listed_nor_fetched(world: GmailWorld) -> None:
    world.fill(3)
    world.google.mail.put(a_letter(8), ["INBOX", "CATEGORY_PROMOTIONS"])
    kept = Kept().sync(world.connect(skip=["Promotions"]))
    world.google.mail.put(a_letter(9), ["INBOX", "CATEGORY_PROMOTIONS"])
    kept.sync(world.connect(skip=["Promotions"]))
    assert len(kept.items) == 3
    with world.asked() as asked:
        kept.sync(world.connect(skip=["Promotions"]))
    assert world.bodies(asked) == 0


def test_only_these_labels_are_read_each_message_once(world: GmailWorld) -> None:
    mail = world.google.mail
    atlas = mail.label("Clients/Atlas")
    world.fill(2)
    mail.put(a_letter(8), ["INBOX", atlas])
    mail.put(a_letter(9), [])
    source = {"labels": ["Inbox", "clients/atlas"]}
    kept = Kept().sync(world.connect(**source))
    assert (len(kept.items), len(kept.upserts)) == (3, 3)
    mail.mark(mail.ids()[-1], add=[atlas])
    assert len(kept.sync(world.connect(**source)).items) == 4
    mail.mark(mail.ids()[-1], remove=[atlas])
    assert len(kept.sync(world.connect(**source)).items) == 3


def test_a_label_that_is_not_there_is_named(world: GmailWorld) -> None:
    world.google.mail.label("Clients")
    with pytest.raises(Rejected, match=r"no label “Cleints”.*correct `skip`.*Clients"):
        Kept().sync(world.connect(skip=["Cleints"]))
    assert "correct `skip`" in world.connect(skip=["Cleints"]).check().fix


def test_other_labels_cost_no_text_and_no_message(world: GmailWorld) -> None:
    world.fill(3)
    kept = Kept().sync(world.connect())
    for id in world.google.mail.ids():
        world.google.mail.mark(id, add=["IMPORTANT", "CATEGORY_UPDATES"])
    with world.asked() as asked:
        kept.sync(world.connect())
    assert (kept.moves, kept.upserts, world.bodies(asked), world.inner) == (0, [], 0, [])
    world.google.mail.mark(world.google.mail.ids()[0], remove=["UNREAD"])
    with world.asked() as asked:
        kept.sync(world.connect())
    assert (kept.moves, kept.upserts, world.bodies(asked)) == (1, [], 0)


def test_labels_that_changed_while_history_was_lost_are_found_without_reading_anything_again(world: GmailWorld) -> None:
    world.fill(5)
    kept = Kept().sync(world.connect())
    world.google.mail.mark(world.google.mail.ids()[2], add=["STARRED"], remove=["UNREAD"])
    world.expire()
    with world.asked() as asked:
        kept.sync(world.connect())
    assert (kept.moves, kept.upserts, world.bodies(asked)) == (1, [], 0)
    assert folders(kept)["Letter 2"] == ("INBOX", {"flagged", "seen"})


def test_what_happened_in_many_pages_of_history_all_counts(world: GmailWorld) -> None:
    world.fill(2)
    kept = Kept().sync(world.connect())
    world.fill(700, start=2)
    kept.sync(world.connect(), pages=2)
    kept.sync(world.connect())
    assert len(kept.items) == 702
    assert kept.sync(world.connect()).upserts == []


def test_a_message_that_can_not_be_read_is_named_at_every_sync_and_fetched_once(world: GmailWorld) -> None:
    world.fill(2)
    world.google.mail.put(a_letter(2, "poison"))
    kept = Kept().sync(world.connect())
    first = kept.problems
    with world.asked() as asked:
        kept.sync(world.connect())
    assert (len(first), kept.problems, world.bodies(asked)) == (1, first, 0)


def test_a_token_that_ran_out_is_renewed_once_and_stored(world: GmailWorld) -> None:
    world.fill(3)
    held = world.keeping.held
    world.keeping.held = Held(replace(held.credential, expires_at=NOON), 1)
    with world.proxy.counted() as asked:
        Kept().sync(world.connect())
    assert next(r.path for r in asked) == "/token"
    assert (world.google.oauth.refreshes, world.keeping.held.version) == (1, 2)
    assert world.keeping.held.credential.expires_at == NOON + timedelta(seconds=3599)


def test_a_token_that_google_refuses_early_is_renewed_too(world: GmailWorld) -> None:
    """As where a clock is wrong, or the token was taken back."""
    world.fill(3)
    world.google.oauth.people.clear()
    assert len(Kept().sync(world.connect()).items) == 3
    assert world.google.oauth.refreshes == 1


def test_a_lost_refresh_token_names_the_trap(world: GmailWorld) -> None:
    world.refuse_the_login()
    with pytest.raises(AccessLost, match=r"invalid_grant.*7 days.*Testing.*[Pp]ublish"):
        Kept().sync(world.connect())


def test_no_connection_says_how_to_make_one(world: GmailWorld) -> None:
    with pytest.raises(AccessLost, match="run `reveille connect google --name work`"):
        Kept().sync(world.connect(login="work"))


@pytest.mark.parametrize(
    ("status", "reason", "kind", "words"),
    [
        (403, "insufficientPermissions", AccessLost, "leave every box ticked"),
        (403, "rateLimitExceeded", Unavailable, "tried again"),
        (403, "userRateLimitExceeded", Unavailable, "tried again"),
        (403, "dailyLimitExceeded", Unavailable, "quota"),
        (403, "accessNotConfigured", AccessLost, "enable it"),
        (403, "domainPolicy", AccessLost, "administrator"),
        (503, "backendError", Unavailable, "tried again"),
    ],
)
def test_refusals_are_told_apart(world: GmailWorld, status: int, reason: str, kind: type[Exception], words: str) -> None:
    world.proxy.fail(status=status, body=Fault(status, reason, "no").json)
    with pytest.raises(kind, match=words):
        Kept().sync(world.connect())


def test_a_scope_that_was_not_granted_says_so(world: GmailWorld) -> None:
    world.keeping = signed_in(world.google, world.proxy.url, "calendar.readonly")
    with pytest.raises(AccessLost, match="leave every box ticked"):
        Kept().sync(world.connect())


def test_a_few_refused_inside_of_a_batch_are_asked_for_again(world: GmailWorld) -> None:
    world.fill(10)
    world.google.fails_inside = [Fault(429, "rateLimitExceeded", "Too many concurrent requests for user")] * 3
    assert len(Kept().sync(world.connect()).upserts) == 10


def test_a_whole_mailbox_is_counted_while_it_is_read(world: GmailWorld) -> None:
    world.fill(FEW)
    assert [page.total for page in world.connect().pages(None, {})] == [FEW]


def test_messages_too_large_for_one_answer_come_one_by_one(world: GmailWorld) -> None:
    for number in range(2):
        world.google.mail.put(a_letter(number, "x" * 13_000_000))
    with world.asked() as asked:
        kept = Kept().sync(world.connect())
    assert (len(kept.items), kept.problems) == (2, [])
    assert sum("format=raw" in request.path for request in asked) == 2
