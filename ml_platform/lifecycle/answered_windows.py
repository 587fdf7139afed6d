"""What was answered and is labelled in the trailing windows of many partitions, in few reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import functions as F

from ml_platform.core import names
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.window_reach import reach
from ml_platform.spark.answered_rows import BESIDE_KEY, WEIGHT, answered_rows
from ml_platform.spark.labels_join import join_labels
from ml_platform.stores.lake import Lake

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Columns = dict[str, Sequence[object]]
_WINDOW = "_window"
_MEASURED = ("partition", "model_version", "score", "threshold")
# Rows of windows that come to this process at once, half a kilobyte each: a range of a year of
# a thousand events a day comes in four parts.
ROWS_AT_ONCE = 1_000_000


def answered_windows(
    model: Model, lake: Lake, spark: SparkSession, partitions: Sequence[str]
) -> Iterator[tuple[Sequence[str], Columns]]:
    """The labelled answers of the window that ends with each of some partitions.

    The windows of a range overlap. They are read as a few frames, in which a row stands once for
    each window that it lies in, and not by a job for each: an event counts as it was answered
    first within the window, and by the labels that lie in it.

    Where the declared window may hold fewer labels than it needs, a longer one is read, so that
    it can be measured on as many partitions as it takes.

    Args:
        model: whose log and labels are read.
        lake: its tables.
        spark: joins them.
        partitions: in order.

    Yields:
        The partitions of each window, the one it ends with last, and its columns that metrics
        need, in the order of the key.
    """
    limits = model.spec.monitoring.performance
    declared = model.calendar.count(limits.window)
    counts = lake.table(model.table(names.INFERENCE_LOG)).row_counts()
    labels = lake.table(model.table(names.LABELS)).row_counts()
    labelled = {key: min(rows, labels.get(key, 0)) for key, rows in counts.items()}
    of = {p: reach(model, p, labelled, declared, limits.min_labels) for p in partitions}
    for ends in _parts({p: sum(counts.get(each, 0) for each in of[p]) for p in partitions}):
        rows = _rows(model, lake, spark, {end: of[end] for end in ends}).toArrow()
        rows = rows.sort_by([(name, "ascending") for name in (_WINDOW, *model.spec.key)])
        wanted = [*_MEASURED, WEIGHT, "label", "labelled_at", *model.spec.monitoring.segments]
        for end in ends:
            own = rows.filter(pc.equal(rows[_WINDOW], end))
            yield of[end], {name: own.column(name).to_pylist() for name in dict.fromkeys(wanted)}


def _parts(rows: dict[str, int]) -> Iterator[list[str]]:
    """Partitions in stretches whose windows hold about as many rows as are read at once."""
    part: list[str] = []
    held = 0
    for partition, count in rows.items():
        if part and held + count > ROWS_AT_ONCE:
            yield part
            part, held = [], 0
        part.append(partition)
        held += count
    if part:
        yield part


def _rows(
    model: Model, lake: Lake, spark: SparkSession, windows: dict[str, Sequence[str]]
) -> DataFrame:
    needed = sorted({partition for window in windows.values() for partition in window})
    log, labels = (
        _in_windows(lake.table(model.table(stage)).read(spark, needed), windows)
        for stage in (names.INFERENCE_LOG, names.LABELS)
    )
    key = (_WINDOW, *model.spec.key)
    # Only what is needed goes through the shuffle by key.
    own = dict.fromkeys((*key, *BESIDE_KEY, *_MEASURED))
    asked = log.selectExpr(*own, *_other_segments(model))
    wanted = (*key, *_MEASURED, WEIGHT, "label", "labelled_at", *model.spec.monitoring.segments)
    return join_labels(answered_rows(asked, key), labels, key, None).select(*dict.fromkeys(wanted))


def _in_windows(rows: DataFrame, windows: dict[str, Sequence[str]]) -> DataFrame:
    """Each row once for every window that its partition lies in."""
    ends: dict[str, list[str]] = {}
    for end, window in windows.items():
        for partition in window:
            ends.setdefault(partition, []).append(end)
    pairs = pa.table(
        {
            names.PARTITION: pa.array([p for p, of in ends.items() for _ in of], pa.string()),
            _WINDOW: pa.array([end for of in ends.values() for end in of], pa.string()),
        }
    )
    known = rows.sparkSession.createDataFrame(pairs)
    return rows.join(F.broadcast(known), on=names.PARTITION)


def _other_segments(model: Model) -> list[str]:
    """Segments that are no part of the key, out of the features."""
    segments = model.spec.monitoring.segments
    return [f"features.{s} AS {s}" for s in segments if s not in model.spec.key]
