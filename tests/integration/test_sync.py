"""Account streams into a real store: judged on the way in, resumed after a crash, never in the way of one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from service.actions import TOOLS, Gate
from service.actions.filing import Filing, standing
from service.calendar.reader import InlineCalendarReader
from service.domain.items import Bulk, Series
from service.domain.people import Address
from service.domain.rules import Condition, Consequence, Rule
from service.domain.sync import Health, Page, Problem, Upsert
from service.errors import AccessLost, Unavailable
from service.integrations.mbox import Settings as Mbox
from service.ports import Check, Source
from service.store import Store
from service.store.reading import PersonItems
from service.sync import Sync
from service.triage import Triage
from service.triage.judges import InlineJudges
from tests.builders import DANA, MARA, NOON, a_message, a_person
from tests.household import SetClock
from tests.integration.source_contract import CountingReader, surroundings
from tests.integration.sources.letters import a_letter

LONG = timedelta(seconds=5)


@dataclass
class Pages:
    """A source that hands out what it was given; an exception among the pages is raised at its place."""

    steps: list[Page | BaseException] = field(default_factory=list)
    cursors: list[str | None] = field(default_factory=list)

    def pages(self, cursor: str | None, held: Mapping[str, str]) -> Iterator[Page]:
        self.cursors.append(cursor)
        while self.steps:
            step = self.steps.pop(0)
            if isinstance(step, BaseException):
                raise step
            yield step

    def check(self) -> Check:
        return Check(True, "here")


def page(*messages: Any, cursor: str = "1", problems: Sequence[Problem] = ()) -> Page:
    return Page(tuple(Upsert(m, f"ref/{m.id}", "s") for m in messages), cursor, tuple(problems))


class Bench:
    def __init__(self, store: Store, rules: tuple[Rule, ...] = (), **sources: Source) -> None:
        self.store, self.clock, self.person = store, SetClock(NOON), a_person()
        self.rules = rules
        kinds = dict.fromkeys(sources, "maildir")
        store.accounts.register(self.person.id, kinds)
        calendar = InlineCalendarReader()
        self.items = PersonItems(
            self.person,
            store.database,
            store.codec,
            accounts=store.accounts,
            deliveries=store.deliveries,
            ledger=store.ledger,
            calendar=calendar,
        )
        gate = Gate(TOOLS, store.approvals, standing(rules))
        connect = {name: lambda source=source: source for name, source in sources.items()}
        self.sync = Sync(
            self.person,
            connect,
            store.accounts,
            self.items,
            InlineJudges(Triage(self.person, rules, kinds)),
            calendar,
            Filing(gate, rules),
            self.clock,
        )

    def account(self, name: str) -> Any:
        return next(a for a in self.store.accounts.all(self.person.id) if a.name == name)


def test_messages_are_judged_on_the_way_in(store: Store) -> None:
    bench = Bench(store, mail=Pages([page(a_message(text="Could you send me the signed term sheet by Friday?"))]))
    bench.sync.ensure_fresh(LONG)
    [judged] = bench.items.received(NOON - timedelta(days=1), NOON)
    assert judged.verdict.brain != "none"
    assert judged.verdict.requests
    assert bench.account("mail").health is Health.OK


def test_a_crash_in_the_middle_resumes_from_the_last_committed_page(store: Store) -> None:
    source = Pages([page(a_message(id="a"), cursor="1"), Unavailable("line cut"), page(a_message(id="b"), cursor="2")])
    bench = Bench(store, mail=source)
    bench.sync.ensure_fresh(LONG)
    assert (bench.account("mail").health, bench.account("mail").error) == (Health.UNREACHABLE, "line cut")
    bench.sync.ensure_fresh(LONG)
    assert source.cursors == [None, "1"]
    assert {j.message.id for j in bench.items.received(NOON - timedelta(days=1), NOON)} == {"a", "b"}


def test_one_source_that_is_away_leaves_the_others_alone(store: Store) -> None:
    bench = Bench(store, away=Pages([AccessLost("password refused")]), mail=Pages([page(a_message())]))
    bench.sync.ensure_fresh(LONG)
    assert bench.account("away").health is Health.NO_ACCESS
    assert bench.account("mail").items == 1


def test_what_was_read_a_moment_ago_is_not_read_again(store: Store) -> None:
    source = Pages([page(a_message())])
    bench = Bench(store, mail=source)
    bench.sync.ensure_fresh(LONG)
    bench.sync.ensure_fresh(LONG)
    bench.clock.forward(minutes=5)
    bench.sync.ensure_fresh(LONG)
    assert len(source.cursors) == 2


def test_own_briefings_are_proof_of_arrival_and_no_items(store: Store) -> None:
    bench = Bench(store, mail=Pages([page(a_message(message_id="k1@reveille.invalid", own_briefing=True))]))
    bench.sync.ensure_fresh(LONG)
    assert store.accounts.sighted(bench.person.id, "k1@reveille.invalid")
    assert bench.items.received(NOON - timedelta(days=1), NOON) == []


def test_problems_are_named_on_the_account(store: Store) -> None:
    bench = Bench(store, mail=Pages([page(problems=[Problem("cur/1", "no header")])]))
    bench.sync.ensure_fresh(LONG)
    assert bench.account("mail").problems == (Problem("cur/1", "no header"),)


def test_a_series_that_cannot_be_expanded_stays_a_problem_until_it_changes(store: Store) -> None:
    def a_series(rule: str) -> Series:
        ical = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:s\r\nDTSTART:20260501T080000Z\r\nRRULE:{rule}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        return Series("cal/s", "cal", "s", ical, NOON, None)

    def a_page(rule: str) -> Page:
        return Page((Upsert(a_series(rule), "s", rule),), rule)

    source = Pages([a_page("FREQ=SECONDLY")])
    bench = Bench(store, cal=source)
    for step in (None, Page((), "same"), a_page("FREQ=DAILY")):
        if step:
            bench.clock.forward(minutes=5)
            source.steps.append(step)
        bench.sync.ensure_fresh(LONG)
        assert bool(bench.account("cal").problems) == (step is None or step.cursor == "same"), step
    assert bench.items.events(NOON, NOON + timedelta(days=2))


def test_changed_rules_judge_stored_mail_again_without_reading_it(store: Store) -> None:
    Bench(store, mail=Pages([page(a_message())])).sync.ensure_fresh(LONG)
    rule = Rule("dana first", Condition(sender=DANA.email), Consequence(priority="urgent"))
    bench = Bench(store, rules=(rule,), mail=Pages())
    assert bench.sync.judge_again(NOON - timedelta(days=1)) == 1
    [judged] = bench.items.received(NOON - timedelta(days=1), NOON)
    assert judged.verdict.rules == ("dana first",)


BUGS = Rule("bugs to the tracker", Condition(subject="*ATLAS-*"), Consequence(task="atlas"))


def test_a_rule_files_a_task_as_a_proposal_once(store: Store) -> None:
    bug = a_message(subject="ATLAS-12 login fails", sent_at=NOON + timedelta(minutes=1))
    source = Pages([page(a_message(subject="ATLAS-1 from last year"))])
    bench = Bench(store, rules=(BUGS,), mail=source)
    bench.sync.ensure_fresh(LONG)
    for _ in range(2):
        bench.clock.forward(minutes=5)
        source.steps.append(page(bug))
        bench.sync.ensure_fresh(LONG)
    [proposal] = store.approvals.waiting(bench.person.id, bench.clock.now)
    assert (proposal.tool, proposal.arguments["project"], proposal.arguments["title"]) == (
        "tasks.create",
        "atlas",
        "ATLAS-12 login fails",
    )
    assert proposal.taint == (bug.id,)


def test_a_rule_on_a_category_asks_for_its_label_where_the_account_allows_it(store: Store) -> None:
    ads = Rule("ads", Condition(category="promotion"), Consequence(label="Ads"))
    text = "50% off everything today only! Unsubscribe here."
    source = Pages([page(a_message())])
    bench = Bench(store, rules=(ads,), mail=source)
    bench.sync.filing = replace(bench.sync.filing, offers={"mail": frozenset({"mail.label"})})
    bench.sync.ensure_fresh(LONG)
    bench.clock.forward(minutes=5)
    newsletter = {"bulk": Bulk(list_id="deals.example", precedence="bulk", unsubscribe=True), "text": text}
    ad = a_message(sender=Address("deals@shop.example", "Shop"), subject="Big sale", sent_at=bench.clock.now, **newsletter)
    late = replace(ad, id="late", sent_at=NOON - timedelta(hours=3), arrived_at=bench.clock.now)
    source.steps.append(page(ad, late, a_message(sent_at=bench.clock.now)))
    bench.sync.ensure_fresh(LONG)
    asked = store.approvals.ready(bench.person.id, bench.clock.now)
    assert {(p.account, p.arguments["message"], p.arguments["label"]) for p in asked} == {
        ("mail", ad.id, "Ads"),
        ("mail", "late", "Ads"),
    }


def test_relations_grow_with_what_was_sent_and_received(store: Store) -> None:
    mine = a_message(sender=MARA, to=(DANA,), in_reply_to="x@example")
    bench = Bench(store, mail=Pages([page(a_message(), a_message(), mine)]))
    bench.sync.ensure_fresh(LONG)
    relation = bench.items.relations([DANA.email])[DANA.email]
    assert (relation.received, relation.sent, relation.answered) == (2, 1, 1)


@pytest.mark.parametrize("crash", [FileNotFoundError("gone"), RuntimeError("a bug")])
def test_an_unexpected_error_in_a_source_is_its_own_trouble(store: Store, crash: Exception) -> None:
    bench = Bench(store, broken=Pages([crash]), mail=Pages([page(a_message())]))
    bench.sync.ensure_fresh(LONG)
    assert bench.account("broken").health is Health.UNREACHABLE
    assert bench.account("mail").items == 1


@pytest.mark.slow
def test_second_sync_of_ten_thousand_messages_reads_no_body(store: Store, tmp_path: Path) -> None:
    line = b"From dana@atlas.example Fri May  1 08:00:00 2026\n"
    (tmp_path / "Inbox").write_bytes(b"".join(line + a_letter(n).replace(b"\r\n", b"\n") + b"\n" for n in range(10_000)))
    first, second = CountingReader(), CountingReader()
    for reader in (first, second):
        source = Mbox(kind="mbox", path=tmp_path / "Inbox").connect(surroundings(tmp_path, reader))
        bench = Bench(store, mail=source)
        assert bench.sync.run("mail")
        assert bench.account("mail").items == 10_000
    assert len(first.refs) == 10_000
    assert second.refs == []


def test_a_long_first_sync_stops_in_time_and_goes_on_from_there(store: Store) -> None:
    class Slow(Pages):
        def pages(self, cursor: str | None, held: Mapping[str, str]) -> Iterator[Page]:
            """As a real source: from the cursor on, whatever was read ahead and not kept."""
            self.cursors.append(cursor)
            for n in range(int(cursor or -1) + 1, 40):
                sleep(0.05)
                yield page(a_message(id=f"m{n}"), cursor=str(n))

    large = Slow()
    bench = Bench(store, large=large, small=Pages([page(a_message())]))
    bench.sync.ensure_fresh(timedelta(seconds=0.3))
    assert bench.account("small").read_at is not None
    assert bench.account("large").read_at is None
    assert 1 <= bench.account("large").items < 10
    while bench.account("large").read_at is None:
        bench.sync.ensure_fresh(timedelta(seconds=1))
    assert bench.account("large").items == 40
    assert large.cursors[1] is not None
