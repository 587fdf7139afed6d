from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from ml_platform.core.drift.calibrate import Partition, calibrate
from ml_platform.core.drift.column_drift import ColumnDrift
from ml_platform.core.drift.judge import Yardstick, judge, yardstick
from ml_platform.core.drift.window_lengths import window_lengths
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.profile import merge_all
from ml_platform_tests.core.drift.days import numbers, partitions, profile

SPAN = 7
REFERENCE = 56
LIMITS = DriftSpec(statistics=("kolmogorov_smirnov", "missing_rate", "unseen_rate"))


def _days(seed: int, after: Sequence[float], columns: int = 12) -> list[Partition]:
    """A reference, and days after it on which the first column is shifted."""
    random = np.random.default_rng(seed)
    shift = [0.0] * REFERENCE + list(after)
    counts = {
        f"c{i}": numbers(random, len(shift), shift=shift if i == 0 else 0.0) for i in range(columns)
    }
    return partitions(counts)


def _yardstick(days: list[Partition], limits: DriftSpec = LIMITS) -> Yardstick:
    reference = days[:REFERENCE]
    known = [c for span in window_lengths(SPAN) for c in calibrate(reference, limits, span)]
    whole = merge_all([p for _, found in reference for p in found.values()])
    return yardstick(whole, known, limits, SPAN)


def _drifted(lines: list[ColumnDrift]) -> set[tuple[str, int]]:
    return {(line.column, line.span) for line in lines if line.drifted}


def _verdicts(days: list[Partition], limits: DriftSpec = LIMITS) -> list[set[tuple[str, int]]]:
    by = _yardstick(days, limits)
    ends = range(REFERENCE + 1, len(days) + 1)
    return [_drifted(judge(by, days[end - by.looked_at : end])) for end in ends]


def test_a_great_change_shows_on_its_first_day() -> None:
    first, second = _verdicts(_days(0, [0.5, 0.5]))

    assert ("c0", 1) in first
    assert {column for column, _ in first} == {"c0"}
    assert second == {("c0", 1), ("c0", 3), ("c0", SPAN)}


def test_a_small_change_shows_in_the_window_once_it_has_stayed() -> None:
    found = _verdicts(_days(0, [0.15] * 7))

    assert found[0] == set()
    assert ("c0", SPAN) in found[-1]
    assert {column for column, _ in found[-1]} == {"c0"}


def test_a_change_of_a_few_days_shows_in_the_window_between() -> None:
    found = _verdicts(_days(7, [0.09] * 3))

    assert found[0] == set()
    assert ("c0", 3) in found[-1]


def test_days_without_drift_raise_hardly_an_alarm() -> None:
    alarms = sum(bool(each) for seed in range(4) for each in _verdicts(_days(seed, [0.0] * 60)))

    assert alarms <= 4  # 240 days; the budget is 1.3


def test_an_alarm_lasts_until_it_is_well_below_what_raised_it() -> None:
    fading = [0.15] * 7 + [0.12, 0.1, 0.08, 0.07, 0.06, 0.05, 0.05, 0.04] + [0.0] * 8
    days = _days(0, fading)
    by = _yardstick(days)
    lines = [
        judge(by, days[end - by.looked_at : end]) for end in range(REFERENCE + 1, len(days) + 1)
    ]

    held = [any(line.held for line in found) for found in lines]
    alarm = [bool(_drifted(found)) for found in lines]

    assert any(held)
    assert not alarm[-1]
    for line in (line for found in lines for line in found if line.held):
        assert line.drifted
        assert line.value > line.threshold


def test_the_verdict_is_the_threshold_of_the_day() -> None:
    days = _days(3, [0.0, 0.1, 0.2, 0.3])
    by = _yardstick(days)
    for end in range(REFERENCE + 1, len(days) + 1):
        for line in judge(by, days[end - by.looked_at : end]):
            assert line.drifted is (line.value > line.threshold)


def test_earlier_days_than_are_looked_at_change_nothing() -> None:
    days = _days(0, [0.5] * 3 + [0.0] * 5)
    by = _yardstick(days)

    assert repr(judge(by, days[-by.looked_at :])) == repr(judge(by, days[-by.looked_at :]))
    shortest = judge(by, days[-1:])
    assert {line.rows for line in shortest} == {2_000}


def test_a_declared_threshold_needs_no_calibration() -> None:
    limits = DriftSpec(statistics=("kolmogorov_smirnov",), thresholds={"kolmogorov_smirnov": 0.1})
    days = _days(0, [1.0] * 7)
    by = yardstick([profile("c0", days[0][1]["c0"].counts)], [], limits, SPAN)  # type: ignore[arg-type]

    [line] = judge(by, days[-14:])

    assert (line.drifted, line.declared, line.threshold, line.span) == (True, True, 0.1, SPAN)


def test_without_thresholds_nothing_is_evaluated() -> None:
    days = _days(0, [1.0])
    whole = merge_all([p for _, found in days[:20] for p in found.values()])
    stored = calibrate(days[:9], LIMITS, 1)

    lines = judge(yardstick(whole, stored, LIMITS, SPAN), days[-14:])

    assert {line.drifted for line in lines} == {None}
    assert {(line.span, line.why) for line in lines} == {
        (
            1,
            "9 of the 14 partitions needed to calibrate windows of 500 rows: "
            "5 more partitions at about 2000 rows each",
        ),
        (3, "no thresholds for windows of this length; the next training makes them"),
        (SPAN, "no thresholds for windows of this length; the next training makes them"),
    }


def test_days_without_rows_are_not_evaluated_and_leave_an_alarm_as_it_is() -> None:
    days = [*_days(0, [0.5] * 3), ("2026-03-05", {})]
    by = _yardstick(days)

    lines = judge(by, days[-by.looked_at :])

    assert {line.why for line in lines if line.span == 1} == {"0 rows; both sides need 500 rows"}
    assert ("c0", SPAN) in _drifted(lines)


@pytest.mark.parametrize("budget", [0.02, 30.0])
def test_a_greater_budget_finds_more(budget: float) -> None:
    found = _verdicts(
        _days(1, [0.09] * 10), LIMITS.model_copy(update={"false_alarms_per_year": budget})
    )

    assert bool(found[4]) is (budget > 1)
