"""Performance: how good the champion's decisions were, once the truth is known."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyarrow as pa
from dagster import (
    AssetCheckSpec,
    AssetDep,
    AssetExecutionContext,
    AssetsDefinition,
    BackfillPolicy,
    MaterializeResult,
    TimeWindowPartitionMapping,
    asset,
)
from dagster_pyspark import LazyPySparkResource
from pyspark.sql import SparkSession

from ml_platform.core import names
from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.performance.window import Reference, WindowPerformance, measure_window
from ml_platform.lifecycle.automation import FOLLOW_INPUTS
from ml_platform.lifecycle.check_results import check_result
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.partitioning import partitions_of_run, window_of
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.spark.labels_join import join_labels
from ml_platform.stores.lake import Lake


def performance_asset(model: Model) -> AssetsDefinition:
    """The asset ``<model>/performance`` and its check of the level."""
    path = model.path(names.PERFORMANCE)
    window = model.spec.monitoring.performance.window
    warn_only = model.spec.monitoring.severity == "WARN"
    back = TimeWindowPartitionMapping(
        start_offset=1 - max(1, window // timedelta(days=1)),
        allow_nonexistent_upstream_partitions=True,
    )

    @asset(
        key=list(path),
        deps=[
            model.key(names.INFERENCE_LOG),
            AssetDep(model.key(names.LABELS), partition_mapping=back),
        ],
        partitions_def=model.partitions,
        backfill_policy=BackfillPolicy.single_run(),
        automation_condition=FOLLOW_INPUTS,
        description=(
            "Metrics with confidence intervals of the day and of the trailing window, over logged "
            "predictions whose label has come; restated when labels change. Grain: one row per "
            "window, segment and metric."
        ),
        check_specs=[
            AssetCheckSpec(
                names.PERFORMANCE_LEVEL,
                asset=model.key(names.PERFORMANCE),
                partitions_def=model.partitions,
                description="Realised metrics keep their floors and stay near the hold-out's.",
            )
        ],
        **model.common("spark"),
    )
    def performance(
        context: AssetExecutionContext, lake: LakeResource, spark: LazyPySparkResource
    ) -> Iterator[object]:
        partitions = partitions_of_run(context)
        opened = lake.open()
        if not opened.table(model.table(names.INFERENCE_LOG)).exists():
            yield MaterializeResult(metadata={"rows": 0})
            none = not_evaluated("nothing was predicted yet")
            yield check_result(
                context, path, names.PERFORMANCE_LEVEL, dict.fromkeys(partitions, none)
            )
            return

        def reference(version: int) -> Mapping[str, float]:
            return holdout_metrics(model, opened, version)

        measured = {
            p: measure(model, opened, spark.spark_session, p, reference) for p in partitions
        }
        table = opened.table(model.table(names.PERFORMANCE))
        rows = [row for p in partitions for row in measured[p].rows(p, datetime.now(UTC))]
        commit = table.replace_arrow(_arrow(rows), partitions)
        yield MaterializeResult(
            metadata={
                "dagster/partition_row_count": sum(commit.rows.values()),
                "delta_version": commit.version,
                **_plotted(measured[partitions[-1]]),
            }
        )
        outcomes = {p: _outcome(m) for p, m in measured.items()}
        yield check_result(context, path, names.PERFORMANCE_LEVEL, outcomes, warn_only)

    return performance


def measure(
    model: Model, lake: Lake, spark: SparkSession, partition: str, reference: Reference
) -> WindowPerformance:
    """Measure the day and its trailing window, on the rows of the version that scored last."""
    spec = model.spec.monitoring.performance
    window = list(window_of(model.partitions, partition, spec.window))
    log, labels = (
        lake.table(model.table(stage)).read(spark, window)
        for stage in (names.INFERENCE_LOG, names.LABELS)
    )
    segments = _segment_columns(model)
    rows = join_labels(log, labels, model.spec.key, None).selectExpr(
        "partition", "model_version", "score", "threshold", "label", "labelled_at", *segments
    )
    return measure_window(
        _columns(rows.toArrow()),
        partition=partition,
        spec=spec,
        segments=model.spec.monitoring.segments,
        reference=reference,
    )


def holdout_metrics(model: Model, lake: Lake, version: int) -> Mapping[str, float]:
    """The metrics a version had on its own hold-out, when it was a candidate."""
    rows = lake.table(model.table(names.EVALUATION)).read_arrow().to_pylist()
    return {
        row["metric"]: row["value"]
        for row in rows
        if row["model_version"] == version and row["contender"] == "candidate"
    }


def _segment_columns(model: Model) -> list[str]:
    segments = model.spec.monitoring.segments
    return [f"{s} AS {s}" if s in model.spec.key else f"features.{s} AS {s}" for s in segments]


def _columns(table: pa.Table) -> dict[str, Sequence[object]]:
    return {name: table.column(name).to_pylist() for name in table.column_names}


def _outcome(measured: WindowPerformance) -> CheckOutcome:
    """The report's outcome, with the version that it is about."""
    outcome = measured.report.outcome()
    if measured.model_version is None:
        return outcome
    return replace(outcome, numbers={**outcome.numbers, "model_version": measured.model_version})


def _plotted(measured: WindowPerformance) -> dict[str, float | int]:
    numbers = measured.report.outcome().numbers
    return {name: value for name, value in numbers.items() if value == value}


_SCHEMA = pa.schema(
    [
        ("window", pa.string()),
        ("segment", pa.string()),
        ("segment_value", pa.string()),
        ("metric", pa.string()),
        ("value", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("limit", pa.float64()),
        ("verdict", pa.string()),
        ("labelled_rows", pa.int64()),
        ("coverage", pa.float64()),
        ("model_version", pa.int64()),
        ("labels_as_of", pa.timestamp("us", "UTC")),
        ("method", pa.string()),
        ("computed_at", pa.timestamp("us", "UTC")),
        ("partition", pa.string()),
    ]
)


def _arrow(rows: Sequence[Mapping[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=_SCHEMA)
