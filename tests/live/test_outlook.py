"""Mail over Graph: the contract of live connections, and what is Outlook's own."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from service.errors import AccessLost, Unavailable
from service.integrations.outlook import Settings
from service.integrations.outlook.source import Outlook
from tests.builders import NOON
from tests.integration.source_contract import Kept
from tests.live.contract import FEW, LiveContract, LiveWorld
from tests.live.fakes.graph import FakeGraph
from tests.live.fakes.graph_mail import Folder
from tests.live.microsoft_world import SCOPES, TOKEN, UNHURRIED, GraphWorld
from tests.live.proxy import FaultProxy, Request


def mime(number: int, subject: str = "", padding: int = 0) -> Callable[[], bytes]:
    def written() -> bytes:
        return (
            f"From: Dana <dana@atlas.example>\r\nTo: mara@keller.example\r\nSubject: {subject or f'Term sheet {number}'}\r\n"
            f"Message-ID: <m{number}@atlas.example>\r\nDate: {format_datetime(arrived(number))}\r\n\r\n"
            f"Please look at page {number}.\r\n{'x' * padding}"
        ).encode()

    return written


def arrived(number: int) -> datetime:
    return NOON - timedelta(days=400) + timedelta(minutes=10 * number)


class MailWorld(GraphWorld):
    def connect(self, **settings: Any) -> Outlook:
        source: Outlook = self.made(Outlook(Settings(kind="outlook", **settings), self.at, UNHURRIED))
        return source

    def fill(self, count: int, *, start: int = 0) -> None:
        """Into two folders by turns."""
        for number in range(start, start + count):
            self.put(number, "archive" if number % 3 == 0 else "inbox")

    def put(self, number: int, folder: str = "inbox", **more: Any) -> None:
        self.ids[number] = self.graph.mail.add(mime(number), arrived(number), folder, **more).id

    def edit(self) -> None:
        self.graph.mail.touch(self.ids[1], read=True)

    def delete(self) -> None:
        self.graph.mail.remove(self.ids[1])

    def move(self) -> None:
        self.graph.mail.move(self.ids[1], "archive")

    def bodies(self, asked: list[Request]) -> int:
        return sum(one.body.count(b"/$value") + one.path.count("/$value") for one in asked)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[MailWorld]:
    with FakeGraph() as graph, FaultProxy(graph.serving.port) as proxy:
        world = MailWorld(graph, proxy, tmp_path)
        yield world
        world.close()


@pytest.fixture
def kept(world: MailWorld) -> Kept:
    world.fill(FEW)
    return Kept().sync(world.connect())


class TestContract(LiveContract):
    @pytest.fixture
    def world(self, world: MailWorld) -> LiveWorld:
        return world


# --- what changed ------------------------------------------------------------------------------------------------------------


def test_a_flag_a_category_or_a_look_at_it_does_not_read_it_again(world: MailWorld, kept: Kept) -> None:
    world.graph.mail.touch(world.ids[1], read=True)
    world.graph.mail.touch(world.ids[2], flagged=True)
    world.graph.mail.touch(world.ids[3], categories=("Red category",))
    with world.asked() as asked:
        kept.sync(world.connect())
    assert (kept.moves, kept.upserts, world.bodies(asked)) == (3, [], 0)
    flags = {item.subject: item.flags for item in kept.items.values()}  # type: ignore[union-attr]
    assert (flags["Term sheet 1"], flags["Term sheet 2"], flags["Term sheet 3"]) == ({"seen"}, {"flagged"}, set())


def test_a_message_that_is_moved_is_not_read_again(world: MailWorld, kept: Kept) -> None:
    world.move()
    with world.asked() as asked:
        kept.sync(world.connect())
    moved = next(item for item in kept.items.values() if item.subject == "Term sheet 1")  # type: ignore[union-attr]
    assert (kept.moves, kept.upserts, kept.deletes, world.bodies(asked)) == (1, [], 0, 0)
    assert moved.folder == "Archiv"  # type: ignore[union-attr]


def test_a_change_told_only_in_part_is_asked_for_whole(world: MailWorld, kept: Kept) -> None:
    world.graph.mail.partial_updates = True
    world.graph.mail.touch(world.ids[1], read=True)
    world.graph.mail.touch(world.ids[1], flagged=True)
    with world.asked() as asked:
        kept.sync(world.connect())
    assert (kept.moves, kept.upserts, world.bodies(asked)) == (1, [], 0)
    assert any(item.flags == {"seen", "flagged"} for item in kept.items.values())  # type: ignore[union-attr]


def test_an_old_message_rescued_from_junk_is_read(world: MailWorld, kept: Kept) -> None:
    world.put(0, "junkemail")
    kept.sync(world.connect())
    assert kept.upserts == []
    world.graph.mail.move(world.ids[0], "inbox")
    kept.sync(world.connect())
    assert len(kept.upserts) == 1


def test_what_is_thrown_away_is_deleted(world: MailWorld, kept: Kept) -> None:
    world.graph.mail.move(world.ids[1], "deleteditems")
    kept.sync(world.connect())
    assert (kept.deletes, len(kept.items)) == (1, FEW - 1)


def test_what_is_fetched_back_is_there_again(world: MailWorld, kept: Kept) -> None:
    world.graph.mail.move(world.ids[FEW - 1], "deleteditems")
    kept.sync(world.connect())
    world.graph.mail.move(world.ids[FEW - 1], "inbox")
    assert len(kept.sync(world.connect()).items) == FEW


class Untouched(dict[str, str]):
    """What nobody may look into."""

    def __getitem__(self, key: str) -> str:
        raise AssertionError("a sync with a good cursor does not need what is held")

    __iter__ = __len__ = __contains__ = get = __getitem__  # type: ignore[assignment]


def test_a_usual_sync_does_not_look_at_what_is_held(world: MailWorld, kept: Kept) -> None:
    world.fill(3, start=FEW)
    world.edit()
    world.graph.mail.remove(world.ids[2])
    changes = [c for page in world.connect().pages(kept.cursor, Untouched()) for c in page.changes]
    assert len(changes) == 5


def test_a_change_of_a_message_nobody_remembers_is_looked_up_in_what_is_held(world: MailWorld) -> None:
    world.fill(700)
    kept = Kept().sync(world.connect())
    world.graph.mail.touch(world.ids[1], read=True)
    with world.asked() as asked:
        kept.sync(world.connect())
    assert (kept.moves, kept.upserts, world.bodies(asked)) == (1, [], 0)


# --- folders -----------------------------------------------------------------------------------------------------------------


def test_deleted_junk_drafts_and_skipped_folders_are_not_read(world: MailWorld) -> None:
    below = world.graph.mail.add_folder("Old", world.graph.mail.add_folder("Newsletters").id)
    for number, folder in enumerate(("inbox", "junkemail", "drafts", "deleteditems", "outbox", below.id)):
        world.put(number, folder)
    kept = Kept().sync(world.connect(skip=["newsletters"]))
    assert [item.folder for item in kept.items.values()] == ["Inbox"]  # type: ignore[union-attr]


def test_a_new_folder_is_read_and_one_that_is_thrown_away_deleted(world: MailWorld, kept: Kept) -> None:
    folder = world.graph.mail.add_folder("Atlas", world.graph.mail.folder("inbox").id)
    world.put(100, folder.id)
    kept.sync(world.connect())
    assert [kept.items[ref].folder for ref in kept.upserts] == ["Inbox/Atlas"]  # type: ignore[union-attr]
    world.graph.mail.put_below(folder, world.graph.mail.folder("deleteditems"))
    kept.sync(world.connect())
    assert (kept.deletes, len(kept.items)) == (1, FEW)
    world.graph.mail.put_below(folder, world.graph.mail.folder("inbox"))
    kept.sync(world.connect())
    assert len(kept.items) == FEW + 1
    world.graph.mail.remove_folder(folder)
    kept.sync(world.connect())
    assert len(kept.items) == FEW


def test_a_hundred_folders_cost_three_requests_and_none_is_forgotten(world: MailWorld) -> None:
    folders = [world.graph.mail.add_folder(f"Project {number}") for number in range(100)]
    for number, folder in enumerate(folders):
        world.put(number, folder.id)
    kept = Kept().sync(world.connect())
    assert len(kept.items) == 100
    world.put(200, folders[57].id)
    for _ in range(4):
        with world.asked() as asked:
            kept.sync(world.connect())
        if not kept.upserts:
            assert len(asked) == 3
    assert len(kept.items) == 101


def test_folders_are_read_by_when_their_mail_came(world: MailWorld) -> None:
    for number in range(400):
        world.put(number, "archive" if number < 200 else "inbox")
    kept = Kept().sync(world.connect(), pages=2)
    assert {item.folder for item in kept.items.values()} == {"Inbox"}  # type: ignore[union-attr]


# --- a first sync that was stopped ---------------------------------------------------------------------------------------------


def test_what_came_meanwhile_comes_before_the_rest_of_history(world: MailWorld) -> None:
    for number in range(450):
        world.put(number)
    kept = Kept().sync(world.connect(), pages=1)
    world.put(500)
    kept.sync(world.connect(), pages=1)
    assert "Term sheet 500" in {kept.items[ref].subject for ref in kept.upserts}  # type: ignore[union-attr]
    kept.sync(world.connect())
    assert len(kept.items) == 451
    assert kept.sync(world.connect()).upserts == []


def test_answers_longer_than_was_asked_for_lose_nothing_in_a_crash(world: MailWorld) -> None:
    world.graph.links.most = 1000
    for number in range(450):
        world.put(number)
    kept = Kept().sync(world.connect(), pages=1)
    world.graph.mail.remove(world.ids[449])
    kept.sync(world.connect())
    assert len(kept.items) == 449


def test_links_that_expired_in_the_middle_of_a_first_sync_lose_nothing(world: MailWorld) -> None:
    world.fill(450)
    kept = Kept().sync(world.connect(), pages=2)
    world.expire()
    kept.sync(world.connect())
    assert len(kept.items) == 450
    assert kept.sync(world.connect()).upserts == []


@settings(max_examples=15, deadline=None)
@given(
    some.lists(
        some.tuples(
            some.sampled_from(["add", "read", "move", "drop", "put", "folder", "sync", "stop", "expire"]), some.integers(0, 30)
        ),
        max_size=30,
    )
)
def test_whatever_happens_in_whatever_order_all_is_told_once(steps: list[tuple[str, int]]) -> None:
    with (
        tempfile.TemporaryDirectory() as place,
        FakeGraph() as graph,
        FaultProxy(graph.serving.port) as proxy,
        ExitStack() as ended,
    ):
        world, mail, kept = MailWorld(graph, proxy, Path(place)), graph.mail, Kept()
        ended.callback(world.close)
        own = mail.add_folder("Atlas")
        world.fill(5)
        for number, (what, n) in enumerate([*steps, ("sync", 0)], start=5):
            ids, names = list(mail.mails), ["inbox", "archive", "deleteditems", "junkemail", own.id]
            if what == "add":
                world.put(number * 7 % 40, names[n % 5])
            elif what == "folder":
                mail.put_below(own, mail.folder(names[n % 4]))
            elif what in {"sync", "stop"}:
                kept.sync(world.connect(), pages=n % 3 if what == "stop" else None)
            elif what == "expire":
                world.expire()
            elif what == "put":
                world.fill(120, start=1000 * number)
            elif ids and what == "read":
                mail.touch(ids[n % len(ids)], read=n % 2 == 0)
            elif ids and what == "move":
                mail.move(ids[n % len(ids)], names[n // 5 % 5])
            elif ids:
                mail.remove(ids[n % len(ids)])
        assert told(kept) == truth(graph, own)
        assert kept.sync(world.connect()).upserts == []


def told(kept: Kept) -> set[tuple[str, str, bool]]:
    return {(ref.partition("/")[2], item.folder, "seen" in item.flags) for ref, item in kept.items.items()}  # type: ignore[union-attr]


def truth(graph: FakeGraph, own: Folder) -> set[tuple[str, str, bool]]:
    """Of all that does not lie in, or below, deleted or junk."""
    above = graph.mail.folders.get(own.parent)
    out = {"deleteditems", "junkemail"}
    found = set()
    for mail in graph.mail.mails.values():
        below = above if mail.folder is own else None
        if mail.folder.well_known not in out and (below is None or below.well_known not in out):
            name = f"{below.name}/{own.name}" if below else mail.folder.name
            found.add((mail.id, name, mail.read))
    return found


def test_links_that_nobody_knows_any_more_lose_nothing(world: MailWorld, kept: Kept) -> None:
    world.graph.links._places.clear()
    world.fill(1, start=FEW)
    with world.asked() as asked:
        kept.sync(world.connect())
    assert (len(kept.items), kept.deletes, len(kept.upserts)) == (FEW + 1, 0, 1)
    assert world.bodies(asked) == 1


def test_another_account_under_the_same_name_is_read_anew(world: MailWorld, kept: Kept) -> None:
    for id in list(world.graph.mail.mails):
        world.graph.mail.remove(id)
    world.fill(2, start=100)
    other = replace(world.keys.held.credential, login="dana@atlas.example")
    world.keys.held = replace(world.keys.held, credential=other)
    assert len(kept.sync(world.connect()).items) == 2


# --- what goes wrong -----------------------------------------------------------------------------------------------------------


def test_what_is_too_much_for_now_inside_of_a_batch_is_asked_again(world: MailWorld) -> None:
    world.fill(FEW)
    world.graph.fail_inside(r"\$value", 429, times=5, **{"Retry-After": "0"})
    assert len(Kept().sync(world.connect()).items) == FEW


def test_a_long_wait_inside_of_a_batch_is_kept(world: MailWorld, kept: Kept) -> None:
    world.graph.fail_inside("messages/delta", 429, **{"Retry-After": "90"})
    with pytest.raises(Unavailable) as raised:
        kept.sync(world.connect())
    assert raised.value.retry_after == timedelta(seconds=90)


def test_a_message_that_exchange_can_not_read_is_named_at_every_sync(world: MailWorld) -> None:
    world.fill(FEW)
    world.graph.fail_inside(f"{world.ids[4]}/.value", 500, times=99)
    kept = Kept().sync(world.connect())
    assert (len(kept.items), len(kept.problems)) == (FEW - 1, 1)
    first = kept.problems
    assert kept.sync(world.connect()).problems == first


def test_a_missing_scope_is_named(world: MailWorld, kept: Kept) -> None:
    world.graph.tokens[TOKEN] = SCOPES - {"Mail.Read"}
    with pytest.raises(AccessLost, match=r"Mail\.Read.*reveille connect microsoft"):
        kept.sync(world.connect())
    assert not world.connect().check().ok


def test_a_link_to_another_server_is_never_followed(world: MailWorld) -> None:
    world.fill(FEW)
    world.graph.base = "https://elsewhere.example"
    with world.asked() as asked, pytest.raises(Unavailable, match="another server"):
        Kept().sync(world.connect())
    assert len(asked) == 2


def test_messages_too_large_for_one_answer_come_by_halves(world: MailWorld) -> None:
    for number in range(4):
        world.ids[number] = world.graph.mail.add(mime(number, padding=7_000_000), arrived(number)).id
    assert len(Kept().sync(world.connect()).items) == 4


def test_another_mailbox_is_read_by_its_address(world: MailWorld) -> None:
    world.fill(2)
    kept = Kept().sync(world.connect(mailbox=world.graph.address))
    assert len(kept.items) == 2
    assert all("/users/" in served for served in world.graph.served)


def test_links_and_tokens_are_in_no_log(world: MailWorld, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(1)
    world.fill(450)
    kept, links = Kept(), set[str]()
    for pages in (1, 2, None):
        kept.sync(world.connect(), pages=pages)
        links.update(re.findall(r"token=([\w-]+)", kept.cursor or ""))
    said = caplog.text + repr(world.connect())
    assert len(links) > 3
    assert not any(secret in said for secret in (TOKEN, *links))
