from __future__ import annotations

import pytest

from ml_platform.core.drift.cadence import DAYS, HOURS, Cadence
from ml_platform.core.drift.window_size import (
    longest_window,
    partitions_missing,
    window_size,
)
from ml_platform.core.window_growth import MOST_GROWTH


@pytest.mark.parametrize(
    ("rows", "days", "partitions"),
    [(900, 90, 7), (48, 90, 14), (24, 200, 21), (24, 90, 14), (24, 50, 7), (1, 900, 56)],
)
def test_windows_grow_by_weeks_until_they_hold_the_rows_asked_for(
    rows: int, days: int, partitions: int
) -> None:
    """But never so long that the reference holds fewer than six, nor to more than eight times."""
    found = window_size([rows] * days, 7, 500, DAYS)

    assert found.partitions == partitions
    assert (found.rows, found.rate) == (rows * partitions, rows)


def test_windows_of_hours_grow_by_whole_days() -> None:
    assert window_size([2] * 24 * 90, 168, 500, HOURS).partitions == 264


def test_a_calendar_without_a_cycle_grows_by_single_partitions() -> None:
    months = Cadence(DAYS.step * 30, 1, "seasons")

    assert window_size([100] * 60, 2, 500, months).partitions == 5


def test_one_lean_week_in_many_makes_no_window_longer() -> None:
    assert window_size([100] * 80 + [0] * 4 + [100] * 80, 7, 500, DAYS).partitions == 7


def test_what_the_score_is_held_against_leaves_less_for_windows() -> None:
    assert window_size([48] * 90, 7, 500, DAYS, beside=7).partitions == 7
    assert window_size([48] * 91, 7, 500, DAYS, beside=7).partitions == 14


def test_a_window_says_how_it_differs_from_the_declared_one() -> None:
    assert window_size([900] * 90, 7, 500, DAYS).note == ""
    assert window_size([48] * 90, 7, 500, DAYS).note == (
        "over 14 partitions instead of 7, at about 48 rows each"
    )
    assert window_size([24] * 90, 7, 500, DAYS).note == (
        "over 14 partitions instead of 7 with the 336 rows that windows hold instead of 500, "
        "at about 24 rows each"
    )


def test_a_reference_that_is_shorter_than_a_window_is_told_by_its_mean() -> None:
    assert window_size([24] * 5, 7, 500, DAYS).rows == 168
    assert window_size([], 7, 500, DAYS).rows == 0


def test_a_window_is_never_shorter_than_declared() -> None:
    assert longest_window(10, 7) == 7
    assert longest_window(120, 7) == 20
    assert longest_window(1_000, 7) == 7 * MOST_GROWTH


@pytest.mark.parametrize(
    ("rows", "days", "missing"),
    [
        (24, 10, 11),  # 21 days are three windows of a week
        (24, 21, 0),
        (2, 90, 6 * 28 - 90),  # 50 rows take four weeks, and six such windows
        (2, 170, 0),
        (0, 90, 0),  # no number of them will do
        (0.5, 90, 0),
    ],
)
def test_it_is_told_how_many_more_partitions_are_needed(
    rows: float, days: int, missing: int
) -> None:
    counts = [1, 0] * (days // 2) if rows == 0.5 else [int(rows)] * days

    assert partitions_missing(counts, 7, 50, 7, 0) == missing
