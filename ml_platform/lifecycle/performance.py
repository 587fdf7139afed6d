"""Performance: how good the champion's decisions were, once the truth is known."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial

import pyarrow as pa
from dagster import (
    AssetDep,
    AssetExecutionContext,
    AssetsDefinition,
    BackfillPolicy,
    TimeWindowPartitionMapping,
    asset,
)
from dagster_pyspark import LazyPySparkResource

from ml_platform.core import names
from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.checks.catalogue import of_stage
from ml_platform.core.performance.earlier import restatements
from ml_platform.core.performance.window import WindowPerformance, measure_window
from ml_platform.lifecycle.answered_windows import answered_windows
from ml_platform.lifecycle.automation import follow_inputs_except
from ml_platform.lifecycle.check_results import written
from ml_platform.lifecycle.check_specs import check_specs
from ml_platform.lifecycle.holdout_metrics import holdout_metrics, holdout_segments
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.optional_checks import optional_checks
from ml_platform.lifecycle.partitioning import partitions_of_run
from ml_platform.lifecycle.performance_checks import concept_drift, label_drift, of_version
from ml_platform.lifecycle.performance_table import PERFORMANCE_SCHEMA, table_rows
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.stores.lake import Lake

CHECKS = [check.name for check in of_stage(names.PERFORMANCE)]


def performance_asset(model: Model) -> AssetsDefinition:
    """The asset ``<model>/performance`` and its checks of level, concept and label drift."""
    path = model.path(names.PERFORMANCE)
    window = model.spec.monitoring.performance.window
    warn_only = model.spec.monitoring.severity == "WARN"
    back = TimeWindowPartitionMapping(
        start_offset=1 - model.calendar.count(window),
        allow_nonexistent_upstream_partitions=True,
    )

    @optional_checks
    @asset(
        key=list(path),
        deps=[
            model.key(names.INFERENCE_LOG),
            model.key(names.ESTIMATED_PERFORMANCE),
            AssetDep(model.key(names.LABELS), partition_mapping=back),
        ],
        partitions_def=model.partitions,
        backfill_policy=BackfillPolicy.single_run(),
        automation_condition=follow_inputs_except(model.path(names.ESTIMATED_PERFORMANCE)),
        description=(
            "Metrics with confidence intervals of the day and of the trailing window, over logged "
            "predictions whose label has come, beside what was estimated; restated when labels "
            "change, with the earlier value. Grain: one row per window, segment and metric."
        ),
        check_specs=check_specs(path, model.partitions),
        **model.common("spark"),
    )
    def performance(
        context: AssetExecutionContext, lake: LakeResource, spark: LazyPySparkResource
    ) -> Iterator[object]:
        partitions = partitions_of_run(context)
        opened = lake.open()
        if not opened.table(model.table(names.INFERENCE_LOG)).exists():
            none = dict.fromkeys(partitions, not_evaluated("nothing was predicted yet"))
            yield from written(context, path, {"rows": 0}, dict.fromkeys(CHECKS, none))
            return
        reference = cache(partial(holdout_metrics, model, opened))
        by_segment = cache(partial(holdout_segments, model, opened))
        limits = model.spec.monitoring.performance
        declared = model.calendar.count(limits.window)
        measured = {
            window[-1]: measure_window(
                columns,
                window=window,
                declared=declared,
                spec=limits,
                segments=model.spec.monitoring.segments,
                reference=reference,
                segment_reference=by_segment,
            )
            for window, columns in answered_windows(model, opened, spark.spark_session, partitions)
        }
        rows = table_rows(model, opened, measured)
        outcomes = {
            check: {p: _outcome(check, model, opened, p, measured[p], rows) for p in partitions}
            for check in CHECKS
        }
        commit = opened.table(model.table(names.PERFORMANCE)).replace_arrow(
            pa.Table.from_pylist(rows, schema=PERFORMANCE_SCHEMA), partitions
        )
        last = partitions[-1]
        metadata = {
            **_plotted(measured[last]),
            "restated": restatements(r for r in rows if r["partition"] == last),
            "dagster/partition_row_count": sum(commit.rows.values()),
            "delta_version": commit.version,
        }
        yield from written(context, path, metadata, outcomes, warn_only)

    return performance


def _outcome(
    check: str,
    model: Model,
    lake: Lake,
    partition: str,
    measured: WindowPerformance,
    rows: Sequence[Mapping[str, object]],
) -> CheckOutcome:
    if check == names.CONCEPT_DRIFT:
        return concept_drift(model, lake, partition, measured.model_version, rows)
    if check == names.LABEL_DRIFT:
        return label_drift(model, lake, measured)
    return of_version(measured.report.outcome(), measured.model_version)


def _plotted(measured: WindowPerformance) -> dict[str, float | int]:
    numbers = measured.report.outcome().numbers
    return {name: value for name, value in numbers.items() if value == value}
