"""A year of stored profiles, and the judgement of each of its days from them alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa

from benchmarks.wide_tables import edges_of, part
from ml_platform.core import names
from ml_platform.core.drift.calibrate import Partition, calibrate
from ml_platform.core.drift.judge import Yardstick, window_profiles, yardstick
from ml_platform.core.drift.measured import Measured, measure
from ml_platform.core.drift.window import WindowDrift, judge_window
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
        known = [each for span in (1, SPAN) for each in calibrate(parts, LIMITS, span)]
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
        """Read the profiles and give each day's verdict: on itself, and on the week it ends."""
        return [judge_window(by, recent) for recent in self._parts(by)]

    def _parts(self, by: Yardstick) -> list[Sequence[Partition]]:
        days = self.days[REFERENCE_DAYS - by.looked_at :]
        parts, _ = partition_profiles(self.lake, self.model, days, [ALL_ROWS])
        ends = range(by.looked_at + 1, len(parts) + 1)
        return [parts[end - by.looked_at : end] for end in ends]
