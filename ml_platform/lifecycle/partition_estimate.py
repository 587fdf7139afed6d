"""The estimate of one partition and its trailing window, from counts of its scored rows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial

import numpy as np

from ml_platform.core import names
from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.concept_drift.expected_shift import judge_expected_rate
from ml_platform.core.concept_drift.label_rate import two_sided_bound
from ml_platform.core.estimation.estimator import PerformanceEstimator
from ml_platform.core.estimation.expected import expected_metrics
from ml_platform.core.estimation.report import EstimateReport, doubt_of, judge_estimate
from ml_platform.core.monitoring_spec import UNSEEN_RATE
from ml_platform.core.window_growth import grown_said, trailing_enough
from ml_platform.estimators.artifact import load_artifact
from ml_platform.estimators.scoring_model import ScoringModel
from ml_platform.lifecycle.estimator_table import KeptEstimator, read_estimator
from ml_platform.lifecycle.holdout_metrics import holdout_metrics
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.performance_checks import of_version, partitions_per_year
from ml_platform.lifecycle.scored_cells import VersionCells, count_cells
from ml_platform.lifecycle.watched_checks import expects_label_rate
from ml_platform.lifecycle.window_reach import reach
from ml_platform.stores.lake import Lake
from ml_platform.stores.model_registry import ModelRegistry

CELLS = "rows"
"""The row of this name holds the day's counts, so that a window is a sum of its days."""


@dataclass(frozen=True)
class PartitionEstimate:
    """What was estimated as of one partition.

    Attributes:
        partition: its key.
        cells: the day's rows, counted; None on a day without a prediction.
        day: the estimate of the day; None without an estimator.
        window: the estimate of the trailing window; None without an estimator.
        expected_rate: the outcome on the label rate that the trailing window's scores let expect;
            None without an estimator.
    """

    partition: str
    cells: VersionCells | None
    day: EstimateReport | None = None
    window: EstimateReport | None = None
    expected_rate: CheckOutcome | None = None

    def outcome(self, check: str) -> CheckOutcome:
        """The outcome of one of the two checks, with the version that it is about."""
        what, found = {
            names.ESTIMATED_LEVEL: (
                "performance not estimated",
                None if self.window is None else self.window.outcome(),
            ),
            names.EXPECTED_LABEL_RATE: (
                "expected label rate not evaluated",
                self.expected_rate,
            ),
        }[check]
        if self.cells is None:
            return not_evaluated(f"{what}: nothing was predicted")
        version = self.cells.version
        missing = not_evaluated(f"{what}: no estimator was kept with version {version}")
        return of_version(found or missing, version)

    def rows(self, computed_at: datetime) -> Iterator[dict[str, object]]:
        """Rows for the table: the counts of the day, then day and window by metric."""
        if self.cells is None or self.day is None or self.window is None:
            return
        shared = {
            "partition": self.partition,
            "model_version": self.cells.version,
            "computed_at": computed_at,
        }
        counted = {"rows": self.cells.rows, "cells": self.cells.counts.ravel().tolist()}
        yield shared | counted | {"window": "day", "metric": CELLS, "value": self.cells.rows}
        for window, report in (("day", self.day), ("trailing", self.window)):
            for row in report.rows():
                yield shared | row | {"window": window}


def estimate_partitions(
    model: Model, lake: Lake, registry: ModelRegistry, partitions: Sequence[str]
) -> dict[str, PartitionEstimate]:
    """Estimate each partition and its trailing window; each partition's rows are read once."""
    log = lake.table(model.table(names.INFERENCE_LOG))
    logged = set(log.partitions()) if log.exists() else set()
    kept = cache(partial(read_estimator, lake, model))
    scoring_model = cache(partial(_scoring_model, model, registry))
    counted = {
        p: count_cells(log.files([p]), lambda v: _estimator(kept(v)), scoring_model)
        if p in logged
        else None
        for p in partitions
    }
    rows = log.row_counts() if log.exists() else {}
    return {p: _estimate(model, lake, p, rows, counted, kept) for p in partitions}


