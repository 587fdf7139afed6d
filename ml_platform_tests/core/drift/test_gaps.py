from __future__ import annotations

import numpy as np
import pytest

from ml_platform.core.drift.cadence import DAYS, HOURS, Cadence
from ml_platform.core.drift.calibrate import Partition, calibrate
from ml_platform.core.drift.column_drift import ColumnDrift
from ml_platform.core.drift.gaps import gaps_said, without_gaps
from ml_platform.core.drift.hysteresis import LOOKBACK
from ml_platform.core.drift.judge import Yardstick, judge, yardstick
from ml_platform.core.drift.window_lengths import partitions_looked_at, window_lengths
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.profile import ColumnProfile, merge_all
from ml_platform_tests.core.drift.days import numbers, partitions

REFERENCE, SPAN = 84, 7
LIMITS = DriftSpec(statistics=("wasserstein", "psi", "missing_rate", "unseen_rate"))
WEEK = [0.6, 0.1, 0.0, 0.0, -0.1, -0.3, -0.3]


def emptied(days: list[Partition], at: int) -> list[Partition]:
    return [*days[:at], (days[at][0], {}), *days[at + 1 :]]


@pytest.fixture(scope="module")
def days() -> list[Partition]:
    """A column that differs by weekday, and one that does not; twelve weeks are the reference."""
    random = np.random.default_rng(3)
    count = REFERENCE + 21
    weekly = [WEEK[day % 7] for day in range(count)]
    return partitions(
        {"weekly": numbers(random, count, shift=weekly), "still": numbers(random, count)}
    )


@pytest.fixture(scope="module")
def by(days: list[Partition]) -> Yardstick:
    reference = days[:REFERENCE]
    known = [c for span in window_lengths(SPAN) for c in calibrate(reference, LIMITS, span)]
    whole = merge_all([p for _, found in reference for p in found.values()])
    return yardstick(whole, known, LIMITS, SPAN)


def drifted(lines: list[ColumnDrift]) -> set[tuple[str, int]]:
    return {(line.column, line.span) for line in lines if line.drifted}


@pytest.mark.parametrize("gap", range(REFERENCE + 7, REFERENCE + 14))
def test_a_week_that_lacks_a_day_is_no_drift_whichever_day_it_is(
    by: Yardstick, days: list[Partition], gap: int
) -> None:
    for end in range(gap + 1, gap + 8):
        assert not drifted(judge(by, emptied(days, gap)[end - by.looked_at : end]))


def test_without_a_stand_in_the_lacking_monday_would_be_drift(
    by: Yardstick, days: list[Partition]
) -> None:
    monday, end = REFERENCE + 7, REFERENCE + 14
    neither = emptied(emptied(days, monday), monday - 7)
    found = judge(by, neither[end - by.looked_at : end])
    assert ("weekly", SPAN) in drifted(found)
    assert {line.note for line in found if line.span == SPAN} == {
        f"{days[monday][0]} holds nothing"
    }


def test_what_stands_in_is_said_of_each_window_that_lacks_the_day(
    by: Yardstick, days: list[Partition]
) -> None:
    gap, end = REFERENCE + 8, REFERENCE + 14
    lines = judge(by, emptied(days, gap)[end - by.looked_at : end])
    said = f"{days[gap][0]} holds nothing, {days[gap - 7][0]} stands in for it"
    assert {line.span for line in lines if said in line.note} == {SPAN}


def test_a_change_is_found_in_a_week_that_lacks_a_day(by: Yardstick) -> None:
    random = np.random.default_rng(4)
    shift = [WEEK[day % 7] + (0.5 if day >= REFERENCE + 10 else 0) for day in range(REFERENCE + 14)]
    moved = partitions(
        {"weekly": numbers(random, len(shift), shift=shift), "still": numbers(random, len(shift))}
    )
    found = judge(by, emptied(moved, REFERENCE + 9)[-by.looked_at :])
    assert ("weekly", SPAN) in drifted(found)


def test_a_day_that_holds_nothing_is_not_judged_by_another_one(
    by: Yardstick, days: list[Partition]
) -> None:
    last = REFERENCE + 10
    lines = judge(by, emptied(days, last)[last + 1 - by.looked_at : last + 1])
    assert {line.drifted for line in lines if line.span == 1} == {None}
    assert {line.drifted for line in lines if line.span == SPAN} == {False}


def test_a_gap_is_filled_by_the_day_a_cycle_before_where_that_holds_something(
    days: list[Partition],
) -> None:
    recent = emptied(emptied(emptied(days[:14], 3), 9), 12)
    none = {"still": ColumnProfile.of_no_rows(days[0][1]["still"])}
    recent[5] = (recent[5][0], none)
    filled = without_gaps(recent, DAYS)
    # The 3rd has no week before it, and the stand-in of the 12th, the 5th, has no rows either.
    assert [key for key, _ in filled[:9]] == [key for key, _ in recent[:9]]
    assert filled[9] == recent[2]
    assert filled[12] == recent[12]
    assert gaps_said(recent, 5, DAYS) == (
        f"{recent[9][0]} holds nothing, {recent[2][0]} stands in for it; "
        f"{recent[12][0]} holds nothing"
    )
    assert gaps_said(recent, 1, DAYS) == ""


@pytest.mark.parametrize(("cadence", "span"), [(DAYS, 7), (DAYS, 1), (HOURS, 24)])
def test_every_day_that_a_verdict_depends_on_has_one_a_cycle_before_to_stand_in(
    days: list[Partition], cadence: Cadence, span: int
) -> None:
    looked_at = partitions_looked_at(span, cadence)
    recent = days[:looked_at]
    for back in range(span + LOOKBACK):
        at = looked_at - 1 - back
        assert without_gaps(emptied(recent, at), cadence)[at] == recent[at - cadence.cycle]


def test_without_a_cycle_nothing_stands_in(days: list[Partition]) -> None:
    recent = emptied(days[:14], 9)
    weeks = Cadence(DAYS.step * 7, 1, "seasons")
    assert without_gaps(recent, weeks) == recent
    assert gaps_said(recent, 7, weeks) == f"{recent[9][0]} holds nothing"
    assert partitions_looked_at(4, weeks) == 4 + LOOKBACK
