from __future__ import annotations

from dataclasses import replace

from ml_platform.core.drift.column_drift import ColumnDrift
from ml_platform.core.drift.sentence import drift_sentence

MOVED = ColumnDrift("dewp", "kolmogorov_smirnov", 0.41, 7, 6000, 0.2, True)
STILL = replace(MOVED, column="temp", value=0.01, drifted=False)
THIN = replace(MOVED, column="wind", drifted=None, why="12 rows; both sides need 500 rows")
SHORT = replace(THIN, column="rain", why="9 of the 14 partitions needed to calibrate")


def test_every_column_is_named_once_by_its_gravest_line() -> None:
    lines = [
        MOVED,
        replace(MOVED, statistic="missing_rate", value=0.3),
        replace(MOVED, column="visib", statistic="missing_rate", value=0.3),
        STILL,
    ]

    assert drift_sentence(lines) == (
        "drift in 2 of 3 columns (Kolmogorov-Smirnov: dewp .41 over .2; "
        "change of missing rate: visib .3 over .2)"
    )


def test_where_and_why_a_threshold_held_is_said() -> None:
    day, declared = replace(MOVED, span=1, held=True), replace(MOVED, column="temp", declared=True)

    assert drift_sentence([day, declared]) == (
        "drift in 2 of 2 columns (Kolmogorov-Smirnov: "
        "dewp .41 over .2 in the last partition, not cleared yet, temp .41 over declared .2)"
    )


def test_a_window_between_is_said() -> None:
    assert "dewp .41 over .2 in the last 3 partitions" in drift_sentence(
        [replace(MOVED, span=3), STILL]
    )


def test_a_long_list_is_cut_short() -> None:
    lines = [replace(MOVED, column=f"c{i}") for i in range(7)]

    assert "c4 .41 over .2 and 2 more)" in drift_sentence(lines)


def test_one_column_is_called_by_its_name() -> None:
    assert drift_sentence([replace(STILL, column="score")]) == "no drift of score"
    assert drift_sentence([MOVED]).startswith("drift of dewp (Kolmogorov-Smirnov: ")


def test_what_is_missing_is_said() -> None:
    assert drift_sentence([]) == "drift not evaluated: no columns to compare"
    assert drift_sentence([THIN]) == "drift not evaluated: 12 rows; both sides need 500 rows"
    assert drift_sentence([THIN, SHORT]) == (
        "drift not evaluated: wind (12 rows; both sides need 500 rows), "
        "rain (9 of the 14 partitions needed to calibrate)"
    )
    assert drift_sentence([STILL, THIN]) == (
        "no drift of temp; not evaluated: wind (12 rows; both sides need 500 rows)"
    )


def test_notes_are_said_once() -> None:
    noted = [
        replace(STILL, note="weekdays not told apart"),
        replace(MOVED, note="weekdays not told apart"),
    ]

    assert drift_sentence(noted).endswith(" over .2); weekdays not told apart")
