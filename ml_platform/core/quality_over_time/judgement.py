"""Every measure of a partition held against its limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite

from ml_platform.core.drift.cadence import Cadence
from ml_platform.core.quality_over_time.band import Band, band
from ml_platform.core.quality_over_time.measure import MEASURES, Measure
from ml_platform.core.quality_over_time.rhythm import CADENCES, needed
from ml_platform.core.source_spec import Quality, SourceSpec
from ml_platform.core.verdict import Verdict

Series = tuple[str, str]
"""Name of a measure and the column it is of; an empty one for the table as a whole."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What one measure says of one partition.

    Attributes:
        measure: Name of the measure.
        column: The column it is of, empty for the table as a whole.
        value: What was measured.
        band: The limits; None where there is too little to learn them from.
        verdict: Whether it lies within them.
        before: Earlier partitions that had this measure.
    """

    measure: str
    column: str
    value: float
    band: Band | None
    verdict: Verdict
    before: int


@dataclass(frozen=True)
class History:
    """What was measured of a table's partitions so far, but for what failed.

    A fault that lasts would otherwise become what is usual after a few days, and pass.

    Attributes:
        values: By measure and column: the value of each partition that did not fail by it.
    """

    values: Mapping[Series, Mapping[str, float]]

    def before(self, series: Series, partition: str) -> dict[str, float]:
        """The values of the partitions before this one, the oldest first."""
        known = self.values.get(series, {})
        return {key: known[key] for key in sorted(known) if key < partition}

    def with_new(self, partition: str, lines: Iterable[Judged]) -> History:
        """The same with a partition judged, now or anew."""
        values = {series: dict(known) for series, known in self.values.items()}
        for line in lines:
            of_series = values.setdefault((line.measure, line.column), {})
            of_series.pop(partition, None)
            if line.verdict is not Verdict.FAILED:
                of_series[partition] = line.value
        return History(values)


def judge(
    spec: SourceSpec, partition: str, rows: int, measured: Mapping[Series, float], history: History
) -> Iterator[Judged]:
    """Judge everything that was measured of a partition.

    The declared false alarms of a year are shared out among all partitions of the year and all
    measures of a partition (Bonferroni).

    Args:
        spec: The table's declaration.
        partition: Its key.
        rows: Its rows, of which shares were taken.
        measured: A value per measure and column.
        history: Of the table; only what lies before the partition is used.
    """
    quality, cadence = spec.quality, CADENCES[spec.partitions.every]
    chance = quality.false_alarms_per_year / cadence.per_year / max(len(measured), 1)
    for series, value in measured.items():
        past = history.before(series, partition)
        measure = _MEASURES[series[0]]
        limits = _limits(measure, past, partition, rows, cadence, chance, quality)
        yield Judged(*series, value, limits, _verdict(value, limits), len(past))


def _limits(
    measure: Measure,
    past: Mapping[str, float],
    partition: str,
    rows: int,
    cadence: Cadence,
    chance: float,
    quality: Quality,
) -> Band | None:
    if len(past) < needed(cadence, quality.min_history):
        return None
    floor = quality.smallest_changes.of(measure.name)
    # A budget of a false alarm every other day is as good as none.
    return band(measure, past, partition, rows, cadence, min(chance, 0.5), floor)


def _verdict(value: float, limits: Band | None) -> Verdict:
    if limits is None or not isfinite(value):
        return Verdict.NOT_EVALUATED
    return Verdict.PASSED if limits.holds(value) else Verdict.FAILED


_MEASURES = {measure.name: measure for measure in MEASURES}
