"""Thresholds: how far a version's reference strays from itself, stored when it is trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ml_platform.core import names
from ml_platform.core.drift.budget import alarm_level, paid_tests, threshold_alone
from ml_platform.core.drift.calibration import Calibration
from ml_platform.core.drift.window_calibrations import reference_window, window_calibrations
from ml_platform.core.edges import Edges
from ml_platform.core.figures import counted
from ml_platform.core.quality_over_time.rhythm import CADENCES
from ml_platform.core.score_profile import SCORE
from ml_platform.core.segmentation import ALL_ROWS
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.partition_profiles import (
    Score,
    partition_profiles,
    score_profiles,
)
from ml_platform.lifecycle.training_rows import LabelledRows
from ml_platform.stores.lake import Lake

THRESHOLDS_SCHEMA = pa.schema(
    [
        ("model_version", pa.int64()),
        ("column", pa.string()),
        ("statistic", pa.string()),
        ("span", pa.int64()),
        ("threshold", pa.float64()),
        ("how", pa.string()),
        ("floor", pa.float64()),
        ("partitions", pa.int64()),
        ("mean", pa.float64()),
        ("spread", pa.float64()),
        ("freedom", pa.float64()),
        ("number", pa.float64()),
        ("effects", pa.list_(pa.float64())),
        ("note", pa.string()),
        ("why", pa.string()),
        ("min_rows", pa.int64()),
        ("declared", pa.int64()),
    ]
)
"""One row per model version, column, statistic and length of window; see `Calibration`. The
threshold is what a column must exceed to raise an alarm alone; the mean and spread are those of
logarithms of value plus half the floor."""


def keep_thresholds(
    model: Model,
    lake: Lake,
    version: int,
    score: Score,
    edges: Edges,
    train: LabelledRows,
    holdout: LabelledRows,
) -> dict[str, Any]:
    """Calibrate and store what later windows are judged by; gives the metadata to show.

    The score's reference is the hold-out alone, since scores of rows that were learnt from are
    others. How they change from day to day is alike, and is taken from all partitions: each
    window is held against as many partitions before it as the hold-out has.

    Args:
        model: The model.
        lake: With the profiles of all partitions of the two splits.
        version: The version that was trained.
        score: Its scores of some input columns.
        edges: The bins of the score.
        train: Rows it learnt from.
        holdout: Rows it did not.
    """
    window = sorted({*train.partitions.tolist(), *holdout.partitions.tolist()})
    scores = score_profiles(score, (train, holdout), edges)
    parts, _ = partition_profiles(lake, model, window, [ALL_ROWS])
    reference = [(key, {**found, **scores[key]}) for key, found in parts]
    lengths = {SCORE: len(set(holdout.partitions.tolist()))}
    limits, cadence = model.spec.monitoring.drift, CADENCES[model.calendar.every]
    declared = model.calendar.count(limits.window)
    size = reference_window(reference, limits, declared, cadence, lengths)
    found = window_calibrations(reference, limits, size, lengths)
    rows = pa.Table.from_pylist(_rows(model, found, version), schema=THRESHOLDS_SCHEMA)
    once = (f"{model.name}/thresholds/{version}", 1)
    lake.table(model.table(names.THRESHOLDS)).append_arrow(rows, app=once)
    missing = dict.fromkeys(each.why for each in found if each.why)
    return {
        "thresholds": sum(not each.why for each in found),
        "thresholds_missing": "; ".join(missing) or "none",
        "window_partitions": size.partitions,
        "window": size.note or "as declared",
    }


def read_calibrations(lake: Lake, model: Model, version: int) -> list[Calibration]:
    """What `keep_thresholds` stored for a version; nothing for one that was trained before."""
    table = lake.table(model.table(names.THRESHOLDS))
    if not table.exists():
        return []
    rows: pa.Table = table.read_arrow()
    own = rows.filter(pc.equal(rows["model_version"], version))
    return [Calibration.from_row(row) for row in own.to_pylist()]


def _rows(model: Model, found: Sequence[Calibration], version: int) -> list[dict[str, Any]]:
    limits = model.spec.monitoring.drift
    level = alarm_level(limits.false_alarms_per_year, CADENCES[model.calendar.every])
    tests = paid_tests(found, level)
    return [
        each.to_row()
        | {
            "model_version": version,
            "threshold": threshold_alone(each, tests, level),
            "how": each.why or _how(each),
        }
        for each in found
    ]


def _how(calibration: Calibration) -> str:
    """Say what a calibration rests on.

    >>> _how(Calibration("temp", "psi", 7, 0.01, 52, number=6.51, effects=()))
    'leave-one-out over 52 partitions, as good as 6.5 independent windows of 7 partitions'
    """
    windows = f"windows of {counted(calibration.span, 'partition')}"
    return (
        f"leave-one-out over {counted(calibration.partitions, 'partition')}, "
        f"as good as {calibration.number:.1f} independent {windows}"
    )
