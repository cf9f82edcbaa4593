"""Connected accounts: who may write for one, how far it was read, and what every page of a sync leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, bindparam, delete, func, insert, or_, select, update

from service.domain.items import Event, Message, Series
from service.domain.sync import Account, Bell, Delete, Health, Hearing, Moved, Page, Problem, Upsert
from service.domain.verdicts import Verdict
from service.errors import FenceLost
from service.store import tables
from service.store.cadences import wake
from service.store.codec import Codec
from service.store.database import Database
from service.store.erasure import refuse_erased
from service.store.items import KINDS, OWN_BRIEFING, ItemWriter, kind_of

a, h, d = tables.account, tables.held, tables.doorbell
MOST_PROBLEMS = 500
_AT = and_(h.c.person == bindparam("_person"), h.c.account == bindparam("_account"), h.c.ref == bindparam("_old_ref"))
_LET_GO = delete(h).where(_AT)
_RENAME = update(h).where(_AT).values(ref=bindparam("_ref"), stamp=bindparam("_stamp"))
_BELL = tuple(d.c[name].label(f"bell_{name}") for name in ("state", "since", "held_until", "said"))
_ALL = (
    select(a, *_BELL)
    .select_from(a.outerjoin(d, and_(d.c.person == a.c.person, d.c.account == a.c.name)))
    .where(a.c.person == bindparam("person"))
    .order_by(a.c.name)
)


class _Later(Mapping[str, str]):
    def __init__(self, load: Callable[[], dict[str, str]]) -> None:
        self._load = load

    @cached_property
    def _loaded(self) -> dict[str, str]:
        return self._load()

    def __getitem__(self, ref: str) -> str:
        return self._loaded[ref]

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaded)

    def __len__(self) -> int:
        return len(self._loaded)


class Accounts:
    def __init__(self, database: Database, codec: Codec) -> None:
        self._database, self._codec = database, codec
        self._items = ItemWriter(codec, database)

    # --- which there are -----------------------------------------------------------------------------------------------

    def register(self, person: str, kinds: Mapping[str, str]) -> None:
        """Makes the accounts those of the config (name → kind). What only a vanished account held is forgotten."""
        there = {account.name: account.kind for account in self.all(person)}
        known = {name for name, kind in there.items() if kinds.get(name) == kind}
        for name in there.keys() - known:  # of another kind, its cursor means nothing to the new source
            self.forget(person, name)
        with self._database.write() as on:
            refuse_erased(on, person)
            self._database.alone(on, "accounts", person)
            there_now = set(on.execute(select(a.c.name).where(a.c.person == person)).scalars())
            for name, kind in kinds.items():
                if name not in there_now:
                    row = {"person": person, "name": name, "kind": kind, "health": Health.NEW.value, "problems": []}
                    on.execute(insert(a).values(row))

    def forget(self, person: str, name: str) -> None:
        with self._database.write() as on:
            self._database.alone(on, "items", person)
            refs = on.execute(select(h.c.ref).where(h.c.person == person, h.c.account == name)).scalars().all()
            self._unhold(on, person, name, refs)
            on.execute(delete(a).where(a.c.person == person, a.c.name == name))
            on.execute(delete(d).where(d.c.person == person, d.c.account == name))

    def all(self, person: str) -> Sequence[Account]:
        with self._database.read() as on:
            return [_read(row) for row in on.execute(_ALL, {"person": person}).mappings()]

    # --- one sync ------------------------------------------------------------------------------------------------------

    def claim(self, person: str, name: str, now: datetime, lease: timedelta) -> Account | None:
        """The right to write for an account until the lease ends, with a new fence. None: another sync of it is under way."""
        free = or_(a.c.lease_until.is_(None), a.c.lease_until < now)
        with self._database.write() as on:
            taken = update(a).where(_this(person, name), free).values(fence=a.c.fence + 1, lease_until=now + lease)
            if on.execute(taken).rowcount != 1:
                return None
            return _read(on.execute(select(a).where(_this(person, name))).mappings().one())

    def held(self, person: str, name: str) -> Mapping[str, str]:
        """Ref → stamp of everything this account holds. Read when it is first looked into: whoever goes on from a good cursor never
        does, and there may be hundreds of thousands.
        """
        return _Later(lambda: self._held(person, name))

    def _held(self, person: str, name: str) -> dict[str, str]:
        with self._database.read() as on:
            rows = on.execute(select(h.c.ref, h.c.stamp).where(h.c.person == person, h.c.account == name))
            return {row.ref: row.stamp for row in rows}

    def commit(self, account: Account, page: Page, verdicts: Mapping[str, Verdict], now: datetime, lease: timedelta) -> None:
        """A page and its cursor, together or not at all. Raises FenceLost where another sync took over.

        Reveille's own briefings are held, so that they aren't read again, but never become items.
        """
        person, name = account.person, account.name
        with self._database.write() as on:
            self._database.alone(on, "items", person)
            self._fenced(on, account, cursor=page.cursor, lease_until=now + lease)
            self._move(on, person, name, [c for c in page.changes if isinstance(c, Moved)])
            self._hold(on, person, name, [c for c in page.changes if isinstance(c, Upsert)], verdicts)
            self._unhold(on, person, name, [c.ref for c in page.changes if isinstance(c, Delete)])
            if any(isinstance(c, Delete) or isinstance(getattr(c, "item", None), (Event, Series)) for c in page.changes):
                wake(on, person, now)

    def leave(self, account: Account) -> None:
        """Stops in the middle: what was kept stays, and the next sync goes on from the last page's cursor."""
        with self._database.write() as on:
            self._fenced(on, account, lease_until=None, items=_held_by(account))

    def finish(self, account: Account, now: datetime, problems: Iterable[Problem]) -> None:
        """A sync that ended well. A source names what it can't read at every sync, so these are all there are."""
        kept = [asdict(p) for p in list(problems)[:MOST_PROBLEMS]]
        with self._database.write() as on:
            well = {"health": Health.OK.value, "read_at": now, "failing_since": None, "error": "", "lease_until": None}
            self._fenced(on, account, problems=kept, items=_held_by(account), **well)

    def fail(self, account: Account, health: Health, error: str, now: datetime) -> None:
        with self._database.write() as on:
            since = func.coalesce(a.c.failing_since, now)
            self._fenced(
                on, account, health=health.value, error=error, failing_since=since, lease_until=None, items=_held_by(account)
            )

    # --- expanded calendars ---------------------------------------------------------------------------------------------

    def series(self, person: str, name: str) -> Sequence[Series]:
        query = select(tables.item.c.sealed).where(
            tables.item.c.person == person, tables.item.c.kind == "series", tables.item.c.account == name
        )
        with self._database.read() as on:
            return [self._codec.unpack(sealed, Series) for sealed in on.execute(query).scalars()]

    def expanded(self, person: str) -> Mapping[str, str]:
        """For which window and zone each account's series have their instances in rows; accounts without series are left out."""
        with self._database.read() as on:
            return {
                row.name: row.expanded
                for row in on.execute(select(a.c.name, a.c.expanded).where(a.c.person == person, a.c.expanded != ""))
            }

    def store_events(
        self, account: Account, series: Sequence[Series], events: Sequence[Event], expanded: str, now: datetime
    ) -> None:
        with self._database.write() as on:
            self._database.alone(on, "items", account.person)
            self._fenced(on, account, expanded=expanded)
            self._items.replace_events(on, account.person, series, events)
            wake(on, account.person, now)

    def judge_again(self, person: str, verdicts: Mapping[str, Verdict]) -> None:
        with self._database.write() as on:
            self._database.alone(on, "items", person)
            self._items.set_verdicts(on, person, verdicts)

    def release_all(self, now: datetime) -> None:
        with self._database.write() as on:
            on.execute(update(a).where(a.c.lease_until > now).values(lease_until=now - timedelta(seconds=1)))

    def sight(self, person: str, message_ids: Iterable[str], now: datetime) -> None:
        """Reveille's own mail was seen in a mailbox."""
        with self._database.write() as on:
            refuse_erased(on, person)
            self._database.alone(on, "items", person)
            s = tables.sighting
            known = set(
                on.execute(select(s.c.message_id).where(s.c.person == person, s.c.message_id.in_(list(message_ids)))).scalars()
            )
            new = [{"person": person, "message_id": id, "seen_at": now} for id in {*message_ids} - known]
            if new:
                on.execute(insert(s), new)

    def sighted(self, person: str, message_id: str) -> bool:
        s = tables.sighting
        with self._database.read() as on:
            return (
                on.execute(select(s.c.message_id).where(s.c.person == person, s.c.message_id == message_id)).first() is not None
            )

    def places(self, person: str, account: str, message: str) -> Sequence[str]:
        """Refs by which an account keeps a message, in order."""
        mine = and_(h.c.person == person, h.c.account == account, h.c.kind == KINDS[Message], h.c.item == message)
        with self._database.read() as on:
            return on.execute(select(h.c.ref).where(mine).order_by(h.c.ref)).scalars().all()

    def message(self, person: str, id: str) -> Message | None:
        t = tables.item
        mine = and_(t.c.person == person, t.c.kind == KINDS[Message], t.c.id == id)
        with self._database.read() as on:
            sealed = on.execute(select(t.c.sealed).where(mine)).scalar_one_or_none()
        return self._codec.unpack(sealed, Message) if sealed else None

    # --- the parts of a page --------------------------------------------------------------------------------------------

    def _fenced(self, on: Connection, account: Account, **values: Any) -> None:
        mine = and_(_this(account.person, account.name), a.c.fence == account.fence)
        if on.execute(update(a).where(mine).values(values)).rowcount != 1:
            raise FenceLost(f"another sync of {account.name} took over")

    def _hold(self, on: Connection, person: str, name: str, changes: Sequence[Upsert], verdicts: Mapping[str, Verdict]) -> None:
        if not changes:
            return
        rows = [
            {"person": person, "account": name, "ref": c.ref, "stamp": c.stamp, "kind": kind_of(c.item), "item": c.item.id}
            for c in changes
        ]
        before = self._holding(on, person, name, [c.ref for c in changes])
        on.execute(delete(h).where(h.c.person == person, h.c.account == name, h.c.ref.in_(list(before))))
        on.execute(insert(h), list({row["ref"]: row for row in rows}.values()))
        self._items.put(on, person, [c.item for c in changes if kind_of(c.item) != OWN_BRIEFING], verdicts)
        now_held = {(kind_of(c.item), c.item.id) for c in changes}
        self._items.drop_unheld(on, person, set(before.values()) - now_held)

    def _unhold(self, on: Connection, person: str, name: str, refs: Sequence[str]) -> None:
        for start in range(0, len(refs), 500):
            part = list(refs[start : start + 500])
            before = self._holding(on, person, name, part)
            on.execute(delete(h).where(h.c.person == person, h.c.account == name, h.c.ref.in_(part)))
            self._items.drop_unheld(on, person, set(before.values()))

    def _move(self, on: Connection, person: str, name: str, changes: Sequence[Moved]) -> None:
        before = self._holding(on, person, name, [c.old_ref for c in changes])
        known = [change for change in changes if change.old_ref in before]
        renamed = {change.ref for change in known if change.ref != change.old_ref}
        # Where one takes the name that another has just left, their order counts.
        for some in [[change] for change in known] if renamed & before.keys() else [known]:
            self._rename(on, {"_person": person, "_account": name}, some)
        altered: dict[str, Callable[[Message], Message]] = {}
        for change in known:
            kind, item = before[change.old_ref]
            if kind == "message":
                altered[item] = _after(altered.get(item), change)
        self._items.alter_messages(on, person, altered)

    @staticmethod
    def _rename(on: Connection, mine: Mapping[str, str], changes: Sequence[Moved]) -> None:
        if gone := [{**mine, "_old_ref": change.ref} for change in changes if change.ref != change.old_ref]:
            on.execute(_LET_GO, gone)
        if changes:
            on.execute(_RENAME, [{**mine, "_old_ref": c.old_ref, "_ref": c.ref, "_stamp": c.stamp} for c in changes])

    def _holding(self, on: Connection, person: str, name: str, refs: Sequence[str]) -> dict[str, tuple[str, str]]:
        if not refs:
            return {}
        query = select(h.c.ref, h.c.kind, h.c.item).where(h.c.person == person, h.c.account == name, h.c.ref.in_(refs))
        return {ref: (kind, item) for ref, kind, item in on.execute(query)}


