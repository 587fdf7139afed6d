"""Tables of a few dozen rows a day are judged, and raise no more alarms than are declared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import pytest

from ml_platform.core.drift.cadence import DAYS
from ml_platform.core.drift.calibrate import Partition, calibrate
from ml_platform.core.drift.calibration import Calibration
from ml_platform.core.drift.judge import Yardstick, judge, yardstick
from ml_platform.core.drift.window_calibrations import (
    reference_window,
    window_calibrations,
    window_partitions,
)
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.profile import merge_all
from ml_platform.core.score_profile import SCORE
from ml_platform_tests.core.drift.days import numbers, partitions

LIMITS = DriftSpec()


def _yardstick(reference: Sequence[Partition], limits: DriftSpec = LIMITS) -> Yardstick:
    size = reference_window(reference, limits, 7, DAYS, {})
    known = window_calibrations(reference, limits, size, {})
    merged = merge_all([profile for _, found in reference for profile in found.values()])
    span = window_partitions(known, 7)
    assert span == size.partitions
    return yardstick(merged, known, limits, span, DAYS)


def _drifted(by: Yardstick, days: Sequence[Partition], last: int) -> set[str]:
    lines = judge(by, days[max(last + 1 - by.looked_at, 0) : last + 1])
    assert any(line.drifted is not None for line in lines)
    return {line.column for line in lines if line.drifted}


def _columns(
    random: np.random.Generator, days: int, rows: int, count: int = 4
) -> dict[str, list[list[int]]]:
    return {f"c{place}": numbers(random, days, rows) for place in range(count)}


@pytest.mark.parametrize(("rows", "days"), [(24, 50), (48, 90), (24, 90)])
def test_a_shift_of_one_column_is_found_in_few_rows_a_day(rows: int, days: int) -> None:
    random = np.random.default_rng(0)
    shifted = np.where(np.arange(days + 14) >= days, 1.0, 0.0)
    columns = _columns(random, days + 14, rows) | {
        "moved": numbers(random, days + 14, rows, shifted)
    }
    found = partitions(columns)
    by = _yardstick(found[:days])

    assert _drifted(by, found, days - 1) == set()
    assert _drifted(by, found, days + 13) == {"moved"}


@pytest.mark.parametrize(("rows", "days"), [(24, 50), (8, 50), (24, 90)])
def test_few_rows_raise_no_more_alarms_than_are_declared(rows: int, days: int) -> None:
    """2 days of a year may be in alarm without drift: of 104 days a week apart, half of one."""
    alarms, judged = 0, 0
    for seed in range(8):
        found = partitions(_columns(np.random.default_rng(seed), days + 91, rows))
        by = _yardstick(found[:days])
        for last in range(days + 6, days + 91, 7):
            alarms += bool(_drifted(by, found, last))
            judged += 1

    assert judged == 104
    assert alarms <= 1


def test_too_few_rows_are_not_judged_and_it_is_said_how_many_more_days_it_takes() -> None:
    found = partitions(_columns(np.random.default_rng(0), 90, 2))
    by = _yardstick(found)

    lines = judge(by, found[-by.looked_at :])
    longest = {line.why for line in lines if line.span == by.span}

    assert {line.drifted for line in lines} == {None}
    assert longest == {
        "0 of the 42 partitions needed to calibrate windows of 50 rows: "
        "78 more partitions at about 2 rows each"
    }


def test_a_short_hold_out_of_few_rows_has_a_score_to_compare() -> None:
    random = np.random.default_rng(0)
    days = partitions({"x": numbers(random, 60, 24), SCORE: numbers(random, 60, 24)})
    lengths = {SCORE: 7}
    size = reference_window(days, LIMITS, 7, DAYS, lengths)

    found = window_calibrations(days, LIMITS, size, lengths)

    of_score = [each for each in found if each.column == SCORE and each.span == size.partitions]
    assert of_score
    assert {each.why for each in of_score} == {""}
    assert {each.min_rows for each in of_score} == {134}


def test_a_version_of_before_is_judged_by_the_declared_window() -> None:
    found = partitions(_columns(np.random.default_rng(0), 90, 48))
    size = reference_window(found, LIMITS, 7, DAYS, {})
    known = window_calibrations(found, LIMITS, size, {})

    assert window_partitions(known, 7) == 14
    assert window_partitions(known, 10) == 10
    assert window_partitions([], 7) == 7


def test_calibrations_of_before_need_the_rows_that_are_declared() -> None:
    found = partitions(_columns(np.random.default_rng(0), 40, 100))
    known = calibrate(found, LIMITS, 7)
    rows = [each.to_row() for each in known]
    of_before = [{k: v for k, v in r.items() if k not in ("min_rows", "declared")} for r in rows]
    read = [Calibration.from_row(row) for row in of_before]
    merged = merge_all([profile for _, profiles in found for profile in profiles.values()])

    before, now = (
        judge(yardstick(merged, each, LIMITS, 7, DAYS), found[-21:]) for each in (read, known)
    )

    assert {(each.min_rows, each.declared) for each in read} == {(None, None)}
    assert window_partitions(read, 7) == 7
    assert [asdict(line) for line in before if line.span == 7 and line.drifted is not None] == [
        asdict(line) for line in now if line.span == 7 and line.drifted is not None
    ]


def test_a_reference_shorter_than_the_window_is_not_judged() -> None:
    found = partitions(_columns(np.random.default_rng(0), 5, 24))

    assert {line.why for line in judge(_yardstick(found), found) if line.span == 7} == {
        "0 of the 21 partitions needed to calibrate windows of 50 rows: "
        "16 more partitions at about 24 rows each"
    }
