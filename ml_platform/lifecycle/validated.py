"""Validated and quarantine: each raw row goes to one of the two, with its reasons."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dagster import (
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    BackfillPolicy,
    MaterializeResult,
    multi_asset,
)
from dagster_pyspark import LazyPySparkResource

from ml_platform.core import names
from ml_platform.core.quality import (
    PartitionCount,
    conservation_outcome,
    contract_outcome,
    volume_outcome,
)
from ml_platform.core.verdict import Verdict
from ml_platform.lifecycle.automation import FOLLOW_INPUTS
from ml_platform.lifecycle.check_results import check_result
from ml_platform.lifecycle.partitioning import partitions_of_run
from ml_platform.lifecycle.quarantine_reasons import reasons_by_partition
from ml_platform.lifecycle.source import Source
from ml_platform.lifecycle.table_metadata import STORAGE, table_metadata
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.spark.contract import ContractReport, ContractSplit
from ml_platform.stores.lake import Commit, LakeTable


@dataclass(frozen=True)
class Tables:
    """The three tables of a source."""

    raw: LakeTable
    validated: LakeTable
    quarantine: LakeTable


def validated_asset(source: Source) -> AssetsDefinition:
    """The assets ``validated/<table>`` and ``quarantine/<table>`` with their checks."""
    spec = source.spec
    good, bad = names.validated(spec.name), names.quarantine(spec.name)

    @multi_asset(
        name=f"validated__{spec.name}",
        specs=_asset_specs(source),
        check_specs=_check_specs(source),
        partitions_def=source.partitions,
        backfill_policy=BackfillPolicy.single_run(),
        group_name=spec.name,
    )
    def validated(
        context: AssetExecutionContext, lake: LakeResource, spark: LazyPySparkResource
    ) -> Iterator[object]:
        partitions = partitions_of_run(context)
        tables = _tables(lake, spec.name)
        split = source.compiled.split(tables.raw.read(spark.spark_session, partitions))
        set_aside = tables.quarantine.replace(split.quarantine, partitions)
        yield MaterializeResult(
            asset_key=list(bad), metadata=table_metadata(tables.quarantine, set_aside)
        )
        counts = _counts(tables, set_aside, partitions)
        whole = _broken_as_a_whole(split, counts)
        outcomes = {
            p: contract_outcome(
                count, reasons, spec.block_above, spec.on_violation == "fail", whole
            )
            for (p, count), reasons in zip(
                counts.items(), reasons_by_partition(tables.quarantine, partitions), strict=True
            )
        }
        kept: Commit | None = None
        if not any(outcome.verdict is Verdict.FAILED for outcome in outcomes.values()):
            kept = tables.validated.replace(split.validated, partitions)
            metadata = table_metadata(tables.validated, kept) | _report_metadata(split.report())
            yield MaterializeResult(asset_key=list(good), metadata=metadata)
        yield check_result(context, good, names.CONTRACT, outcomes)
        yield check_result(
            context,
            good,
            names.CONSERVATION,
            {p: conservation_outcome(c, kept and kept.rows.get(p, 0)) for p, c in counts.items()},
        )
        history = tables.raw.row_counts()
        yield check_result(
            context,
            good,
            names.VOLUME,
            {p: volume_outcome(p, c.landed, history, spec.volume) for p, c in counts.items()},
        )

    return validated


def _tables(lake: LakeResource, table: str) -> Tables:
    opened = lake.open()
    return Tables(
        opened.table(names.table_of(names.raw(table))),
        opened.table(names.table_of(names.validated(table))),
        opened.table(names.table_of(names.quarantine(table))),
    )


def _counts(
    tables: Tables, set_aside: Commit, partitions: Sequence[str]
) -> Mapping[str, PartitionCount]:
    landed = tables.raw.row_counts()
    return {p: PartitionCount(landed.get(p, 0), set_aside.rows.get(p, 0)) for p in partitions}


def _broken_as_a_whole(split: ContractSplit, counts: Mapping[str, PartitionCount]) -> Sequence[str]:
    """Failed checks that pandera alone can judge; they cost jobs, compiled ones do not."""
    if not split.contract.not_compiled:
        return ()
    valid = sum(count.landed - count.quarantined for count in counts.values())
    return [verdict.check for verdict in split.judged_by_pandera(valid) if not verdict.passed]


def _report_metadata(report: ContractReport) -> dict[str, object]:
    return {
        "contract_checks": len(report.verdicts),
        "checks_left_to_pandera": ", ".join(report.not_compiled) or "none",
    }


def _asset_specs(source: Source) -> list[AssetSpec]:
    spec = source.spec
    good, bad = names.validated(spec.name), names.quarantine(spec.name)
    common = {"owners": list(spec.owners), "tags": spec.tags, "kinds": {"spark", STORAGE}}
    upstream = [AssetKey(list(names.raw(spec.name)))]
    return [
        AssetSpec(
            key=AssetKey(list(bad)),
            deps=upstream,
            description=(
                f"Rows of `{spec.name}` that break its contract, as landed, each with the list of "
                "reasons (column, check, value). Grain: one row per refused row."
            ),
            automation_condition=FOLLOW_INPUTS,
            skippable=True,
            **common,
        ),
        AssetSpec(
            key=AssetKey(list(good)),
            deps=upstream,
            description=f"{spec.description}\n\nRows that keep the contract "
            f"`{source.contract.__name__}`, typed. Source: `raw/{spec.name}`.",
            automation_condition=FOLLOW_INPUTS,
            # A blocked partition keeps its last good version.
            skippable=True,
            **common,
        ),
    ]


def _check_specs(source: Source) -> list[AssetCheckSpec]:
    asset = AssetKey(list(names.validated(source.spec.name)))
    every = source.partitions
    return [
        AssetCheckSpec(
            names.CONTRACT,
            asset=asset,
            blocking=True,
            partitions_def=every,
            description="The share of rows that break the contract is within its limit.",
        ),
        AssetCheckSpec(
            names.CONSERVATION,
            asset=asset,
            blocking=True,
            partitions_def=every,
            description="Rows landed = rows validated + rows quarantined.",
        ),
        AssetCheckSpec(
            names.VOLUME,
            asset=asset,
            partitions_def=every,
            description="The row count is near the trailing median.",
        ),
    ]
