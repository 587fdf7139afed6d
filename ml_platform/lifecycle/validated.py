"""Validated and quarantine: each raw row goes to one of the two, with its reasons."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import unquote

from dagster import (
    AssetExecutionContext,
    AssetsDefinition,
    BackfillPolicy,
    MaterializeResult,
    multi_asset,
)
from dagster_pyspark import LazyPySparkResource

from ml_platform.core import names
from ml_platform.core.check_outcome import CheckOutcome
from ml_platform.core.quality import (
    PartitionCount,
    conservation_outcome,
    contract_outcome,
)
from ml_platform.core.source_spec import SourceSpec
from ml_platform.core.verdict import Verdict
from ml_platform.lifecycle.check_results import check_results
from ml_platform.lifecycle.check_specs import check_specs
from ml_platform.lifecycle.optional_checks import optional_checks
from ml_platform.lifecycle.partition_quality import Written, judge_quality
from ml_platform.lifecycle.partitioning import partitions_of_run
from ml_platform.lifecycle.quarantine_reasons import reasons_by_partition
from ml_platform.lifecycle.source import Source
from ml_platform.lifecycle.table_metadata import table_metadata
from ml_platform.lifecycle.unjudged import observed_gaps, why_not_evaluated
from ml_platform.lifecycle.validated_specs import asset_specs
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.spark.contract import ContractReport, ContractSplit
from ml_platform.spark.contract_keys import partition_of
from ml_platform.stores.lake import Commit, LakeTable
from ml_platform.stores.lake_write import StagedRows

_ONLY_WARNED = (Verdict.WARNED,)


@dataclass(frozen=True)
class Tables:
    """The three tables of a source."""

    raw: LakeTable
    validated: LakeTable
    quarantine: LakeTable


def validated_asset(source: Source) -> AssetsDefinition:
    """The assets ``<table>/validated`` and ``<table>/quarantine`` with their checks."""
    spec = source.spec
    good, bad = names.validated(spec.name), names.quarantine(spec.name)

    @optional_checks
    @multi_asset(
        name=f"{spec.name}__validated",
        specs=asset_specs(source),
        check_specs=check_specs(good, source.partitions),
        partitions_def=source.partitions,
        backfill_policy=BackfillPolicy.single_run(),
        group_name=spec.name,
    )
    def validated(
        context: AssetExecutionContext, lake: LakeResource, spark: LazyPySparkResource
    ) -> Iterator[object]:
        partitions = partitions_of_run(context)
        tables = _tables(lake, spec.name)
        split = source.compiled.split(tables.raw.read(spark.spark_session, partitions), partitions)
        with tables.validated.staged(split.validated, partitions, narrower=True) as waiting:
            # Counted while the rows were written; what becomes of them is decided now.
            report = split.report()
            set_aside = _set_aside(tables.quarantine, split, report, partitions)
            yield MaterializeResult(
                asset_key=list(bad), metadata=table_metadata(tables.quarantine, set_aside)
            )
            written = _written(tables, set_aside, partitions)
            outcomes = _contract_outcomes(spec, written, report)
            valid = [p for p in partitions if outcomes[p].verdict is not Verdict.FAILED]
            files = _waiting_files(waiting, valid)
            quality = judge_quality(source, lake.open(), spark.spark_session, written, files)
            gates = [*outcomes.values(), *quality[names.QUALITY].values()]
            kept: Commit | None = None
            if not any(gate.verdict is Verdict.FAILED for gate in gates):
                kept = waiting.commit()
                metadata = table_metadata(tables.validated, kept) | _report_metadata(report)
                metadata |= why_not_evaluated(quality)
                yield MaterializeResult(asset_key=list(good), metadata=metadata)
        # Rows set aside hold up nothing that follows, and are still to be seen on the asset.
        report_check = partial(check_results, context, good)
        yield from report_check(names.CONTRACT, outcomes, lets_through=_ONLY_WARNED)
        yield from report_check(names.REFUSED_ROWS, outcomes, warn_only=True)
        conserved = {
            p: conservation_outcome(w.count, kept and kept.rows.get(p, 0))
            for p, w in written.items()
        }
        yield from observed_gaps(good, {names.CONSERVATION: conserved, **quality})
        yield from report_check(names.CONSERVATION, conserved)
        for check, judged in quality.items():
            yield from report_check(check, judged, lets_through=_ONLY_WARNED)

    return validated


def _tables(lake: LakeResource, table: str) -> Tables:
    opened = lake.open()
    return Tables(
        opened.table(names.table_of(names.raw(table))),
        opened.table(names.table_of(names.validated(table))),
        opened.table(names.table_of(names.quarantine(table))),
    )


def _set_aside(
    quarantine: LakeTable, split: ContractSplit, report: ContractReport, partitions: Sequence[str]
) -> Commit:
    """Write the refused rows; where there are none, no Spark job looks for them."""
    if report.bad_rows or not quarantine.exists():
        return quarantine.replace(split.quarantine, partitions, narrower=True)
    return quarantine.clear(partitions)


def _written(tables: Tables, set_aside: Commit, partitions: Sequence[str]) -> dict[str, Written]:
    """What is known of each partition once its refused rows are in the quarantine."""
    landed = tables.raw.row_counts()
    reasons = reasons_by_partition(tables.quarantine, partitions)
    return {
        p: Written(PartitionCount(landed.get(p, 0), set_aside.rows.get(p, 0)), found)
        for p, found in zip(partitions, reasons, strict=True)
    }


def _waiting_files(waiting: StagedRows, partitions: Sequence[str]) -> list[str]:
    """The files of these partitions among those that wait to be committed."""
    return [path for path in waiting.files() if unquote(partition_of(path)) in partitions]


def _contract_outcomes(
    spec: SourceSpec, written: Mapping[str, Written], report: ContractReport
) -> dict[str, CheckOutcome]:
    """The verdict of each partition; what pandera alone can judge breaks all of them."""
    whole = [v.check for v in report.verdicts if not v.compiled and not v.passed]
    refuse = spec.on_violation == "fail"
    return {
        p: contract_outcome(w.count, w.reasons, spec.block_above, refuse, whole)
        for p, w in written.items()
    }


def _report_metadata(report: ContractReport) -> dict[str, object]:
    return {
        "contract_checks": len(report.verdicts),
        "checks_left_to_pandera": ", ".join(report.not_compiled) or "none",
    }
