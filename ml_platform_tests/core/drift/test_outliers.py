"""One absurd value changes no verdict: not in the window that is judged, not in the reference."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest

from ml_platform.core import names
from ml_platform.core.drift.calibrate import Partition, calibrate
from ml_platform.core.drift.hysteresis import LOOKBACK
from ml_platform.core.drift.judge import yardstick
from ml_platform.core.drift.statistics import STATISTICS
from ml_platform.core.drift.window import WindowDrift, judge_window
from ml_platform.core.drift.window_lengths import window_lengths
from ml_platform.core.edges import edges_from_values
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.profile import merge_all
from ml_platform.core.profile_columns import profile_columns
from ml_platform_tests.core.drift.days import keys

SPAN, DAYS, ROWS = 7, 28, 600
NUMERIC = tuple(name for name, statistic in STATISTICS.items() if "numeric" in statistic.kinds)
SPECS = {"as declared": DriftSpec(), "every statistic": DriftSpec(statistics=NUMERIC)}
ABSURD = (1e6, -1e6, 1e300, np.inf, -np.inf, np.nan)
COLUMNS = ("symmetric", "skewed", "mostly_zero")
Day = dict[str, np.ndarray]


def day(seed: int, shift: float) -> Day:
    """Rows of one day; the shift is in standard deviations of the symmetric column."""
    random = np.random.default_rng(seed)
    level = shift + random.normal(0, 0.02)
    rain = np.maximum(random.normal(level - 1, 1, ROWS), 0.0)
    return {
        "symmetric": random.normal(level, 1, ROWS),
        "skewed": np.exp(random.normal(level, 1, ROWS)),
        "mostly_zero": rain,
    }


def beside(rows: Day, value: float) -> Day:
    """The rows of a day with one more, that holds the value in every column."""
    return {name: np.append(values, value) for name, values in rows.items()}


def profiled(days: Sequence[Day], reference: Sequence[Day]) -> list[Partition]:
    """The profiles of some days, in bins that were cut on the reference."""
    edges = [edges_from_values(c, np.concatenate([d[c] for d in reference])) for c in COLUMNS]
    return [
        (key, {p.column: p for p in profile_columns(rows, edges)})
        for key, rows in zip(keys(len(days)), days, strict=True)
    ]


def judged(reference: Sequence[Day], recent: Sequence[Day], limits: DriftSpec) -> WindowDrift:
    """The report on the last days, with all that a training would make anew made anew."""
    parts = profiled([*reference, *recent], reference)
    known, after = parts[: len(reference)], parts[len(reference) :]
    made = [c for span in window_lengths(SPAN) for c in calibrate(known, limits, span)]
    merged = merge_all([profile for _, found in known for profile in found.values()])
    return judge_window(yardstick(merged, made, limits, SPAN), after)


def verdicts(drift: WindowDrift) -> dict[object, object]:
    """What is said of every column, statistic and window, and by each check."""
    lines = [*drift.columns.columns, *drift.unseen.columns]
    said = {(line.column, line.statistic, line.span): line.drifted for line in lines}
    checks = (names.COLUMN_DRIFT, names.UNSEEN_VALUES)
    return said | {check: drift.outcome(check).verdict for check in checks}


REFERENCE = [day(seed, 0.0) for seed in range(DAYS)]


def recent(shift: float) -> list[Day]:
    """Days of which the last three have moved."""
    count = SPAN + LOOKBACK
    return [day(1_000 + i, shift if i >= count - 3 else 0.0) for i in range(count)]


@cache
def without(spec: str, shift: float) -> dict[object, object]:
    """The verdicts where no value is absurd."""
    return verdicts(judged(REFERENCE, recent(shift), SPECS[spec]))


@pytest.mark.parametrize("shift", [0.0, 0.5])
@pytest.mark.parametrize("spec", SPECS)
def test_half_a_standard_deviation_is_found_and_none_is_not(spec: str, shift: float) -> None:
    found = without(spec, shift)
    moved = {key[0] for key, drifted in found.items() if isinstance(key, tuple) and drifted}
    assert moved == (set(COLUMNS) if shift else set())
    assert all(drifted is not None for drifted in found.values())


@pytest.mark.parametrize("value", ABSURD)
@pytest.mark.parametrize("shift", [0.0, 0.5])
@pytest.mark.parametrize("spec", SPECS)
def test_one_absurd_value_in_the_window_changes_no_verdict(
    spec: str, shift: float, value: float
) -> None:
    days = recent(shift)
    found = judged(REFERENCE, [*days[:-1], beside(days[-1], value)], SPECS[spec])
    assert verdicts(found) == without(spec, shift)


@pytest.mark.parametrize("value", ABSURD)
@pytest.mark.parametrize("shift", [0.0, 0.5])
@pytest.mark.parametrize("spec", SPECS)
def test_one_absurd_value_in_the_reference_changes_no_verdict(
    spec: str, shift: float, value: float
) -> None:
    reference = [*REFERENCE[:20], beside(REFERENCE[20], value), *REFERENCE[21:]]
    assert verdicts(judged(reference, recent(shift), SPECS[spec])) == without(spec, shift)
