"""Estimated performance: how good the decisions probably are, before the truth is known."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pyarrow as pa
from dagster import (
    AssetExecutionContext,
    AssetsDefinition,
    BackfillPolicy,
    asset,
)

from ml_platform.core import names
from ml_platform.lifecycle.automation import FOLLOW_INPUTS
from ml_platform.lifecycle.check_results import written
from ml_platform.lifecycle.check_specs import check_specs
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.optional_checks import optional_checks
from ml_platform.lifecycle.partition_estimate import estimate_partitions
from ml_platform.lifecycle.partitioning import partitions_of_run
from ml_platform.lifecycle.watched_checks import expects_label_rate
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.registry_resource import RegistryResource


def estimated_performance_asset(model: Model) -> AssetsDefinition:
    """The asset ``<model>/estimated_performance`` and its checks of level and label rate."""
    path = model.path(names.ESTIMATED_PERFORMANCE)
    warn_only = model.spec.monitoring.severity == "WARN"
    without = [] if expects_label_rate(model) else [names.EXPECTED_LABEL_RATE]
    specs = check_specs(path, model.partitions, without)

    @optional_checks
    @asset(
        key=list(path),
        deps=[model.key(names.INFERENCE_LOG), model.key(names.DRIFT)],
        partitions_def=model.partitions,
        backfill_policy=BackfillPolicy.single_run(),
        automation_condition=FOLLOW_INPUTS,
        description=(
            "Metrics of the day and of the trailing window before their labels come, estimated "
            "from calibrated scores (CBPE, or leaf-CBPE where regions of the features tell more), "
            "or of predicted numbers from the errors that such predictions had (DLE). "
            "Concept drift cannot be seen in it. Grain: one row per window and metric."
        ),
        check_specs=specs,
        **model.common("numpy"),
    )
    def estimated_performance(
        context: AssetExecutionContext, lake: LakeResource, registry: RegistryResource
    ) -> Iterator[object]:
        partitions = partitions_of_run(context)
        found = estimate_partitions(model, lake.open(), registry.open(), partitions)
        table = lake.open().table(model.table(names.ESTIMATED_PERFORMANCE))
        rows = [row for estimate in found.values() for row in estimate.rows(datetime.now(UTC))]
        commit = table.replace_arrow(pa.Table.from_pylist(rows, schema=_SCHEMA), partitions)
        shown = found[partitions[-1]].outcome(names.ESTIMATED_LEVEL).numbers
        metadata = {
            **{k: v for k, v in shown.items() if v == v},
            "dagster/partition_row_count": sum(commit.rows.values()),
            "delta_version": commit.version,
        }
        outcomes = {
            spec.name: {p: estimate.outcome(spec.name) for p, estimate in found.items()}
            for spec in specs
        }
        yield from written(context, path, metadata, outcomes, warn_only)

    return estimated_performance


_SCHEMA = pa.schema(
    [
        ("window", pa.string()),
        ("metric", pa.string()),
        ("value", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("deviation", pa.float64()),
        ("limit", pa.float64()),
        ("verdict", pa.string()),
        ("rows", pa.int64()),
        ("method", pa.string()),
        ("cells", pa.list_(pa.int64())),
        ("model_version", pa.int64()),
        ("computed_at", pa.timestamp("us", "UTC")),
        ("partition", pa.string()),
    ]
)
