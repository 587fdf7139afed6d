"""Profiles: what each partition looked like, as counts that add up to any window."""

from collections.abc import Iterator

from dagster import (
    AssetExecutionContext,
    AssetsDefinition,
    BackfillPolicy,
    MaterializeResult,
    asset,
)
from dagster_pyspark import LazyPySparkResource

from ml_platform.core import names
from ml_platform.core.score_profile import SCORE_EDGES, score_segment
from ml_platform.lifecycle.automation import FOLLOW_INPUTS
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.partitioning import partitions_of_run
from ml_platform.lifecycle.profile_table import profile_rows, read_edges
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.spark.profile_pass import profile_frame


def profiles_asset(model: Model) -> AssetsDefinition:
    """The asset ``<model>/profiles``."""

    @asset(
        key=list(model.path(names.PROFILES)),
        deps=[model.key(names.PREDICTIONS)],
        partitions_def=model.partitions,
        backfill_policy=BackfillPolicy.single_run(),
        automation_condition=FOLLOW_INPUTS,
        description=(
            "Counts per column on the reference's bins: missing, NaN, infinite, histogram, "
            "categories, unseen values. Counts add, so no window ever scans rows again. Grain: one "
            "row per partition, segment and column. Empty until a first model sets the bins."
        ),
        **model.common("spark"),
    )
    def profiles(
        context: AssetExecutionContext, lake: LakeResource, spark: LazyPySparkResource
    ) -> Iterator[object]:
        partitions = partitions_of_run(context)
        opened = lake.open()
        edges = read_edges(opened, model)
        predictions = opened.table(model.table(names.PREDICTIONS))
        if not edges or not predictions.exists():
            yield MaterializeResult(metadata={"rows": 0, "reference": "none yet"})
            return
        frame = predictions.read(spark.spark_session, partitions)
        version = frame.selectExpr("max(model_version)").first()
        found = profile_frame(
            frame.select("features.*", "score", names.PARTITION), [*edges, SCORE_EDGES]
        )
        segment = score_segment(version[0]) if version else ""
        commit = opened.table(model.table(names.PROFILES)).replace_arrow(
            profile_rows(found, segment), partitions
        )
        yield MaterializeResult(
            metadata={
                "dagster/partition_row_count": sum(commit.rows.values()),
                "rows": sum(profile.rows for _, profile in found) // max(1, len(edges) + 1),
                "delta_version": commit.version,
                "edge_version": edges[0].version,
            }
        )

    return profiles
