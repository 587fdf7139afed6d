"""A year of stored profiles, and the judgement of each of its days from them alone.

Profiles of 30 columns are read from a lake. Scored are 365 trailing weeks: every statistic of each
column. Judged is what a day's check does: windows of each length, by calibrated thresholds.

    python -m benchmarks.stored_windows [--runs 5]
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any

import pyarrow as pa

from benchmarks.figure import Figure, rounded, write_result
from benchmarks.stopwatch import timed
from benchmarks.wide_tables import edges_of, part
from ml_platform.core import names
from ml_platform.core.drift.calibrate import Partition, calibrate
from ml_platform.core.drift.judge import Yardstick, window_profiles, yardstick
from ml_platform.core.drift.measured import Measured, measure
from ml_platform.core.drift.window import WindowDrift, judge_window
from ml_platform.core.drift.window_lengths import window_lengths
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.profile import merge_all
from ml_platform.core.profile_plan import PartitionProfile
from ml_platform.core.segmentation import ALL_ROWS
from ml_platform.lifecycle.partition_profiles import partition_profiles
from ml_platform.lifecycle.profile_table import profile_rows
from ml_platform.spark.profile_arrow import arrow_profile
from ml_platform.stores.lake import Lake

REFERENCE_DAYS, DAYS, ROWS = 60, 365, 2_000
SPAN = 7
LIMITS = DriftSpec()


class StoredYear:
    """Profiles of 30 columns over 425 days in a lake, the first 60 of them the reference."""

    def __init__(self, folder: Path) -> None:
        self.lake = Lake(str(folder / "lake"))
        first = date(2023, 1, 1)
        self.days = [str(first + timedelta(days=i)) for i in range(REFERENCE_DAYS + DAYS)]
        # All that reading profiles asks of a model.
        self.model: Any = SimpleNamespace(table=lambda stage: f"model/{stage}")
        self._write()

    def _write(self) -> None:
        edges = edges_of(part(20 * ROWS, 1_000))
        found = []
        for seed, day in enumerate(self.days):
            rows = part(ROWS, seed)
            profiles = [arrow_profile(rows[cut.column].combine_chunks(), cut) for cut in edges]
            found.append([PartitionProfile(day, ALL_ROWS, profile) for profile in profiles])
        table = self.lake.table(self.model.table(names.PROFILES))
        every = [profile_rows(profiles) for profiles in found]
        table.replace_arrow(pa.concat_tables(every), self.days)

    def yardstick(self) -> Yardstick:
        """What the year is judged by: made once, at training."""
        days = self.days[:REFERENCE_DAYS]
        parts, _ = partition_profiles(self.lake, self.model, days, [ALL_ROWS])
        known = [each for span in window_lengths(SPAN) for each in calibrate(parts, LIMITS, span)]
        merged = merge_all([profile for _, found in parts for profile in found.values()])
        return yardstick(merged, known, LIMITS, SPAN)

    def scored(self, by: Yardstick) -> list[list[Measured]]:
        """Read the profiles and measure every statistic of the week that ends with each day."""
        parts = self._parts(by)
        return [
            list(measure(by.reference, window_profiles(recent, SPAN), SPAN, LIMITS))
            for recent in parts
        ]

    def judged(self, by: Yardstick) -> list[WindowDrift]:
        """Read the profiles and give each day's verdict, on windows of every length."""
        return [judge_window(by, recent) for recent in self._parts(by)]

    def _parts(self, by: Yardstick) -> list[Sequence[Partition]]:
        days = self.days[REFERENCE_DAYS - by.looked_at :]
        parts, _ = partition_profiles(self.lake, self.model, days, [ALL_ROWS])
        ends = range(by.looked_at + 1, len(parts) + 1)
        return [parts[end - by.looked_at : end] for end in ends]


def measure_year(folder: Path, runs: int) -> tuple[list[Figure], dict[str, Any]]:
    """The figures, and what they are made from."""
    year = StoredYear(folder)
    calibrating, by = timed(year.yardstick)
    scored = [timed(lambda: year.scored(by)) for _ in range(1 + runs)][1:]
    judged = [timed(lambda: year.judged(by)) for _ in range(runs)]
    weeks, verdicts = scored[0][1], judged[0][1]
    lines = [line for day in verdicts for line in (*day.columns.columns, *day.unseen.columns)]
    columns = len({each.column for each in weeks[0]})
    taken, with_verdicts = ([seconds for seconds, _ in each] for each in (scored, judged))
    windows = ", ".join(map(str, window_lengths(SPAN)))
    figures = [
        Figure(f"{len(weeks)} windows of {columns} columns scored", median(taken), "s", 2.0),
        Figure(f"{len(verdicts)} days judged on {windows} days each", median(with_verdicts), "s"),
    ]
    details = {
        "windows": len(weeks),
        "columns": columns,
        "days_a_window": SPAN,
        "values": sum(map(len, weeks)),
        "values_with_a_verdict": sum(line.drifted is not None for line in lines),
        "values_without": sum(line.drifted is None for line in lines),
        "seconds": rounded(taken),
        "seconds_with_verdicts": rounded(with_verdicts),
        "calibration_seconds": round(calibrating, 3),
    }
    return figures, details


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stored_windows") as folder:
        write_result("stored_windows", *measure_year(Path(folder), options.runs))


if __name__ == "__main__":
    main()
