"""Inference log: every prediction, once per key and partition, never rewritten."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from dagster import (
    AssetCheckSpec,
    AssetExecutionContext,
    AssetsDefinition,
    BackfillPolicy,
    MaterializeResult,
    asset,
)
from dagster_pyspark import LazyPySparkResource
from pyspark.sql import SparkSession

from ml_platform import __version__
from ml_platform.core import names
from ml_platform.core.quality import logged_outcome
from ml_platform.lifecycle.automation import FOLLOW_INPUTS
from ml_platform.lifecycle.check_results import check_result
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.partitioning import partitions_of_run
from ml_platform.lifecycle.table_metadata import table_metadata
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.spark.inference_log import log_rows, not_yet_logged
from ml_platform.stores.lake import Commit, Lake


def inference_log_asset(model: Model) -> AssetsDefinition:
    """The asset ``<model>/inference_log`` and its check that nothing is missing from it."""
    path = model.path(names.INFERENCE_LOG)

    @asset(
        key=list(path),
        deps=[model.key(names.PREDICTIONS)],
        partitions_def=model.partitions,
        backfill_policy=BackfillPolicy.single_run(),
        automation_condition=FOLLOW_INPUTS,
        description=(
            "Every prediction with its inputs, score, decision, threshold and model version. A key "
            "that is predicted again keeps its first row. Grain: one row per answered prediction."
        ),
        check_specs=[
            AssetCheckSpec(
                names.LOGGED_ONCE,
                asset=model.key(names.INFERENCE_LOG),
                blocking=True,
                partitions_def=model.partitions,
                description="Every prediction is in the log.",
            )
        ],
        **model.common("spark"),
    )
    def inference_log(
        context: AssetExecutionContext, lake: LakeResource, spark: LazyPySparkResource
    ) -> Iterator[object]:
        partitions = partitions_of_run(context)
        opened = lake.open()
        before = _rows(opened, model, names.INFERENCE_LOG)
        predicted = _rows(opened, model, names.PREDICTIONS)
        after: Mapping[str, int] = before
        metadata: dict[str, object] = {"rows": 0}
        if any(predicted.get(p) for p in partitions):
            writer = f"batch:{context.run.run_id}"
            commit = append_log(model, opened, spark.spark_session, partitions, writer)
            after = commit.rows
            metadata = table_metadata(opened.table(model.table(names.INFERENCE_LOG)), commit)
        yield MaterializeResult(metadata=metadata)
        outcomes = {
            p: logged_outcome(
                predicted.get(p, 0), after.get(p, 0), after.get(p, 0) - before.get(p, 0)
            )
            for p in partitions
        }
        yield check_result(context, path, names.LOGGED_ONCE, outcomes)

    return inference_log


def append_log(
    model: Model, lake: Lake, spark: SparkSession, partitions: list[str], writer: str
) -> Commit:
    """Add the predictions of these partitions that the log does not have yet."""
    log = lake.table(model.table(names.INFERENCE_LOG))
    rows = log_rows(
        lake.table(model.table(names.PREDICTIONS)).read(spark, partitions),
        model=model.name,
        key=model.spec.key,
        writer=writer,
        code_version=__version__,
        logged_at=datetime.now(UTC),
    )
    if set(partitions) & set(log.partitions() if log.exists() else ()):
        logged = log.read(spark, partitions)
        rows = logged.unionByName(not_yet_logged(rows, logged, model.spec.key))
    return log.replace(rows, partitions)


def _rows(lake: Lake, model: Model, stage: str) -> dict[str, int]:
    table = lake.table(model.table(stage))
    return table.row_counts() if table.exists() else {}
