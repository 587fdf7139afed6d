"""Days whose labels have come, each with what had been estimated of it before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

from ml_platform.core.metric_names import gain

DAY = "day"


@dataclass(frozen=True)
class MaturedDay:
    """One day of one model version.

    Attributes:
        partition: Its key.
        metric: What was compared.
        realised: Of the labelled rows.
        estimated: Before their labels came.
        deviation: Of the realised value around the estimate while nothing changes.
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


def matured_days(rows: Iterable[Mapping[str, Any]], metric: str, version: int) -> list[MaturedDay]:
    """The days of one version that have both values, from rows of the performance table.

    Days without an estimate, without a label, or judged by another version are left out.
    """
    found = [
        MaturedDay(r["partition"], metric, r["value"], r["estimated"], r["deviation"])
        for r in rows
        if _is(r, metric, version)
        and all(_known(r.get(x)) for x in ("value", "estimated", "deviation"))
        if (r.get("deviation") or 0) > 0
    ]
    return sorted(found, key=lambda day: day.partition)


def error_counts(rows: Iterable[Mapping[str, Any]], version: int) -> list[ErrorCount]:
    """Wrong decisions by day of one version, from rows of the performance table."""
    found = [
        ErrorCount(r["partition"], round((1 - r["value"]) * r["labelled_rows"]), r["labelled_rows"])
        for r in rows
        if _is(r, "accuracy", version) and _known(r["value"])
    ]
    return sorted(found, key=lambda day: day.partition)


def mean_absolute_error(days: Sequence[MaturedDay]) -> float:
    """Of the estimator, over the days; NaN without any."""
    return sum(abs(day.error) for day in days) / len(days) if days else float("nan")


def _is(row: Mapping[str, Any], metric: str, version: int) -> bool:
    whole = row.get("segment") is None and row["window"] == DAY
    return whole and row["metric"] == metric and row["model_version"] == version


def _known(value: float | None) -> bool:
    return value is not None and not isnan(value)