def _estimate(
    model: Model,
    lake: Lake,
    partition: str,
    rows: Mapping[str, int],
    counted: Mapping[str, VersionCells | None],
    kept: Callable[[int], KeptEstimator | None],
) -> PartitionEstimate:
    cells = counted[partition]
    if cells is None or cells.estimator is None:
        return PartitionEstimate(partition, cells)
    monitoring = model.spec.monitoring
    declared = model.calendar.count(monitoring.performance.window)
    needed = monitoring.estimated_performance.min_rows
    window = reach(model, partition, rows, declared, needed)
    scored = _of_other_days(model, lake, window, cells, counted) | {partition: cells.counts}
    of_days = [int(scored[key].sum()) if key in scored else 0 for key in window]
    length = trailing_enough(of_days, declared, needed) or declared
    days = [scored[key] for key in window[-length:] if key in scored]
    reference = holdout_metrics(model, lake, cells.version)
    unseen = unseen_values(model, lake, partition, cells.version)
    day, trailing = (
        judge_estimate(
            expected_metrics(np.sum(parts, axis=0), cells.estimator),
            cells.estimator,
            len(parts),
            reference,
            monitoring.performance,
            monitoring.estimated_performance,
            unseen,
            grown,
        )
        for parts, grown in (([cells.counts], ""), (days, grown_said(length, declared)))
    )
    known = kept(cells.version)
    expected_rate = None if known is None else _expected_rate(model, known, trailing, days, unseen)
    return PartitionEstimate(partition, cells, day, trailing, expected_rate)


def _expected_rate(
    model: Model,
    kept: KeptEstimator,
    window: EstimateReport,
    days: Sequence[np.ndarray],
    unseen: Mapping[str, float] | None,
) -> CheckOutcome | None:
    """The outcome on the window's label rate; None for a task whose labels have none."""
    if not expects_label_rate(model):
        return None
    spec = model.spec.monitoring
    bound = two_sided_bound(spec.concept_drift.false_alarms_per_year, partitions_per_year(model))
    doubt = doubt_of(window.expected, spec.estimated_performance, unseen)
    return judge_expected_rate(window.expected, len(days), kept.expected_rate, bound, doubt)


def _of_other_days(
    model: Model,
    lake: Lake,
    window: Sequence[str],
    cells: VersionCells,
    counted: Mapping[str, VersionCells | None],
) -> dict[str, np.ndarray]:
    """Counts of the window's earlier days that the same version scored, by day."""
    known = {
        p: c.counts for p in window[:-1] if (c := counted.get(p)) and c.version == cells.version
    }
    earlier = [p for p in window[:-1] if p not in counted]
    table = lake.table(model.table(names.ESTIMATED_PERFORMANCE))
    stored = set(table.partitions()) if earlier and table.exists() else set()
    wanted = [p for p in earlier if p in stored]
    if wanted:
        columns = [names.PARTITION, "metric", "model_version", "cells"]
        known |= {
            row[names.PARTITION]: np.asarray(row["cells"], np.int64).reshape(cells.counts.shape)
            for row in table.read_arrow(wanted, columns=columns).to_pylist()
            if row["metric"] == CELLS and row["model_version"] == cells.version
        }
    return known


def unseen_values(
    model: Model, lake: Lake, partition: str, version: int
) -> Mapping[str, float] | None:
    """Share of values that the version's reference never had, by input; None where not known.

    The greater one of the day and the drift's window.
    """
    table = lake.table(model.table(names.DRIFT))
    if not table.exists() or partition not in table.partitions():
        return None
    found: dict[str, float] = {}
    for row in table.read_arrow([partition]).to_pylist():
        own = row["statistic"] == UNSEEN_RATE and row["model_version"] == version
        if own and row["column"] in model.inputs and row["value"] is not None:
            found[row["column"]] = max(row["value"], found.get(row["column"], 0.0))
    return found or None


def _estimator(kept: KeptEstimator | None) -> PerformanceEstimator | None:
    return None if kept is None else kept.estimator


def _scoring_model(model: Model, registry: ModelRegistry, version: int) -> ScoringModel:
    found = registry.version(model.name, version)
    return load_artifact(found.path, found.manifest_sha256)
