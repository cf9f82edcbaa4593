from __future__ import annotations

from pathlib import Path

import pytest

from service.domain.verdicts import Category
from tests.bench.folds import grouped, left_out, paired, stratified
from tests.training.sources import WRITTEN, Source, digest
from tests.training.written import written


def test_written_mails_are_read_with_their_category_and_marks() -> None:
    mails = list(written())
    assert {w.category for w in mails} == set(Category)
    assert all(w.message.text and w.message.subject and w.message.sender.email for w in mails)
    assert {w.category for w in mails if w.spam} == {Category.PROMOTION}
    assert len({w.message.id for w in mails}) == len(mails)


def test_what_was_written_after_reading_mistakes_can_be_left_out() -> None:
    assert 0 < sum(1 for _ in written(later=False)) < sum(1 for _ in written())


def test_the_written_mails_are_those_the_weights_name() -> None:
    WRITTEN.check()


def test_other_data_than_the_named_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mails"
    file.write_text("one")
    source = Source("some", "https://mails.example", "MIT", (file,), digest((file,)))
    source.check()
    file.write_text("another")
    with pytest.raises(ValueError, match="is not the data named"):
        source.check()
    file.unlink()
    with pytest.raises(ValueError, match="set REVEILLE_CORPUS"):
        source.check()


def test_folds_keep_groups_together_and_test_each_case_once() -> None:
    groups = ["a", "a", "b", "c", "c", "c", "d"]
    for folds in (list(grouped(groups, 3)), list(left_out(groups)), list(stratified(groups, 2, 1))):
        assert sorted(i for _, unseen in folds for i in unseen) == list(range(7))
        assert all(not set(training) & set(unseen) for training, unseen in folds)
    for training, unseen in (*grouped(groups, 3), *left_out(groups)):
        assert not {groups[i] for i in training} & {groups[i] for i in unseen}


def test_a_gain_that_resampling_keeps_is_a_gain() -> None:
    assert paired([1.0] * 50, [0.0] * 25 + [1.0] * 25).chance == 0
    assert paired([1.0, 0.0] * 20, [0.0, 1.0] * 20).chance > 0.3
