"""Account streams: each page of a source and its cursor commit together, judged on the way in, under the account's fence."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import inf
from time import monotonic, sleep

from service.actions.filing import Filing
from service.ahead import ahead
from service.domain.items import Item, Message, Series, Thread
from service.domain.people import Person
from service.domain.sync import Account, Health, Page, Problem, Upsert
from service.domain.verdicts import Relation, Verdict
from service.errors import AccessLost, ExternalError, FenceLost, ReveilleError, Unavailable, not_installed
from service.logs import logger
from service.ports import CalendarReader, Doorbell, Items, Source
from service.store.accounts import Accounts
from service.store.expansion import Expansion
from service.triage.background import Background
from service.triage.dealings import dealings
from service.triage.judges import Case, Judges
from service.watching import Observer

log = logger("sync")
LEASE = timedelta(minutes=5)
"""Longer than any one page takes; each page renews it. A shorter one frees an account sooner whose worker died as it read."""
FRESH = timedelta(seconds=60)
KNOWN_BY_THEN = timedelta(days=21)
"""After a first sync what may still matter is judged once more: only now is it known who the person deals with."""
LOOK_AGAIN = 0.05  # seconds between looks at a sync that another worker has under way


@dataclass(frozen=True, slots=True)
class Progress:
    account: str
    items: int
    total: int | None


@dataclass(slots=True)
class Sync:
    """The streams of one person. Sources connect when they are first read."""

    person: Person
    connect: Mapping[str, Callable[[], Source]]
    accounts: Accounts
    items: Items
    judges: Judges
    calendar: CalendarReader
    filing: Filing
    clock: Callable[[], datetime]
    progress: Callable[[Progress], None] = lambda _: None
    lease: timedelta = LEASE
    background: Background | None = None
    """What judging needs besides the mail; without it only who the senders are."""
    observer: Observer | None = None
    _connected: dict[str, Source] = field(default_factory=dict)

    def ensure_fresh(self, deadline: timedelta, max_age: timedelta = FRESH, heard: timedelta | None = None) -> None:
        """Reads what was last read longer ago than `max_age`; accounts whose doorbell listens, longer ago than `heard`. What can't be read by then is named in coverage by its account's
        health and `read_at`: nothing is raised, the briefing goes on with what is known. No source takes more than half of
        the time while others wait, so that a large mailbox, read for the first time, does not keep the calendar from being read at all.
        """
        last = monotonic() + deadline.total_seconds()
        fresh = self._fresh(max_age, heard)
        stale = [name for name in self.connect if name not in fresh]
        for left, name in zip(range(len(stale), 0, -1), stale, strict=True):
            end = monotonic() + max(0.0, last - monotonic()) / min(left, 2)
            while name not in self._fresh(max_age, heard) and monotonic() < end:
                if self.run(name, end):
                    break
                sleep(LOOK_AGAIN)

    def run(self, name: str, end: float = inf, stopped: Callable[[], bool] = lambda: False) -> bool:
        """One sync of one account. False: another one of it is under way. At `end` (monotonic), or once `stopped`, it stops after the
        page in hand, and the next one goes on from there.
        """
        account = self.accounts.claim(self.person.id, name, self.clock(), self.lease)
        if account is None:
            return False
        try:
            self._stream(account, lambda: monotonic() >= end or stopped())
        except FenceLost:
            log.warning("sync taken over", account=name)
        except AccessLost as error:
            self._failed(account, Health.NO_ACCESS, error)
        except ExternalError as error:
            self._failed(account, Health.UNREACHABLE, error)
        except ReveilleError:
            raise
        except Exception as error:  # a source is somebody's plug-in: its bug must not take the other sources along
            if (missing := not_installed(error)) is not None:
                self._failed(account, Health.UNREACHABLE, missing)
                return True
            log.exception("a source broke", account=account.name)
            self._failed(account, Health.UNREACHABLE, Unavailable(f"unexpected in this source: {type(error).__name__}: {error}"))
        return True

    def close(self) -> None:
        """Sources that hold a connection let go of it; whoever reads them next connects anew."""
        for name in list(self._connected):
            getattr(self._connected.pop(name), "close", lambda: None)()

    def doorbell(self, name: str, ring: Callable[[], None]) -> Doorbell | None:
        """Of a source that tells by itself when something is new. Raises what connecting raises."""
        made: Doorbell | None = getattr(self._source(name), "doorbell", lambda _: None)(ring)
        return made

    def read_since(self, name: str, since: datetime) -> bool:
        """Whether it was read to its end, or could not be."""
        account = next((a for a in self.accounts.all(self.person.id) if a.name == name), None)
        return account is None or bool(account.error) or (account.read_at is not None and account.read_at >= since)

    def judge(self, messages: Sequence[Message]) -> dict[str, Verdict]:
        verdicts = self.judges.judge(self._cases(messages))
        return {m.id: verdict for m, verdict in zip(messages, verdicts, strict=True)}

    def _cases(self, messages: Sequence[Message]) -> Sequence[Case]:
        if self.background is not None:
            return self.background.cases(messages)
        relations = dealings(self.items, messages, self.clock())
        return [(m, relations.get(m.sender.email, Relation())) for m in messages]

    def judge_again(self, since: datetime) -> int:
        """After rules or priorities changed: what is stored gets new verdicts, without being read again."""
        now = self.clock()
        messages = [j.message for j in (*self.items.received(since, now), *self.items.sent(since, now))]
        for start in range(0, len(messages), 500):
            self.accounts.judge_again(self.person.id, self.judge(messages[start : start + 500]))
        return len(messages)

    # --- the stream ----------------------------------------------------------------------------------------------------

    def _stream(self, account: Account, ends: Callable[[], bool]) -> None:
        source = self._source(account.name)
        problems: list[Problem] = []
        expanded: dict[str, list[Problem]] = {}
        seen = 0
        pages = source.pages(account.cursor, self.accounts.held(account.person, account.name))
        # While one page is stored, the next is judged, and the one after that is read.
        with closing(ahead(self._judged(ahead(pages)))) as following:
            for page, verdicts in following:
                if seen and ends():
                    self.accounts.leave(account)
                    log.info("goes on next time", account=account.name, changes=seen)
                    return
                expanded |= self._keep(account, page, verdicts)
                problems += page.problems
                seen += len(page.changes)
                self.progress(Progress(account.name, seen, page.total))
        if account.read_at is None:
            self.judge_again(self.clock() - KNOWN_BY_THEN)
        expanded |= self._expand(account)
        problems += [p for some in expanded.values() for p in some]
        problems += [p for p in account.problems if p.lasting and p.where not in expanded]
        self.accounts.finish(account, self.clock(), problems)
        for problem in problems:
            log.warning("could not be read", account=account.name, where=problem.where, what=problem.what)
        log.info("synced", account=account.name, changes=seen, problems=len(problems))

    def _judged(self, pages: Generator[Page]) -> Generator[tuple[Page, Mapping[str, Verdict]]]:
        with closing(pages):
            for page in pages:
                yield page, self.judge([m for m in _messages(page) if not m.own_briefing])

    def _keep(self, account: Account, page: Page, verdicts: Mapping[str, Verdict]) -> dict[str, list[Problem]]:
        """Returns what was wrong with each series that it expanded."""
        own_briefings = [m.message_id for m in _messages(page) if m.own_briefing]
        if own_briefings:
            self.accounts.sight(self.person.id, own_briefings, self.clock())
        watched = self.observer if account.read_at is not None else None  # of a first sync nobody knows how it was before
        before = watched.before(account, page) if watched else {}
        self.accounts.commit(account, page, verdicts, self.clock(), self.lease)
        if watched:
            watched.saw(before, page, self.clock())
        if account.read_at is not None and self.background is not None and self.background.follows_threads:
            self._judge_threads(_messages(page))
        if account.read_at is not None:  # the history of a first sync asks for nothing to be done
            self._file(account, [c.item for c in page.changes if isinstance(c, Upsert)], verdicts)
        changed = [c.item for c in page.changes if isinstance(c, Upsert) and isinstance(c.item, Series)]
        expanded = self.accounts.expanded(self.person.id).get(account.name, "")
        return self._store_events(account, changed) if changed and expanded == self._expansion().name else {}

    def _judge_threads(self, new: Sequence[Message]) -> None:
        """The others in the threads of what has come: a rule may hold for them now, or no more."""
        ids = {m.id for m in new}
        threads = self.items.conversations({m.thread_id for m in new}, self.clock() + KNOWN_BY_THEN)
        if others := [j.message for thread in threads.values() for j in thread if j.message.id not in ids]:
            self.accounts.judge_again(self.person.id, self.judge(others))

    def _file(self, account: Account, items: Sequence[Item], verdicts: Mapping[str, Verdict]) -> None:
        for item in items:
            if isinstance(item, (Message, Thread)):
                self.filing.file(self.person.id, item, account, self.clock(), verdicts.get(item.id))

    def _expand(self, account: Account) -> dict[str, list[Problem]]:
        """Series get their instances in rows for a window around now, anew when the month or the person's zone changes."""
        if self.accounts.expanded(self.person.id).get(account.name, "") == self._expansion().name:
            return {}
        series = self.accounts.series(self.person.id, account.name)
        return self._store_events(account, series) if series else {}

    def _store_events(self, account: Account, series: Sequence[Series]) -> dict[str, list[Problem]]:
        expansion = self._expansion()
        own = frozenset(self.person.emails)
        events, problems = self.calendar.expand(series, expansion.start, expansion.end, own, self.person.timezone)
        self.accounts.store_events(account, series, events, expansion.name, self.clock())
        found: dict[str, list[Problem]] = {one.id: [] for one in series}
        for problem in problems:
            found.setdefault(problem.where, []).append(replace(problem, lasting=True))
        return found

    def _expansion(self) -> Expansion:
        return Expansion.around(self.clock(), self.person)

    def _fresh(self, max_age: timedelta, heard: timedelta | None) -> frozenset[str]:
        """Accounts that were read lately enough."""
        now, longer = self.clock(), max(max_age, heard or max_age)
        return frozenset(
            a.name
            for a in self.accounts.all(self.person.id)
            if a.read_at is not None and now - a.read_at <= (longer if a.bell and a.bell.rings(now) else max_age)
        )

    def _source(self, name: str) -> Source:
        return self._connected.get(name) or self._connected.setdefault(name, self.connect[name]())

    def _failed(self, account: Account, health: Health, error: ExternalError) -> None:
        log.warning("sync failed", account=account.name, health=health.value, error=str(error))
        try:
            self.accounts.fail(account, health, str(error), self.clock())
        except FenceLost:
            log.warning("sync taken over", account=account.name)


def _messages(page: Page) -> list[Message]:
    return [c.item for c in page.changes if isinstance(c, Upsert) and isinstance(c.item, Message)]
