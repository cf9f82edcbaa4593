"""What every live connection keeps to. A test of a kind derives from `LiveContract` and brings a world: a server that it can change.

A world stands for one account on a real server, an emulator or a strict fake; faults come from the proxy before it, or from
whatever a protocol that is not HTTP has in its place.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest

from service.domain.items import Item
from service.errors import AccessLost, ExternalError, Unavailable
from service.ports import Source
from tests.integration.source_contract import Kept

FEW, MANY = 30, 450


class LiveWorld(ABC):
    """`edit`, `delete` and `move` are about item 1; items are numbered from 0, oldest first."""

    secrets: tuple[str, ...] = ()
    """What must never be said: passwords and tokens of this account."""
    most_requests = 3
    """Of a sync that finds nothing changed, however many items there are."""
    most_bodies = 0
    """Requests that bring content although nothing changed: none, but where a vendor does not tell what changed."""
    moves = True
    """Whether items have a place that they can be moved from."""

    @abstractmethod
    def connect(self) -> Source:
        """As after a restart: nothing remembered but what the store holds."""

    @abstractmethod
    def fill(self, count: int, *, start: int = 0) -> None: ...

    @abstractmethod
    def edit(self) -> None:
        """What item 1 says changes; of a kind whose items never change, its flags or labels do."""

    @abstractmethod
    def delete(self) -> None: ...

    def move(self) -> None:
        raise NotImplementedError

    @abstractmethod
    def expire(self) -> None:
        """No cursor that was handed out so far is good any more (410, a new UIDVALIDITY, a sync token that was dropped)."""

    @abstractmethod
    def asked(self) -> AbstractContextManager[list[Any]]:
        """The requests (or commands) meanwhile, filled in at the end."""

    @abstractmethod
    def bodies(self, asked: list[Any]) -> int:
        """How many of those brought the content of items."""

    # --- faults: of the very next request, or of as many as it takes ---------------------------------------------------------

    @abstractmethod
    def refuse_the_login(self) -> None:
        """401, or what the protocol has: the password was changed, the token was revoked."""

    @abstractmethod
    def be_busy(self, retry_after: int | None) -> None:
        """429 or its like, once, with so many seconds to wait, or without a word of that."""

    @abstractmethod
    def be_broken(self) -> None:
        """5xx, a cut answer, a hang: whatever ends by itself, once each time it is called, another one each time."""

    @abstractmethod
    def mend(self) -> None:
        """All is as before."""


class LiveContract:
    kinds_of_breakage = 3
    """How many of `be_broken`'s there are."""

    @pytest.fixture
    def world(self) -> Iterator[LiveWorld]:
        raise NotImplementedError

    @pytest.fixture
    def kept(self, world: LiveWorld) -> Kept:
        world.fill(FEW)
        return Kept().sync(world.connect())

    # --- reading -----------------------------------------------------------------------------------------------------------

    def test_first_sync_brings_everything_once(self, world: LiveWorld) -> None:
        world.fill(MANY)
        kept = Kept().sync(world.connect())
        assert len(kept.items) == len(kept.upserts) == len(kept.ids) == MANY
        assert kept.problems == []

    def test_the_newest_comes_first(self, world: LiveWorld) -> None:
        world.fill(MANY)
        kept = Kept().sync(world.connect(), pages=2)
        newest = max(map(_at, kept.items.values()))
        assert newest == max(map(_at, Kept().sync(world.connect()).items.values()))

    def test_nothing_changed_costs_few_requests_and_no_content(self, world: LiveWorld, kept: Kept) -> None:
        with world.asked() as asked:
            kept.sync(world.connect())
        assert (kept.upserts, kept.moves, kept.deletes) == ([], 0, 0)
        assert (len(asked) <= world.most_requests, world.bodies(asked) <= world.most_bodies) == (True, True), asked

    def test_nothing_changed_costs_the_same_however_much_there_is(self, world: LiveWorld, kept: Kept) -> None:
        world.fill(MANY - FEW, start=FEW)
        kept.sync(world.connect())
        with world.asked() as asked:
            kept.sync(world.connect())
        assert len(kept.items) == MANY
        assert (len(asked) <= world.most_requests, world.bodies(asked) <= world.most_bodies) == (True, True), asked

    def test_what_is_new_comes_alone(self, world: LiveWorld, kept: Kept) -> None:
        world.fill(2, start=FEW)
        kept.sync(world.connect())
        assert (len(kept.upserts), len(kept.items)) == (2, FEW + 2)

    def test_an_edit_brings_that_item_alone(self, world: LiveWorld, kept: Kept) -> None:
        before = dict(kept.items)
        world.edit()
        kept.sync(world.connect())
        assert len(kept.items) == FEW
        assert sum(kept.items.get(ref) != item for ref, item in before.items()) == 1
        assert len(kept.upserts) + kept.moves <= 2

    def test_what_is_gone_is_deleted(self, world: LiveWorld, kept: Kept) -> None:
        world.delete()
        kept.sync(world.connect())
        assert (len(kept.items), kept.deletes, kept.upserts) == (FEW - 1, 1, [])

    def test_what_is_moved_stays_once(self, world: LiveWorld, kept: Kept) -> None:
        if not world.moves:
            return
        world.move()
        kept.sync(world.connect())
        assert len(kept.items) == len(kept.ids) == FEW

    def test_an_expired_cursor_loses_and_doubles_nothing(self, world: LiveWorld, kept: Kept) -> None:
        ids = kept.ids
        world.delete()
        world.fill(1, start=FEW)
        world.expire()
        kept.sync(world.connect())
        assert len(kept.items) == len(kept.ids) == FEW
        assert len(kept.ids & ids) == FEW - 1
        with world.asked() as asked:
            kept.sync(world.connect())
        assert (kept.upserts, kept.deletes, world.bodies(asked) <= world.most_bodies) == ([], 0, True)

    @pytest.mark.parametrize("cursor", ["", "nonsense", "[]", '{"v": 99}', "0"])
    def test_a_cursor_that_is_no_cursor_does_no_harm(self, world: LiveWorld, kept: Kept, cursor: str) -> None:
        kept.cursor = cursor
        kept.sync(world.connect())
        assert (kept.deletes, len(kept.items), len(kept.ids)) == (0, FEW, FEW)

    # --- crashes -----------------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("pages", [0, 1, 2])
    def test_after_a_crash_the_rest_comes_exactly_once(self, world: LiveWorld, pages: int) -> None:
        world.fill(MANY)
        kept = Kept().sync(world.connect(), pages=pages)
        early = list(kept.upserts)
        kept.sync(world.connect())
        assert len(kept.items) == len(kept.ids) == MANY
        assert len(early) + len(kept.upserts) == MANY, "nothing is read twice"
        assert kept.sync(world.connect()).upserts == []

    def test_what_comes_while_history_is_read_is_not_lost_to_it(self, world: LiveWorld) -> None:
        world.fill(MANY)
        kept = Kept().sync(world.connect(), pages=1)
        world.fill(3, start=MANY)
        world.delete()
        kept.sync(world.connect())
        assert kept.sync(world.connect()).upserts == []
        assert len(kept.items) == len(kept.ids) == MANY + 2

    # --- what goes wrong -----------------------------------------------------------------------------------------------------

    def test_a_refused_login_says_what_to_do(self, world: LiveWorld, kept: Kept) -> None:
        world.refuse_the_login()
        error = self._fails(world, kept, AccessLost)
        check = world.connect().check()
        assert not check.ok
        assert check.fix
        self._says_no_secret(world, str(error), check.says, check.fix)
        self._goes_on_after(world, kept)

    @pytest.mark.parametrize("retry_after", [7, None])
    def test_a_busy_server_is_left_alone_for_as_long_as_it_asks(
        self, world: LiveWorld, kept: Kept, retry_after: int | None
    ) -> None:
        world.be_busy(retry_after)
        error = self._fails(world, kept, Unavailable)
        if retry_after is not None:
            assert getattr(error, "retry_after", None) == timedelta(seconds=retry_after)
        self._goes_on_after(world, kept)

    def test_whatever_breaks_by_itself_mends_by_itself(self, world: LiveWorld, kept: Kept) -> None:
        for _ in range(self.kinds_of_breakage):
            world.be_broken()
            error = self._fails(world, kept, Unavailable)
            self._says_no_secret(world, str(error))
            world.mend()
        self._goes_on_after(world, kept)

    def test_check_says_what_is_there(self, world: LiveWorld, kept: Kept) -> None:
        check = world.connect().check()
        assert check.ok, check
        self._says_no_secret(world, check.says, check.fix)

    @pytest.mark.slow
    def test_fifty_thousand_with_a_crash_in_the_middle(self, world: LiveWorld) -> None:
        self.many_thousand(world, 50_000)

    def many_thousand(self, world: LiveWorld, count: int) -> None:
        world.fill(count)
        kept = Kept().sync(world.connect(), pages=count // 400)
        early = len(kept.upserts)
        kept.sync(world.connect())
        assert len(kept.items) == len(kept.ids) == count
        assert early + len(kept.upserts) == count

    # --- parts -------------------------------------------------------------------------------------------------------------

    @staticmethod
    def _fails(world: LiveWorld, kept: Kept, how: type[ExternalError]) -> ExternalError:
        before = dict(kept.items)
        with pytest.raises(how) as raised:
            kept.sync(world.connect())
        assert kept.items == before, "what is known stays"
        return raised.value

    @staticmethod
    def _goes_on_after(world: LiveWorld, kept: Kept) -> None:
        world.mend()
        known = len(kept.items)
        world.fill(1, start=FEW)
        kept.sync(world.connect())
        assert len(kept.items) == known + 1

    @staticmethod
    def _says_no_secret(world: LiveWorld, *said: str) -> None:
        for secret in world.secrets:
            assert secret not in " ".join(said)


def _at(item: Item) -> Any:
    return getattr(item, "sent_at", None) or getattr(item, "at", None) or getattr(item, "id", "")
