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
from ml_platform.core.concept_drift.label_rate import LabelReference, two_sided_bound
from ml_platform.core.concept_drift.matured_days import (
    DAY,
    DayOfErrors,
    error_counts,
    error_sizes,
    matured_days,
)
from ml_platform.core.concept_drift.value_drift import ValueReference, judge_values
from ml_platform.core.ingestion.calendar import NOMINAL
from ml_platform.core.performance.window import WindowPerformance
from ml_platform.lifecycle.estimator_table import read_estimator
from ml_platform.lifecycle.holdout_metrics import holdout_metrics
from ml_platform.lifecycle.model import Model
from ml_platform.stores.lake import Lake

_YEAR = timedelta(days=365.25)
Row = Mapping[str, object]


def label_drift(model: Model, lake: Lake, measured: WindowPerformance) -> CheckOutcome:
    """Hold the labels of the measured window against the hold-out's."""
    if measured.model_version is None:
        return not_evaluated("labels not evaluated: nothing was predicted")
    kept = read_estimator(lake, model, measured.model_version)
    reference = None if kept is None else kept.labels
    judge = _label_rate if model.task.decides else _label_values
    return of_version(judge(model, measured, reference), measured.model_version)


def _label_rate(
    model: Model, measured: WindowPerformance, reference: LabelReference | None
) -> CheckOutcome:
    spec = model.spec.monitoring
    return judge_label_rate(
        int(measured.labels.sum()),
        measured.report.rows,
        measured.labelled_days,
        reference,
        two_sided_bound(spec.concept_drift.false_alarms_per_year, partitions_per_year(model)),
        spec.performance.min_labels,
    )


def _label_values(
    model: Model, measured: WindowPerformance, reference: ValueReference | None
) -> CheckOutcome:
    spec = model.spec.monitoring
    return judge_values(
        measured.labels,
        measured.labelled_days,
        reference,
        spec.concept_drift.false_alarms_per_year / partitions_per_year(model),
        spec.performance.min_labels,
    )


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

    errors = _errors(model, lake, rows, version)
    found = judge_detected(spec.detector, errors, detected_changes(spec.detector, errors))
    return of_version(found, version)


def _errors(model: Model, lake: Lake, rows: Sequence[Row], version: int) -> Sequence[DayOfErrors]:
    """What a detector is fed with: none where the hold-out's errors, their unit, are not known."""
    if model.task.decides:
        return error_counts(rows, version)
    usual = holdout_metrics(model, lake, version).get("mae", 0.0)
    return error_sizes(rows, version, usual) if usual > 0 else []


def of_version(outcome: CheckOutcome, version: int | None) -> CheckOutcome:
    """The outcome with the version that it is about, where there is one."""
    if version is None:
        return outcome
    return replace(outcome, numbers={**outcome.numbers, "model_version": version})


def partitions_per_year(model: Model) -> float:
    """How many partitions the model's calendar has in a year."""
    return _YEAR / NOMINAL[model.calendar.every]


def _compared(model: Model) -> str:
    """The metric that is compared with its estimate: as declared, or that of promotion.

    The task's own where nothing is declared and promotion's cannot be estimated.
    """
    wanted = model.spec.monitoring.concept_drift.metric or model.spec.promotion.metric
    return wanted if wanted in model.task.estimated else model.task.judged_by


def _history(
    model: Model, lake: Lake, partition: str, length: timedelta, fresh: Sequence[Row]
) -> list[Row]:
    """Rows of single days, of the partition and those within a length before it."""
    wanted = {*model.calendar.before(partition, length), partition}
    made = {str(row["partition"]) for row in fresh}
    table = lake.table(model.table(names.PERFORMANCE))
    present = set(table.partitions()) if table.exists() else set()
    stored: list[Row] = []
    if earlier := sorted((wanted - made) & present):
        rows: pa.Table = table.read_arrow(earlier)
        own = pc.and_(pc.equal(rows["window"], DAY), pc.is_null(rows["segment"]))
        stored = rows.filter(own).to_pylist()
    return [*stored, *(row for row in fresh if row["partition"] in wanted)]
