"""What the matured labels of a partition say beyond the level: label drift and concept drift."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc

from ml_platform.core import names
from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.concept_drift.judgement import judge_cusum, judge_detected
from ml_platform.core.concept_drift.label_drift import judge_label_rate
from ml_platform.core.concept_drift.label_rate import two_sided_bound
from ml_platform.core.concept_drift.matured_days import DAY, error_counts, matured_days
from ml_platform.core.estimation.expected import ESTIMABLE
from ml_platform.core.performance.window import WindowPerformance
from ml_platform.lifecycle.estimator_table import read_estimator
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.partitioning import history_of
from ml_platform.stores.lake import Lake

_YEAR = timedelta(days=365.25)
Row = Mapping[str, object]


def label_drift(model: Model, lake: Lake, measured: WindowPerformance) -> CheckOutcome:
    """Hold the label rate of the measured window against the hold-out's."""
    if measured.model_version is None:
        return not_evaluated("label rate not evaluated: nothing was predicted")
    kept = read_estimator(lake, model, measured.model_version)
    spec = model.spec.monitoring
    bound = two_sided_bound(spec.concept_drift.false_alarms_per_year, partitions_per_year(model))
    outcome = judge_label_rate(
        measured.positives,
        measured.report.rows,
        measured.labelled_days,
        None if kept is None else kept.labels,
        bound,
        spec.performance.min_labels,
    )
    return of_version(outcome, measured.model_version)


def concept_drift(
    model: Model, lake: Lake, partition: str, version: int | None, fresh: Sequence[Row]
) -> CheckOutcome:
    """Judge the matured days of a version up to a partition.

    Args:
        model: the model.
        lake: its tables.
        partition: the last one that counts.
        version: whose days count.
        fresh: rows of the performance table that this run has made; they replace the stored ones.
    """
    if version is None:
        return not_evaluated("concept drift not evaluated: nothing was predicted")
    spec = model.spec.monitoring.concept_drift
    rows = _history(model, lake, partition, spec.history, fresh)
    if spec.detector == "cusum":
        days = matured_days(rows, _compared(model), version)
        return of_version(judge_cusum(days, spec, partitions_per_year(model)), version)
    # Only where one is asked for: the library takes a second to import.
    from ml_platform.detectors.river_detectors import detected_changes

    counts = error_counts(rows, version)
    found = judge_detected(spec.detector, counts, detected_changes(spec.detector, counts))
    return of_version(found, version)


def of_version(outcome: CheckOutcome, version: int | None) -> CheckOutcome:
    """The outcome with the version that it is about, where there is one."""
    if version is None:
        return outcome
    return replace(outcome, numbers={**outcome.numbers, "model_version": version})


def partitions_per_year(model: Model) -> float:
    """How many partitions the model's calendar has in a year."""
    window = model.partitions.time_window_for_partition_key(
        model.partitions.get_first_partition_key()
    )
    return _YEAR / (window.end - window.start)


def _compared(model: Model) -> str:
    """The metric that is compared with its estimate; the Brier score where none is estimated."""
    wanted = model.spec.monitoring.concept_drift.metric or model.spec.promotion.metric
    return wanted if wanted in ESTIMABLE else "brier"


def _history(
    model: Model, lake: Lake, partition: str, length: timedelta, fresh: Sequence[Row]
) -> list[Row]:
    """Rows of single days, of the partition and those within a length before it."""
    wanted = {*history_of(model.partitions, partition, length), partition}
    made = {str(row["partition"]) for row in fresh}
    table = lake.table(model.table(names.PERFORMANCE))
    present = set(table.partitions()) if table.exists() else set()
    stored: list[Row] = []
    if earlier := sorted((wanted - made) & present):
        rows: pa.Table = table.read_arrow(earlier)
        own = pc.and_(pc.equal(rows["window"], DAY), pc.is_null(rows["segment"]))
        stored = rows.filter(own).to_pylist()
    return [*stored, *(row for row in fresh if row["partition"] in wanted)]