def _after(earlier: Callable[[Message], Message] | None, to: Moved) -> Callable[[Message], Message]:
    """The same message may lie at several refs, of which each says something."""
    return lambda message: _moved(to, earlier(message) if earlier else message)


def _moved(to: Moved, message: Message) -> Message:
    flags = message.flags if to.flags is None else to.flags
    return replace(message, flags=flags, folder=message.folder if to.folder is None else to.folder)


def _held_by(account: Account) -> Any:
    """How many items it holds, counted where a sync ends: everybody who asks afterwards reads one number."""
    mine = and_(h.c.person == account.person, h.c.account == account.name)
    return select(func.count(h.c.item.distinct())).where(mine).scalar_subquery()


def _this(person: str, name: str) -> Any:
    return and_(a.c.person == person, a.c.name == name)


def _read(row: RowMapping) -> Account:
    return Account(
        person=row["person"],
        name=row["name"],
        kind=row["kind"],
        health=Health(row["health"]),
        cursor=row["cursor"],
        read_at=row["read_at"],
        failing_since=row["failing_since"],
        error=row["error"],
        items=row["items"],
        problems=tuple(Problem(**p) for p in row["problems"]),
        fence=row["fence"],
        bell=_bell(row),
    )


def _bell(row: RowMapping) -> Bell | None:
    """Where it was asked for along with the account."""
    if row.get("bell_state") is None:
        return None
    return Bell(Hearing(row["bell_state"]), row["bell_since"], row["bell_held_until"], row["bell_said"])
