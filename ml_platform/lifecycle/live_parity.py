"""Live parity: once a day a sample of what the endpoint answered is scored again in batch."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from dagster import (
    AssetCheckResult,
    AssetChecksDefinition,
    AssetObservation,
    AssetSelection,
    DefaultScheduleStatus,
    RunRequest,
    ScheduleDefinition,
    ScheduleEvaluationContext,
    SkipReason,
    multi_asset_check,
    schedule,
)
from dagster_pyspark import LazyPySparkResource
from pyspark.sql import SparkSession

from ml_platform.core import names
from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.checks.catalogue import named
from ml_platform.core.live_parity import live_parity_outcome
from ml_platform.core.parity import Parity, compare_scores
from ml_platform.estimators.artifact import load_artifact
from ml_platform.estimators.input_columns import one_form
from ml_platform.lifecycle.check_results import checked_alone
from ml_platform.lifecycle.check_specs import check_spec
from ml_platform.lifecycle.endpoint_replay import scores_in_batch
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.online_rows import online_rows
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.registry_resource import RegistryResource
from ml_platform.spark.scoring import numpy_columns
from ml_platform.stores.lake import LakeTable
from ml_platform.stores.registered_version import RegisteredVersion

ROWS = 2_000
"""So many answered rows are scored again, drawn from all of the last day."""
LOOKED_BACK = timedelta(days=1)


def live_parity_check(model: Model) -> AssetChecksDefinition:
    """The check ``live_parity`` of ``<model>/request_log``."""
    path = model.path(names.REQUEST_LOG)
    spec = check_spec(named(names.LIVE_PARITY), path)

    @multi_asset_check(
        name=f"{model.name}__{names.REQUEST_LOG}_{names.LIVE_PARITY}", specs=[spec], can_subset=True
    )
    def live_parity(
        lake: LakeResource, registry: RegistryResource, spark: LazyPySparkResource
    ) -> Iterator[AssetCheckResult | AssetObservation]:
        table = lake.open().table(model.table(names.INFERENCE_LOG))
        outcome = _judged(model, table, registry, spark)
        yield from checked_alone(path, names.LIVE_PARITY, outcome)

    return live_parity


def live_parity_schedule(model: Model) -> ScheduleDefinition:
    """The schedule ``<model>_live_parity``: daily, where the endpoint answered anything."""

    @schedule(
        name=f"{model.name}_{names.LIVE_PARITY}",
        target=AssetSelection.checks(live_parity_check(model)),
        cron_schedule="23 2 * * *",
        execution_timezone="UTC",
        default_status=DefaultScheduleStatus.RUNNING,
        description="Scores a sample of the last day's live requests again in batch.",
    )
    def live_parity(
        context: ScheduleEvaluationContext, lake: LakeResource
    ) -> RunRequest | SkipReason:
        table = lake.open().table(model.table(names.INFERENCE_LOG))
        now = context.scheduled_execution_time
        if not table.exists() or not answered_rows(table, now - LOOKED_BACK).num_rows:
            return SkipReason("the endpoint answered nothing in the last day")
        return RunRequest(run_key=now.date().isoformat())

    return live_parity


def _judged(
    model: Model, table: LakeTable, registry: RegistryResource, spark: LazyPySparkResource
) -> CheckOutcome:
    if redacted := model.spec.serving.log.redact:
        columns = ", ".join(redacted)
        return not_evaluated(f"{columns} are redacted in the log: no row can be scored again")
    if not table.exists():
        return not_evaluated("nothing is in the inference log yet")
    rows = answered_rows(table, datetime.now(UTC) - LOOKED_BACK)
    versions = {v.version: v for v in registry.open().versions(model.name)}
    asked = rows["model_version"].unique().to_pylist()
    gone = sorted(number for number in asked if number not in versions)
    session = spark.spark_session
    return live_parity_outcome(
        {n: scored_again(model, versions[n], rows, session) for n in sorted({*asked} - {*gone})},
        gone,
    )


def scored_again(
    model: Model, version: RegisteredVersion, rows: pa.Table, spark: SparkSession
) -> Parity:
    """Compare the logged scores of a version with those that batch scoring gives the same rows."""
    ours = rows.filter(pc.equal(rows["model_version"], version.version))
    # Its own inputs: the declaration may name others since.
    inputs = load_artifact(version.path, version.manifest_sha256).input_columns
    logged = pa.table({n: pc.struct_field(ours["features"], n) for n in inputs})
    columns = one_form(numpy_columns(logged, inputs), inputs)
    batch = scores_in_batch(inputs, version, columns, spark)
    return compare_scores(batch, ours["score"].to_numpy())


def answered_rows(table: LakeTable, since: datetime) -> pa.Table:
    """At most `ROWS` rows, drawn at random, of those that the endpoint scored since a moment.

    Shadows and probes are among them: they were scored by the same path. The draw depends on the
    number of rows alone, so that a failure can be drawn again.
    """
    rows = online_rows(table, ("model_version", "features", "score"), since, pc.scalar(True))
    if rows.num_rows <= ROWS:
        return rows.combine_chunks()
    chosen = np.random.default_rng(rows.num_rows).choice(rows.num_rows, ROWS, replace=False)
    return rows.take(pa.array(np.sort(chosen))).combine_chunks()
