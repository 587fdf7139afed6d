from __future__ import annotations

import pytest

from ml_platform_tests.core.estimation.world import world


@pytest.mark.parametrize(("days", "folds"), [(1, 5), (2, 5), (3, 3), (9, 9), (20, 14)])
def test_every_row_is_left_out_once(days: int, folds: int) -> None:
    rows = world(200, days=days)
    pairs = list(rows.folds())
    assert len(pairs) == folds
    assert sum(len(held) for _, held in pairs) == 200
    assert all(len(kept) + len(held) == 200 for kept, held in pairs)
    assert sorted(s for _, held in pairs for s in held.score) == sorted(rows.score)


def test_days_are_left_out_whole() -> None:
    for kept, held in world(200, days=9).folds():
        assert not set(kept.days) & set(held.days)


def test_rows_are_told_apart_by_day() -> None:
    rows = world(90, days=3)
    assert rows.dated
    assert not world(90, days=2).dated
    assert [(len(day), day.days) for day in rows.by_day()] == [(30, [d]) for d in rows.days]
