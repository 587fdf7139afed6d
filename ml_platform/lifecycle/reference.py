"""Reference: what the data looked like when the candidate was trained, to compare later days."""

from collections.abc import Sequence

import pyarrow as pa
from dagster import AssetExecutionContext, AssetsDefinition, MaterializeResult, asset
from dagster_pyspark import LazyPySparkResource
from pyspark.sql import SparkSession

from ml_platform.core import names
from ml_platform.core.edges import Edges, edges_from_values
from ml_platform.core.profile import ColumnProfile, merge_all
from ml_platform.core.profile_columns import profile_columns
from ml_platform.core.score_profile import SCORE_EDGES
from ml_platform.estimators.artifact import load_artifact
from ml_platform.lifecycle.challenger import challenger_of
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.profile_table import (
    PROFILE_SCHEMA,
    profile_rows,
    read_edges,
    read_profiles,
)
from ml_platform.lifecycle.training_rows import read_split
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.registry_resource import RegistryResource
from ml_platform.spark.profile_pass import profile_frame
from ml_platform.stores.lake import Lake

REFERENCE_SCHEMA = PROFILE_SCHEMA.remove(PROFILE_SCHEMA.get_field_index("partition")).append(
    pa.field("model_version", pa.int64())
)

EDGES_SCHEMA = pa.schema(
    [
        ("column", pa.string()),
        ("kind", pa.string()),
        ("edges", pa.list_(pa.float64())),
        ("categories", pa.list_(pa.string())),
        ("version", pa.int64()),
    ]
)


def reference_asset(model: Model) -> AssetsDefinition:
    """The asset ``<model>/reference``."""

    @asset(
        key=list(model.path(names.REFERENCE)),
        deps=[model.key(names.CANDIDATE)],
        description=(
            "Profiles of the training window's inputs and of the candidate's scores on its "
            "hold-out: what drift is measured from. Bins are cut once, at the first training, so "
            "that profiles of all days add. Grain: one row per model version and column."
        ),
        **model.common("spark"),
    )
    def reference(
        context: AssetExecutionContext,
        lake: LakeResource,
        registry: RegistryResource,
        spark: LazyPySparkResource,
    ) -> MaterializeResult:
        opened = lake.open()
        challenger = challenger_of(context, registry.open(), model.name)
        version = int(challenger.tags["training_set_version"])
        train = read_split(model, opened, spark.spark_session, version, "train")
        holdout = read_split(model, opened, spark.spark_session, version, "holdout")
        edges = read_edges(opened, model) or _cut_edges(model, opened, train.columns)
        window = sorted({*train.partitions.tolist(), *holdout.partitions.tolist()})
        profile_missing_days(model, opened, spark.spark_session, edges, window)
        inputs = merge_all(read_profiles(opened, model, window, ""))
        scores = load_artifact(challenger.path, challenger.manifest_sha256).score(holdout.columns)
        score = profile_columns({"score": scores}, [SCORE_EDGES])
        rows = _rows([*inputs, *score], challenger.version)
        once = (f"{model.name}/reference/{challenger.version}", 1)
        opened.table(model.table(names.REFERENCE)).append_arrow(rows, app=once)
        return MaterializeResult(
            metadata={
                "model_version": challenger.version,
                "columns": len(inputs),
                "partitions": len(window),
                "rows": inputs[0].rows,
                "edge_version": edges[0].version,
            }
        )

    return reference


def profile_missing_days(
    model: Model, lake: Lake, spark: SparkSession, edges: Sequence[Edges], window: Sequence[str]
) -> None:
    """Profile the days of a window that came before the bins were cut, in one pass."""
    table = lake.table(model.table(names.PROFILES))
    counts = table.row_counts() if table.exists() else {}
    missing = [p for p in window if not counts.get(p)]
    if missing:
        features = lake.table(model.table(names.FEATURES)).read(spark, missing)
        found = profile_frame(features, edges)
        table.replace_arrow(profile_rows(found), missing)


def _cut_edges(model: Model, lake: Lake, columns: dict[str, object]) -> list[Edges]:
    edges = [
        edges_from_values(
            name,
            columns[name],  # type: ignore[arg-type]
            kind="categorical" if dtype == "string" else "numeric",
        )
        for name, dtype in model.inputs.items()
    ]
    rows = pa.Table.from_pylist([cut.to_row() for cut in edges], schema=EDGES_SCHEMA)
    lake.table(model.table(names.EDGES)).replace_arrow(rows, None)
    return edges


def _rows(profiles: Sequence[ColumnProfile], version: int) -> pa.Table:
    rows = [p.to_row() | {"segment": "", "model_version": version} for p in profiles]
    return pa.Table.from_pylist(rows, schema=REFERENCE_SCHEMA)
