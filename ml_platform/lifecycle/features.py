"""Features: what is known of each event before it happens, by the team's own function."""

from collections.abc import Iterator

from dagster import (
    AssetDep,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    BackfillPolicy,
    TimeWindowPartitionMapping,
    asset,
)
from dagster_pyspark import LazyPySparkResource

from ml_platform.core import names
from ml_platform.core.check_outcome import CheckOutcome
from ml_platform.core.duration import format_duration
from ml_platform.core.quality import joined_outcome
from ml_platform.lifecycle.automation import follow_inputs_except
from ml_platform.lifecycle.check_results import written
from ml_platform.lifecycle.check_specs import check_specs
from ml_platform.lifecycle.feature_definition import declared_definition
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.optional_checks import optional_checks
from ml_platform.lifecycle.partitioning import partitions_of_run
from ml_platform.lifecycle.table_metadata import column_lineage, table_metadata
from ml_platform.resources.lake_resource import LakeResource


def features_asset(model: Model) -> AssetsDefinition:
    """The asset ``<model>/features`` and its check that no event was lost or doubled."""
    path = model.path(names.FEATURES)

    @optional_checks
    @asset(
        key=list(path),
        deps=_deps(model),
        partitions_def=model.partitions,
        backfill_policy=BackfillPolicy.single_run(),
        automation_condition=follow_inputs_except(names.validated(model.spec.sources.labels)),
        description=(
            "Inputs of the model, one row per event of "
            f"`{model.spec.sources.primary}`: key, columns known before the event, event time. "
            f"{_looks_back(model)}, never ahead."
        ),
        check_specs=check_specs(path, model.partitions),
        **model.common("spark"),
    )
    def features(
        context: AssetExecutionContext, lake: LakeResource, spark: LazyPySparkResource
    ) -> Iterator[object]:
        partitions = partitions_of_run(context)
        opened = lake.open()
        table = opened.table(model.table(names.FEATURES))
        definition = declared_definition(model)
        frame = definition.features(model, opened, spark.spark_session, partitions)
        commit = table.replace(frame, partitions, narrower=True)
        lineage = column_lineage(model.lineage, _asset_of(model))
        events = opened.table(names.table_of(names.validated(model.spec.sources.primary)))
        expected = events.row_counts()
        metadata = table_metadata(table, commit) | {"dagster/column_lineage": lineage}
        outcomes = {names.JOINED: _outcomes(partitions, expected, commit.rows)}
        yield from written(context, path, metadata, outcomes)

    return features


def _looks_back(model: Model) -> str:
    return f"Looks back {format_duration(model.lookback)}" if model.lookback else "Never looks back"


def _outcomes(
    partitions: list[str], expected: dict[str, int], written: dict[str, int]
) -> dict[str, CheckOutcome]:
    return {p: joined_outcome(expected.get(p, 0), written.get(p, 0)) for p in partitions}


def _asset_of(model: Model) -> dict[str, tuple[str, ...]]:
    sources = model.spec.sources
    tables = (sources.primary, *sources.lookups, sources.labels)
    return {table: names.validated(table) for table in tables}


def _deps(model: Model) -> list[AssetDep]:
    sources = model.spec.sources
    same = [
        AssetDep(AssetKey(list(names.validated(t)))) for t in (sources.primary, *sources.lookups)
    ]
    if not model.lookback:
        return same
    back = TimeWindowPartitionMapping(
        start_offset=-model.calendar.count(model.lookback),
        end_offset=-1,
        allow_nonexistent_upstream_partitions=True,
    )
    labels = AssetKey(list(names.validated(sources.labels)))
    return [*same, AssetDep(labels, partition_mapping=back)]
