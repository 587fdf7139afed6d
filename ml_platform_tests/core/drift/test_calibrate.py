from __future__ import annotations

from math import exp

import numpy as np
import pytest

from ml_platform.core.drift.calibrate import calibrate
from ml_platform.core.drift.calibration import Calibration
from ml_platform.core.drift.kolmogorov_smirnov import kolmogorov_smirnov
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.profile import merge_all
from ml_platform_tests.core.drift.days import categories, numbers, partitions

LIMITS = DriftSpec(statistics=("kolmogorov_smirnov", "missing_rate"))


def _of(found: list[Calibration], statistic: str, column: str = "x") -> Calibration:
    return next(c for c in found if (c.statistic, c.column) == (statistic, column))


@pytest.mark.parametrize("span", [1, 7])
def test_p_values_of_new_windows_are_as_they_should_be(span: int) -> None:
    """Over many generated references, a share of p of the new windows has at most p."""
    random = np.random.default_rng(0)
    found = []
    for _ in range(30):
        days = partitions({f"c{i}": numbers(random, 56 + 7) for i in range(6)})
        calibrations = calibrate(days[:56], LIMITS, span)
        for column in days[0][1]:
            reference = merge_all([p[column] for _, p in days[:56]])[0]
            window = merge_all([p[column] for _, p in days[-span:]])[0]
            value = kolmogorov_smirnov(reference, window)
            # The floor would hide how likely small values are.
            free = _of(calibrations, "kolmogorov_smirnov", column)
            found.append(free.p_value(value) if value > free.floor else 0.5)
    share = np.mean(np.array(found)[:, None] <= [0.05, 0.01], axis=0)

    assert share[0] < 0.11
    assert share[1] < 0.035


def test_too_few_partitions_are_said() -> None:
    days = partitions({"x": numbers(np.random.default_rng(0), 9)})

    assert _of(calibrate(days, LIMITS, 1), "kolmogorov_smirnov").why == (
        "9 of the 14 partitions needed to calibrate windows of 500 rows: "
        "5 more partitions at about 2000 rows each"
    )
    assert _of(calibrate(days, LIMITS, 7), "kolmogorov_smirnov").why == (
        "9 of the 21 partitions needed to calibrate windows of 500 rows: "
        "12 more partitions at about 2000 rows each"
    )


def test_partitions_with_few_rows_do_not_count() -> None:
    days = partitions({"x": numbers(np.random.default_rng(0), 30, rows=100)})

    assert _of(calibrate(days, LIMITS, 1), "kolmogorov_smirnov").why.startswith("0 of the 14")
    assert not _of(calibrate(days, LIMITS, 7), "kolmogorov_smirnov").why


def test_a_threshold_that_was_declared_is_not_calibrated() -> None:
    limits = DriftSpec(statistics=("psi", "missing_rate"), thresholds={"psi": 0.5})
    days = partitions({"x": numbers(np.random.default_rng(0), 20)})

    assert {c.statistic for c in calibrate(days, limits, 1)} == {"missing_rate"}


def test_spells_of_weather_make_thresholds_wider() -> None:
    random = np.random.default_rng(0)
    spells = np.repeat(random.normal(0, 0.3, 14), 4)
    days = partitions({"calm": numbers(random, 56), "spells": numbers(random, 56, shift=spells)})

    found = calibrate(days, LIMITS, 7)

    calm, windy = (
        _of(found, "kolmogorov_smirnov", column).value_at(1e-3) for column in ("calm", "spells")
    )
    assert windy > 3 * calm


def test_weekdays_are_told_apart_once_there_are_eight_weeks() -> None:
    random = np.random.default_rng(0)
    sundays = np.where(np.arange(70) % 7 == 6, 0.5, 0.0)
    days = partitions({"x": numbers(random, 70, shift=sundays)})

    long, short = (
        _of(calibrate(days[:length], LIMITS, 1), "kolmogorov_smirnov") for length in (70, 49)
    )

    assert long.value_at(0.01, phase=6) > 2 * long.value_at(0.01, phase=2)
    assert long.note == ""
    assert short.effects == ()
    assert short.note == "weekdays not told apart, which takes 56 partitions"


def test_windows_of_whole_weeks_have_no_weekday() -> None:
    days = partitions({"x": numbers(np.random.default_rng(0), 70)})

    whole = _of(calibrate(days, LIMITS, 7), "kolmogorov_smirnov")

    assert (whole.effects, whole.note) == ((), "")


def test_a_short_reference_makes_the_same_windows_stray_further() -> None:
    days = partitions({"x": numbers(np.random.default_rng(0), 60)})

    alone, short = (
        _of(calibrate(days, LIMITS, 7, lengths), "kolmogorov_smirnov")
        for lengths in (None, {"x": 7})
    )

    assert exp(short.mean) > 1.15 * exp(alone.mean)
    few = calibrate(days[:25], LIMITS, 7, {"x": 7})
    assert _of(few, "kolmogorov_smirnov").why.startswith("25 of the 28 partitions")


def test_a_column_that_comes_later_has_fewer_partitions() -> None:
    random = np.random.default_rng(0)
    days = partitions({"x": numbers(random, 30)})
    late = partitions({"x": numbers(random, 30), "y": numbers(random, 30)})

    found = calibrate([*days[:20], *late[20:]], LIMITS, 1)

    assert _of(found, "kolmogorov_smirnov", "y").why.startswith("10 of the 14")
    assert not _of(found, "kolmogorov_smirnov", "x").why


def test_the_greatest_of_many_has_a_longer_tail() -> None:
    days = partitions(
        {f"c{i}": categories(np.random.default_rng(i), 56) for i in range(4)}, kind="categorical"
    )

    found = calibrate(days, DriftSpec(statistics=("l_infinity", "psi")), 1)

    assert {c.freedom for c in found if c.statistic == "l_infinity"} == {15}
    assert min(c.freedom for c in found if c.statistic == "psi") > 50


def test_columns_that_never_move_learn_nothing_from_the_others() -> None:
    days = partitions({f"c{i}": numbers(np.random.default_rng(i), 56) for i in range(4)})

    found = calibrate(days, LIMITS, 1)

    still = [c for c in found if c.statistic == "missing_rate"]
    assert all(c.spread == 0.05 and c.size < 1e-9 for c in still)
    assert all(c.spread > 0.1 for c in found if c.statistic == "kolmogorov_smirnov")


def test_a_new_category_now_and_then_is_part_of_the_reference() -> None:
    random = np.random.default_rng(0)
    steady = [[*day[:5], *[0] * 15] for day in categories(random, 56)]
    rare = [list(day) for day in steady]
    for place, day in enumerate(range(0, 56, 4)):
        rare[day][5 + place] = 100  # a category of this day alone
    days = partitions({"rare": rare, "steady": steady}, kind="categorical")

    found = calibrate(days, DriftSpec(statistics=("unseen_rate",)), 1)

    assert _of(found, "unseen_rate", "rare").p_value(0.06) > 0.005
    assert _of(found, "unseen_rate", "steady").p_value(0.06) < 1e-9
