"""This platform's alarms over generated days: false ones, and the first true one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from benchmarks.drift_cases import CASES, REFERENCE_DAYS, YEAR, Case, Found, first_alarm
from benchmarks.drift_worlds import World
from ml_platform.core.drift.calibrate import Partition, calibrate
from ml_platform.core.drift.judge import Yardstick, judge, yardstick
from ml_platform.core.drift.window_lengths import window_lengths
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.profile import merge_all

SPAN, BUDGET = 7, 2.0
LIMITS = DriftSpec(false_alarms_per_year=BUDGET)


def calibrated(days: Sequence[Partition]) -> Yardstick:
    """Calibrate on the reference's days, as a training does."""
    reference = days[:REFERENCE_DAYS]
    known = [each for span in window_lengths(SPAN) for each in calibrate(reference, LIMITS, span)]
    whole = merge_all([profile for _, found in reference for profile in found.values()])
    return yardstick(whole, known, LIMITS, SPAN)


def drifted_columns(by: Yardstick, days: Sequence[Partition]) -> Iterator[set[str]]:
    """The columns in alarm on each day after the reference."""
    for end in range(REFERENCE_DAYS + 1, len(days) + 1):
        lines = judge(by, days[max(end - by.looked_at, 0) : end])
        yield {line.column for line in lines if line.drifted}


def false_alarms(rows: int, years: int, correlation: float) -> list[int]:
    """Days with any column in alarm, raised or held, in each of some undrifted years."""
    with ProcessPoolExecutor() as pool:
        found = list(pool.map(partial(_alarm_days, rows, correlation), range(years)))
    print(f"{rows:,} rows, correlation {correlation}: alarm days per year {found}", flush=True)
    return found


def _alarm_days(rows: int, correlation: float, seed: int) -> int:
    days = World(seed, REFERENCE_DAYS + YEAR, rows, correlation).partitions
    return sum(map(bool, drifted_columns(calibrated(days), days)))


def delays(rows: int, repeats: int) -> dict[Case, Found]:
    """Days to the first alarm of a shifted column, in every case."""
    with ProcessPoolExecutor() as pool:
        found = list(pool.map(partial(_delays, rows), range(repeats)))
    print(f"{rows:,} rows: delays measured", flush=True)
    return {case: Found(each) for case, each in zip(CASES, zip(*found, strict=True), strict=True)}


def _delays(rows: int, repetition: int) -> list[int | None]:
    """By case, of one repetition."""
    by = calibrated(CASES[0].world(repetition, rows).partitions)
    found = []
    for case in CASES:
        days, shifted = case.world(repetition, rows).partitions, set(case.columns)
        found.append(first_alarm(bool(each & shifted) for each in drifted_columns(by, days)))
    return found
