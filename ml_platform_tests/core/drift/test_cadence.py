from __future__ import annotations

from datetime import timedelta

import pytest

from ml_platform.core.drift.cadence import DAYS, HOURS, cadence_of


def test_gaps_do_not_change_the_cadence() -> None:
    assert cadence_of(["2026-01-01", "2026-01-02", "2026-01-09", "2026-01-10"]) == DAYS
    assert cadence_of(["2026-01-01-00:00", "2026-01-01-01:00"]) == HOURS


def test_too_few_partitions_are_taken_for_days() -> None:
    assert cadence_of([]) == DAYS
    assert cadence_of(["2026-01-01"]) == DAYS


def test_months_and_weeks_have_no_cycle() -> None:
    weeks = cadence_of(["2026-01-05", "2026-01-12", "2026-01-19"])

    assert weeks.step == timedelta(days=7)
    assert weeks.phase("2026-01-07") == 0
    assert not weeks.unbalanced(3)
    assert weeks.per_year == pytest.approx(52.18, abs=0.01)


@pytest.mark.parametrize(("span", "unbalanced"), [(1, True), (6, True), (7, False), (14, False)])
def test_whole_weeks_hold_every_weekday_alike(span: int, unbalanced: bool) -> None:
    assert DAYS.unbalanced(span) is unbalanced
