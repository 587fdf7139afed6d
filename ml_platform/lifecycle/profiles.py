"""Profiles: what each partition looked like, as counts that add up to any window."""

from collections.abc import Iterator
from dataclasses import replace

from dagster import (
    AssetExecutionContext,
    AssetsDefinition,
    BackfillPolicy,
    MaterializeResult,
    asset,
)
from dagster_pyspark import LazyPySparkResource

from ml_platform.core import names
from ml_platform.core.profile_line import profile_line
from ml_platform.core.score_profile import SCORE
from ml_platform.core.segmentation import ALL_ROWS
from ml_platform.lifecycle.automation import FOLLOW_INPUTS
from ml_platform.lifecycle.edges_table import read_plan, read_score_edges
from ml_platform.lifecycle.metadata_table import table_of
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.partitioning import partitions_of_run
from ml_platform.lifecycle.profile_table import profile_rows
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.spark.profile_pass import ProfiledFiles, profile_pass
from ml_platform.stores.lake import LakeTable


def profiles_asset(model: Model) -> AssetsDefinition:
    """The asset ``<model>/profiles``."""

    @asset(
        key=list(model.path(names.PROFILES)),
        deps=[model.key(names.PREDICTIONS)],
        partitions_def=model.partitions,
        backfill_policy=BackfillPolicy.single_run(),
        automation_condition=FOLLOW_INPUTS,
        description=(
            "Counts per column on the reference's bins: missing, NaN, infinite, histogram with "
            "sums, categories, unseen and distinct values. Counts add, so no window ever scans "
            "rows again. Grain: one row per partition, segment and column. Empty until a first "
            "model sets the bins."
        ),
        **model.common("spark"),
    )
    def profiles(
        context: AssetExecutionContext, lake: LakeResource, spark: LazyPySparkResource
    ) -> Iterator[object]:
        partitions = partitions_of_run(context)
        opened = lake.open()
        plan, score = read_plan(opened, model), read_score_edges(opened, model)
        predictions = opened.table(model.table(names.PREDICTIONS))
        if not plan.edges or score is None or not predictions.exists():
            yield MaterializeResult(metadata={"rows": 0, "reference": "none yet"})
            return
        # The scores and the model version that made them must be of one version of the table.
        version = predictions.version()
        files = ProfiledFiles(
            spark.spark_session, tuple(predictions.files(partitions, version)), leaves_of(model)
        )
        # A version that is live again may not take all the inputs of the one after it.
        absent = files.lacking(plan)
        edges = tuple(cut for cut in plan.edges if cut.column not in absent)
        segments = tuple(each for each in plan.segmentations if each.column not in absent)
        found = profile_pass(files, replace(plan, edges=(*edges, score), segmentations=segments))
        commit = opened.table(model.table(names.PROFILES)).replace_arrow(
            profile_rows(found, scored_by(predictions, partitions, version)), partitions
        )
        every_row = [each for each in found if each.segment == ALL_ROWS]
        scores = [each.profile for each in every_row if each.profile.column == SCORE]
        newest = [each.profile for each in every_row if each.partition == partitions[-1]]
        yield MaterializeResult(
            metadata={
                "dagster/partition_row_count": sum(commit.rows.values()),
                "rows": sum(profile.rows for profile in scores),
                "delta_version": commit.version,
                "edge_version": max(cut.version for cut in plan.edges),
                **({"columns": table_of([profile_line(p) for p in newest])} if newest else {}),
            }
        )

    return profiles


def leaves_of(model: Model) -> dict[str, str]:
    """Where the inputs lie in the predictions: as they were scored, in a struct."""
    return {name: f"features.{name}" for name in model.inputs}


def scored_by(table: LakeTable, partitions: list[str], version: int | None) -> dict[str, int]:
    """The model version that scored each partition that has rows."""
    rows = table.read_arrow(partitions, version, ["model_version", names.PARTITION])
    newest = rows.group_by(names.PARTITION).aggregate([("model_version", "max")])
    return dict(
        zip(
            newest[names.PARTITION].to_pylist(),
            newest["model_version_max"].to_pylist(),
            strict=True,
        )
    )
