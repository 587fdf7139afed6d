"""Reference: what the data looked like when the candidate was trained, to compare later days."""

from collections.abc import Sequence

import pyarrow as pa
from dagster import AssetExecutionContext, AssetsDefinition, MaterializeResult, asset
from dagster_pyspark import LazyPySparkResource

from ml_platform.core import names
from ml_platform.core.profile import ColumnProfile, merge_all
from ml_platform.core.profile_columns import profile_columns
from ml_platform.core.score_profile import SCORE
from ml_platform.estimators.artifact import load_artifact
from ml_platform.lifecycle.challenger import challenger_of
from ml_platform.lifecycle.edges_table import fit_plan, fit_score_edges
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.profile_history import complete_profiles
from ml_platform.lifecycle.profile_table import PROFILE_SCHEMA, read_profiles
from ml_platform.lifecycle.thresholds import keep_thresholds
from ml_platform.lifecycle.training_rows import read_split
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.registry_resource import RegistryResource

REFERENCE_SCHEMA = PROFILE_SCHEMA.remove(PROFILE_SCHEMA.get_field_index("partition")).append(
    pa.field("model_version", pa.int64())
)


def reference_asset(model: Model) -> AssetsDefinition:
    """The asset ``<model>/reference``."""

    @asset(
        key=list(model.path(names.REFERENCE)),
        deps=[model.key(names.CANDIDATE)],
        description=(
            "Profiles of the training window's inputs and of the candidate's scores on its "
            "hold-out: what drift is measured from. Bins are cut at the first training, so that "
            "profiles of all days add; a later one divides those that have become too coarse. "
            "Grain: one row per model version and column."
        ),
        **model.common("spark"),
    )
    def reference(
        context: AssetExecutionContext,
        lake: LakeResource,
        registry: RegistryResource,
        spark: LazyPySparkResource,
    ) -> MaterializeResult:
        opened, versions = lake.open(), registry.open()
        challenger = challenger_of(context, versions, model.name)
        version = int(challenger.tags["training_set_version"])
        train = read_split(model, opened, spark.spark_session, version, "train")
        holdout = read_split(model, opened, spark.spark_session, version, "holdout")
        plan = fit_plan(opened, model, train.columns, train.segments)
        window = sorted({*train.partitions.tolist(), *holdout.partitions.tolist()})
        features = opened.table(model.table(names.FEATURES)).partitions()
        first = versions.champion(model.name) is None
        as_of = features[-1] if first else context.run.tags.get(names.TAG_AS_OF, "")
        profiled = days_to_profile(window, features, as_of)
        done = complete_profiles(model, opened, spark.spark_session, plan, profiled)
        inputs = merge_all(read_profiles(opened, model, window, ""))
        artifact = load_artifact(challenger.path, challenger.manifest_sha256)
        scores = artifact.score(holdout.columns)
        edges = fit_score_edges(opened, model, scores)
        score = profile_columns({SCORE: scores}, [edges])
        rows = _rows([*inputs, *score], challenger.version)
        once = (f"{model.name}/reference/{challenger.version}", 1)
        opened.table(model.table(names.REFERENCE)).append_arrow(rows, app=once)
        thresholds = keep_thresholds(
            model, opened, challenger.version, artifact.score, edges, train, holdout
        )
        return MaterializeResult(
            metadata={
                "model_version": challenger.version,
                "columns": len(inputs),
                "partitions": len(window),
                "rows": inputs[0].rows,
                "edge_version": max(cut.version for cut in plan.edges),
                "partitions_counted": len(done.counted),
                "partitions_rebinned": len(done.rebinned),
                **thresholds,
            }
        )

    return reference


def days_to_profile(window: Sequence[str], features: Sequence[str], as_of: str) -> list[str]:
    """What was learned from, and all other days through the one that was decided on.

    Days whose labels are still to come were not scored while there was no champion: of the first
    one all days there are count. Its first windows begin with them, and a window that lacks a
    weekday looks like drift.
    """
    return sorted({*window, *(p for p in features if window[0] <= p <= as_of)})


def _rows(profiles: Sequence[ColumnProfile], version: int) -> pa.Table:
    rows = [p.to_row() | {"segment": "", "model_version": version} for p in profiles]
    return pa.Table.from_pylist(rows, schema=REFERENCE_SCHEMA)
