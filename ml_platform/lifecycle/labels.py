"""Labels: the truth about each event, as it comes, with every correction kept."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial

from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    BackfillPolicy,
    asset,
)
from dagster_pyspark import LazyPySparkResource
from pyspark.sql import DataFrame, SparkSession

from ml_platform.core import names
from ml_platform.core.labels import (
    LabelAnomalies,
    expected_labels,
    label_join_outcome,
    refused_outcome,
)
from ml_platform.lifecycle.automation import follow_inputs_except
from ml_platform.lifecycle.check_results import written
from ml_platform.lifecycle.check_specs import check_specs
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.optional_checks import optional_checks
from ml_platform.lifecycle.partitioning import partitions_of_run
from ml_platform.lifecycle.table_metadata import table_metadata
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.spark.label_rows import label_rows, refused_labels, with_corrections
from ml_platform.spark.labels_join import label_anomalies
from ml_platform.stores.lake import Lake
from ml_platform.stores.lake_update import update_partitions


def labels_asset(model: Model) -> AssetsDefinition:
    """The asset ``<model>/labels`` and its check that labels and events know each other."""
    path = model.path(names.LABELS)
    source = model.spec.sources.labels

    @optional_checks
    @asset(
        key=list(path),
        # The events that labels are for; a change of features asks for no labels.
        deps=[AssetKey(list(names.validated(source))), model.key(names.FEATURES)],
        partitions_def=model.partitions,
        backfill_policy=BackfillPolicy.single_run(),
        automation_condition=follow_inputs_except(model.path(names.FEATURES)),
        description=(
            f"`{model.spec.label.column}` of each event, from `{source}`, known "
            "once it is over, with the moment it became known. A corrected label is a further row, "
            "a withdrawn one a row without a label: the latest counts. Grain: one row per event "
            "and correction."
        ),
        check_specs=check_specs(path, model.partitions),
        **model.common("spark"),
    )
    def labels(
        context: AssetExecutionContext, lake: LakeResource, spark: LazyPySparkResource
    ) -> Iterator[object]:
        partitions = partitions_of_run(context)
        opened = lake.open()
        table = opened.table(model.table(names.LABELS))
        session = spark.spark_session
        revise = partial(current_labels, model, opened, session, partitions)
        commit = update_partitions(table, session, partitions, revise)
        events = _events(model, opened)
        anomalies = _anomalies(model, opened, session, set(events) & set(partitions))
        refused = _refused(model, opened, session, partitions)
        expected = expected_labels(model.task, model.spec.label)
        outcomes = {
            p: refused_outcome(commit.rows.get(p, 0), refused[p], expected)
            if p in refused
            else label_join_outcome(commit.rows.get(p, 0), events.get(p), anomalies.get(p))
            for p in partitions
        }
        metadata = table_metadata(table, commit)
        yield from written(context, path, metadata, {names.LABEL_JOIN: outcomes})

    return labels


def current_labels(
    model: Model,
    lake: Lake,
    spark: SparkSession,
    partitions: list[str],
    recorded: DataFrame | None,
) -> DataFrame:
    """All label rows of these partitions: those on record, and what the source now says anew."""
    source = lake.table(names.table_of(names.validated(model.spec.sources.labels)))
    now = datetime.now(UTC)
    landed = source.read(spark, partitions)
    fresh = label_rows(landed, model.spec.key, model.spec.label, now, model.task.label)
    if recorded is None:
        return fresh
    return with_corrections(recorded, fresh, model.spec.key, now)


def _refused(
    model: Model, lake: Lake, spark: SparkSession, partitions: list[str]
) -> Mapping[str, Mapping[str, int]]:
    """Of each partition, what landed as a label and is none."""
    source = lake.table(names.table_of(names.validated(model.spec.sources.labels)))
    return refused_labels(source.read(spark, partitions), model.spec.label, model.task.label)


def _events(model: Model, lake: Lake) -> dict[str, int]:
    features = lake.table(model.table(names.FEATURES))
    return features.row_counts() if features.exists() else {}


def _anomalies(
    model: Model, lake: Lake, spark: SparkSession, partitions: set[str]
) -> Mapping[str, LabelAnomalies]:
    """Anomalies by partition, for partitions whose events are known."""
    if not partitions:
        return {}
    known = sorted(partitions)
    events = lake.table(model.table(names.FEATURES)).read(spark, known)
    labels = lake.table(model.table(names.LABELS)).read(spark, known)
    return label_anomalies(events, labels, model.spec.key)
