"""Days whose labels have come, each with what had been estimated of it before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan, sqrt
from typing import Any

from ml_platform.core.metric_names import gain

DAY = "day"
LEAST_COVERAGE = 0.8
"""A day has matured when so great a share of its predictions has a label.

What was estimated, and its deviation, are of all rows of the day. Labels that come first are no
random part of it, and the realised value of a handful of them strays far more than that of all.
The deviation alone could be widened for few labels, but a part that was not drawn by chance has
another mean too, which no deviation makes good: such a day is left out until its labels have come.
Of the days that remain the deviation is that of as many rows as have a label. What it leaves out
is how the scores of a random part differ from those of the day, at most a fifth of their variance.
No number of labels is asked for: a small day has a wide deviation of its own.
"""


@dataclass(frozen=True)
class MaturedDay:
    """One day of one model version.

    Attributes:
        partition: Its key.
        metric: What was compared.
        realised: Of the labelled rows.
        estimated: Before their labels came.
        deviation: Of the realised value around the estimate while nothing changes, for as many
            rows as have a label.
    """

    partition: str
    metric: str
    realised: float
    estimated: float
    deviation: float

    @property
    def error(self) -> float:
        """Realised minus estimated."""
        return self.realised - self.estimated

    @property
    def harm(self) -> float:
        """How much worse than estimated, in deviations."""
        return gain(self.metric, self.estimated, self.realised) / self.deviation


@dataclass(frozen=True)
class ErrorCount:
    """Wrong decisions of one day."""

    partition: str
    wrong: int
    rows: int

    @property
    def rate(self) -> float:
        """Share of wrong decisions."""
        return self.wrong / max(self.rows, 1)

    def values(self, most: int) -> Iterator[float]:
        """1 for a wrong decision, 0 for a right one, at most so many, in the day's proportion."""
        shown = min(self.rows, most)
        wrong = round(self.wrong * shown / self.rows) if self.rows else 0
        for place in range(shown):
            yield float((place + 1) * wrong // shown > place * wrong // shown)


@dataclass(frozen=True)
class ErrorSize:
    """Sizes of the errors of one day, as multiples of the mean size on the hold-out."""

    partition: str
    mean: float
    deviation: float
    rows: int

    @property
    def rate(self) -> float:
        """The mean size."""
        return self.mean

    def values(self, most: int) -> Iterator[float]:
        """Sizes with the day's mean and deviation, at most so many, smaller and greater in turn.

        A quarter is the mean size on the hold-out: detectors expect values of 0 to about 1.
        """
        for place in range(min(self.rows, most)):
            side = 1 if place % 2 else -1
            yield (self.mean + side * self.deviation) / 4


DayOfErrors = ErrorCount | ErrorSize


def matured_days(rows: Iterable[Mapping[str, Any]], metric: str, version: int) -> list[MaturedDay]:
    """The days of one version that have both values, from rows of the performance table.

    Days without an estimate, with fewer labels than `LEAST_COVERAGE`, or judged by another version
    are left out.
    """
    found = [
        MaturedDay(r["partition"], metric, r["value"], r["estimated"], _deviation(r))
        for r in rows
        if _is(r, metric, version)
        and all(_known(r.get(x)) for x in ("value", "estimated", "deviation"))
        if (r.get("deviation") or 0) > 0
    ]
    return sorted(found, key=lambda day: day.partition)


def error_counts(rows: Iterable[Mapping[str, Any]], version: int) -> list[ErrorCount]:
    """Wrong decisions by matured day of one version, from rows of the performance table."""
    found = [
        ErrorCount(r["partition"], round((1 - r["value"]) * r["labelled_rows"]), r["labelled_rows"])
        for r in rows
        if _is(r, "accuracy", version) and _known(r["value"])
    ]
    return sorted(found, key=lambda day: day.partition)


def error_sizes(rows: Iterable[Mapping[str, Any]], version: int, usual: float) -> list[ErrorSize]:
    """Sizes of errors by matured day of one version, from rows of the performance table.

    Args:
        rows: With ``mae`` and ``rmse``, whose squares differ by the variance of the sizes.
        version: Whose days count.
        usual: The mean size on the version's hold-out, above 0.
    """
    rows = list(rows)
    root = {
        r["partition"]: r["value"] for r in rows if _is(r, "rmse", version) and _known(r["value"])
    }
    found = [
        ErrorSize(
            r["partition"],
            r["value"] / usual,
            sqrt(max(root[r["partition"]] ** 2 - r["value"] ** 2, 0.0)) / usual,
            r["labelled_rows"],
        )
        for r in rows
        if _is(r, "mae", version) and r["partition"] in root
    ]
    return sorted(found, key=lambda day: day.partition)


def mean_absolute_error(days: Sequence[MaturedDay]) -> float:
    """Of the estimator, over the days; NaN without any."""
    return sum(abs(day.error) for day in days) / len(days) if days else float("nan")


def _deviation(row: Mapping[str, Any]) -> float:
    """The stored deviation is of all rows: chance falls with the root of their number.

    The part of it that is not chance is widened with it, by an eighth at most.
    """
    return float(row["deviation"]) / sqrt(row["coverage"])


def _is(row: Mapping[str, Any], metric: str, version: int) -> bool:
    whole = row.get("segment") is None and row["window"] == DAY
    own = row["metric"] == metric and row["model_version"] == version
    return whole and own and (row.get("coverage") or 0.0) >= LEAST_COVERAGE


def _known(value: float | None) -> bool:
    return value is not None and not isnan(value)
