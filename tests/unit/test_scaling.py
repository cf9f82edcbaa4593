"""docs/scaling.md holds what its formulas say, and the formulas hold together."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from service.domain.ledger import WallTimes
from service.settings.me import Keep
from service.store.retention import IDLE_ROWS
from tests.bench.scaling import PAGE, ROWS, SLOWER, Assumptions, Needs, tables, written


def test_the_page_is_as_the_formulas_say() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page), "run: python -m tests.bench.scaling"
    assert all(f"<!-- begin {name} -->" in page for name in tables())


def test_assumptions_are_the_defaults_of_the_product() -> None:
    given, keep = Assumptions(), Keep()
    assert (given.body_days, given.artefact_days, given.ledger_days) == (keep.bodies.days, keep.artefacts.days, keep.ledger.days)
    assert given.idle_days == IDLE_ROWS.days
    assert timedelta(minutes=given.prepare_ahead) == next(f.default for f in fields(WallTimes) if f.name == "prepare")


@pytest.mark.parametrize("name", [name for _, name, _ in ROWS if name not in {"people_a_database"}])
def test_more_people_never_need_less(name: str) -> None:
    needs = [getattr(Needs(people), name) for people in (1, 1_000, 100_000, 10_000_000)]
    assert needs == sorted(needs)


def test_a_poll_an_hour_by_hand() -> None:
    """One person, counted out: 48 interval runs, a morning, four occurrences of meetings."""
    given = replace(Assumptions(), poll_every=60, speaking=0)
    one = Needs(1, given)
    assert one.occurrences == 48 + 1 + 4
    assert one.told == 5
    assert one.writes * 86_400 == pytest.approx(53 * 3 + 5 * 5 * 1.5 + 20 + 60 * 4)
    assert one.database_size == pytest.approx(
        48 * 14 * 450 + 400 * (5 * 450 + 11_000 + 4 * 2_500) + 60 * (400 * 2_000 + 180 * 2_500)
    )


def test_polling_less_saves_what_polling_costs() -> None:
    often, seldom = Needs(100_000), Needs(100_000, SLOWER)
    assert seldom.polls == often.polls / 3
    assert seldom.mail_size == often.mail_size
    assert seldom.writes < often.writes / 2


def test_every_assumption_counts() -> None:
    """Doubling it changes some figure; one that changes none would only pretend."""
    plain = Needs(10_000_000)
    for assumption in fields(Assumptions):
        other = replace(plain, given=replace(plain.given, **{assumption.name: 2 * getattr(plain.given, assumption.name)}))
        assert any(getattr(plain, name) != getattr(other, name) for _, name, _ in ROWS), assumption.name
