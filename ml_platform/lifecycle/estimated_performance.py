"""Estimated performance: how good the decisions probably are, before the truth is known."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pyarrow as pa
from dagster import (
    AssetCheckSpec,
    AssetExecutionContext,
    AssetsDefinition,
    BackfillPolicy,
    MaterializeResult,
    asset,
)

from ml_platform.core import names
from ml_platform.lifecycle.automation import FOLLOW_INPUTS
from ml_platform.lifecycle.check_results import check_result
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.partition_estimate import estimate_partitions
from ml_platform.lifecycle.partitioning import partitions_of_run
from ml_platform.lifecycle.watched_checks import expects_label_rate
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.registry_resource import RegistryResource


def estimated_performance_asset(model: Model) -> AssetsDefinition:
    """The asset ``<model>/estimated_performance`` and its checks of level and label rate."""
    path = model.path(names.ESTIMATED_PERFORMANCE)
    warn_only = model.spec.monitoring.severity == "WARN"
    checks = _checks(model)

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
        check_specs=[
            AssetCheckSpec(
                check,
                asset=model.key(names.ESTIMATED_PERFORMANCE),
                partitions_def=model.partitions,
                description=description,
            )
            for check, description in checks.items()
        ],
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
        yield MaterializeResult(
            metadata={
                "dagster/partition_row_count": sum(commit.rows.values()),
                "delta_version": commit.version,
                **{k: v for k, v in shown.items() if v == v},
            }
        )
        for check in checks:
            outcomes = {p: estimate.outcome(check) for p, estimate in found.items()}
            yield check_result(context, path, check, outcomes, warn_only)

    return estimated_performance


def _checks(model: Model) -> dict[str, str]:
    """What is checked, by name, in words."""
    level = {names.ESTIMATED_LEVEL: "Estimated metrics keep the limits of the realised ones."}
    if not expects_label_rate(model):
        return level
    said = (
        "Label 1 is to be expected, by calibrated scores, about as often as on the hold-out. "
        "Concept drift cannot be seen in it."
    )
    return level | {names.EXPECTED_LABEL_RATE: said}


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
