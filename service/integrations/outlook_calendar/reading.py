"""One sync of calendars: what changed, then what was never read or has to be compared, the nearest quarter first."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any

from service.calendar.times import Unreadable
from service.domain.sync import Delete, Page, Problem, Upsert
from service.http import Refused
from service.integrations.microsoft.batches import Ask
from service.integrations.microsoft.graph import Graph, gone
from service.integrations.microsoft.refusals import expired
from service.integrations.microsoft.rounds import Round, read_round, removed
from service.integrations.microsoft.sheet import Sheet
from service.integrations.outlook_calendar.blocks import Block, Phase
from service.integrations.outlook_calendar.events import read_event, stamp
from service.integrations.outlook_calendar.series import MASTER, PREFER, Masters, is_poor
from service.integrations.outlook_calendar.state import State
from service.ports import Surroundings

MISSING = "there is no calendar of that name: correct `calendars`"


class Reading:
    """For one call of `pages`."""

    def __init__(self, graph: Graph, at: Surroundings, state: State, held: Mapping[str, str], prefix: str) -> None:
        self._graph, self._at, self._state, self._held, self._prefix = graph, at, state, held, prefix
        self._masters = Masters(graph)
        self._sheet = Sheet(state.cursor)
        self._unseen: set[str] = set()
        self._problems: list[Problem] = []

    def pages(self, problems: Sequence[Problem], *, anew: bool) -> Iterator[Page]:
        """`anew`: there was no good cursor."""
        self._problems += problems
        if anew:  # other calendars than those that are read now, or another mailbox's
            places = {block.place for block in self._state.blocks}
            yield from self._sheet.add(Delete(ref) for ref in self._held if ref.partition(".")[0] not in places)
        yield from self._look(self._in(Phase.LIVE))
        yield from self._walk()
        yield from self._compare()
        yield self._sheet.page(self._problems)

    # --- what changed ----------------------------------------------------------------------------------------------------

    def _look(self, live: Sequence[Block]) -> Iterator[Page]:
        for block, part in zip(live, list(self._graph.batch([Ask(b.link, PREFER) for b in live])), strict=True):
            if part.ok:
                yield from self._changed(block, read_round(part.body, self._graph))
            elif expired(part.status, part.body) or part.status == 404:
                block.phase, block.link = Phase.COMPARE, ""
            else:
                raise self._graph.refused(part)

    def _changed(self, block: Block, found: Round) -> Iterator[Page]:
        while True:
            masters = [item["id"] for item in found.items if item.get("type") == MASTER and not removed(item)]
            yield from self._take(block, found.items)
            if masters:  # nobody says that a series' change is told of as one of each occurrence
                yield from self._take(block, list(self._masters.instances(masters, block)))
            block.link = found.link
            yield from self._sheet.turn_over()
            following = None if found.done else self._asked(block, block.link)
            if following is None:
                return
            found = following

    def _in(self, phase: Phase) -> list[Block]:
        return [block for block in self._state.blocks if block.phase is phase]

    # --- all there is ------------------------------------------------------------------------------------------------------

    def _walk(self) -> Iterator[Page]:
        begun = self._in(Phase.WALK)
        for block in begun:
            if end := (yield from self._all_of(block)):
                block.phase, block.link = Phase.LIVE, end
        yield from self._look([block for block in begun if block.phase is Phase.LIVE])  # what came meanwhile

    def _compare(self) -> Iterator[Page]:
        """What is in no list any more is gone, once all lists were read. A crash in the middle begins it anew."""
        some, ends = self._in(Phase.COMPARE), dict[str, str]()
        keys = {block.key for block in some}
        self._unseen = {ref for ref in self._held if ref.partition("/")[0] in keys} if keys else set()
        for block in some:
            ends[block.key] = yield from self._all_of(block)
        still = set(self._state.calendars.values())
        sure = {block.key for block in some if ends[block.key] or block.calendar not in still}
        yield from self._sheet.add(Delete(ref) for ref in self._unseen if ref.partition("/")[0] in sure)
        for block in some:
            if ends[block.key]:
                block.phase, block.link = Phase.LIVE, ends[block.key]

    def _all_of(self, block: Block) -> Generator[Page, None, str]:
        """Returns the link to go on with; none where it has to be begun anew."""
        link, walking = block.link or self._first_link(block), block.phase is Phase.WALK
        while (found := self._asked(block, link)) is not None:
            if not block.link:  # until there is a link to go on from, a crash leaves what has to be compared
                block.phase = Phase.COMPARE
            yield from self._take(block, found.items)
            link = found.link
            if walking:
                block.phase, block.link = Phase.WALK, link
            yield from self._sheet.turn_over(1)
            if found.done:
                return link
        return ""

    def _asked(self, block: Block, link: str) -> Round | None:
        try:
            return read_round(self._graph.follow(link, PREFER), self._graph)
        except Refused as error:
            begins = link == self._first_link(block)
            if error.status == 404 and begins and block.calendar:
                self._lost(block.calendar)
            elif (gone(error) or error.status == 404) and not begins:
                block.phase, block.link = Phase.COMPARE, ""
            else:
                raise
            return None

    def _lost(self, calendar: str) -> None:
        """The next sync looks for another one of its name."""
        names = [name for name, id in self._state.calendars.items() if id == calendar]
        self._problems += [Problem(name, MISSING) for name in names]
        for name in names:
            del self._state.calendars[name]

    def _first_link(self, block: Block) -> str:
        window = {"startDateTime": f"{block.start:%Y-%m-%dT%H:%M:%SZ}", "endDateTime": f"{block.end:%Y-%m-%dT%H:%M:%SZ}"}
        return self._graph.path(f"{f'/calendars/{block.calendar}' if block.calendar else ''}/calendarView/delta", window)

    # --- events ------------------------------------------------------------------------------------------------------------

    def _take(self, block: Block, items: Sequence[Mapping[str, Any]]) -> Iterator[Page]:
        yield from self._sheet.add(Delete(block.ref(item["id"])) for item in items if removed(dict(item)))
        here = [item for item in items if not removed(dict(item))]
        for item in here:
            if item.get("type") == MASTER:
                self._masters.note(item)
        instances = [item for item in here if item.get("type") != MASTER]
        self._masters.find([str(item["seriesMasterId"]) for item in instances if item.get("seriesMasterId")])
        whole = [self._masters.completed(item) for item in instances]
        poor = [item["id"] for item in whole if is_poor(item)]
        asked = dict(zip(poor, self._masters.whole(poor), strict=True)) if poor else {}
        for item in whole:
            yield from self._upsert(block, asked.get(item["id"], item))

    def _upsert(self, block: Block, item: Mapping[str, Any] | None) -> Iterator[Page]:
        if item is None:  # gone between the two requests: its delta will say so
            return
        ref = block.ref(item["id"])
        self._unseen.discard(ref)
        try:
            event = read_event(item, self._masters.uid(item), self._at.account, self._at.person)
        except Unreadable as error:
            self._problems.append(Problem(ref, str(error)))
            return
        now = stamp(event, self._prefix)
        if block.phase is not Phase.COMPARE or self._held.get(ref) != now:
            yield from self._sheet.add([Upsert(event, ref, now)])
