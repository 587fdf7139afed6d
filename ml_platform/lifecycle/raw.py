"""Raw: a landing file as it landed, in the lake, with where each row came from."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetMaterialization,
    AssetsDefinition,
    AssetSpec,
    BackfillPolicy,
    MaterializeResult,
    multi_asset,
)
from dagster_pyspark import LazyPySparkResource

from ml_platform.core import names
from ml_platform.core.check_outcome import CheckOutcome
from ml_platform.core.figures import counted
from ml_platform.core.landing import LandedFile
from ml_platform.core.verdict import Verdict
from ml_platform.lifecycle.check_results import check_results
from ml_platform.lifecycle.check_specs import check_specs
from ml_platform.lifecycle.partitioning import partitions_of_run
from ml_platform.lifecycle.source import Source
from ml_platform.lifecycle.table_metadata import STORAGE, table_metadata
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.spark.landing_inspection import Inspected, inspect_landed
from ml_platform.spark.landing_reader import read_landed
from ml_platform.spark.partition_counts import rows_in_files


def landing_spec(source: Source) -> AssetSpec:
    """The landing files themselves: written by the outside world, observed by the platform."""
    return AssetSpec(
        key=AssetKey(list(names.landing(source.spec.name))),
        description=f"Files that land as `{source.spec.landing.path}`, written by their producer.",
        group_name=source.spec.name,
        partitions_def=source.partitions,
        kinds={"file", source.spec.landing.format},
        owners=list(source.spec.owners),
        tags=source.spec.tags,
    )


def raw_asset(source: Source) -> AssetsDefinition:
    """The asset ``<table>/raw`` and its blocking check ``readable``."""
    spec = source.spec
    path = names.raw(spec.name)

    @multi_asset(
        name=f"{spec.name}__raw",
        specs=[
            AssetSpec(
                key=AssetKey(list(path)),
                deps=[AssetKey(list(names.landing(spec.name)))],
                description=(
                    f"`{spec.name}` as landed, every column as text, with source file, its "
                    "SHA-256, row number and time of ingestion. Grain: one row per landed row."
                ),
                kinds={"spark", STORAGE},
                owners=list(spec.owners),
                tags=spec.tags,
                # A file that cannot be read, or that did not change, leaves the table as it is.
                skippable=True,
            )
        ],
        check_specs=check_specs(path, source.partitions),
        partitions_def=source.partitions,
        backfill_policy=BackfillPolicy.single_run(),
        group_name=spec.name,
    )
    def raw(
        context: AssetExecutionContext, lake: LakeResource, spark: LazyPySparkResource
    ) -> Iterator[object]:
        partitions = partitions_of_run(context)
        files = [_hashed(source.landed(p)) for p in partitions]
        for file in files:
            context.log_event(_landing_event(file))
        contract = source.compiled
        inspected = {
            f.partition: inspect_landed(f, spec.landing, contract.columns, contract.optional)
            for f in files
        }
        outcomes = {f.partition: _outcome(f, inspected[f.partition]) for f in files}
        if _all_passed(outcomes):
            table = lake.open().table(names.table_of(path))
            frame = read_landed(spark.spark_session, files, spec.landing, contract.columns)
            with table.staged(frame, partitions, info=_provenance(files), narrower=True) as waiting:
                read = rows_in_files(waiting.files())
                for f in files:
                    if (rows := read.get(f.partition, 0)) != inspected[f.partition].rows:
                        outcomes[f.partition] = _miscounted(f, inspected[f.partition].rows, rows)
                if _all_passed(outcomes):
                    metadata = table_metadata(table, waiting.commit())
                    yield MaterializeResult(asset_key=list(path), metadata=metadata)
        yield from check_results(context, path, names.READABLE, outcomes)

    return raw


def _hashed(file: LandedFile) -> LandedFile:
    with Path(file.path).open("rb") as content:
        return replace(file, sha256=hashlib.file_digest(content, "sha256").hexdigest())


def _landing_event(file: LandedFile) -> AssetMaterialization:
    return AssetMaterialization(
        asset_key=list(names.landing(file.table)),
        partition=file.partition,
        metadata={
            "path": file.path,
            "bytes": file.size,
            "sha256": str(file.sha256),
            "fingerprint": file.fingerprint,
            "modified_at": datetime.fromtimestamp(file.modified_at, UTC).isoformat(),
        },
    )


def _provenance(files: Sequence[LandedFile]) -> dict[str, str]:
    return {f"sha256:{f.partition}": str(f.sha256) for f in files}


def _all_passed(outcomes: Mapping[str, CheckOutcome]) -> bool:
    return all(outcome.verdict is Verdict.PASSED for outcome in outcomes.values())


def _outcome(file: LandedFile, inspected: Inspected) -> CheckOutcome:
    if inspected.problems:
        return _not_taken_in(file, inspected.problems)
    numbers = {"bytes": file.size, "rows": inspected.rows}
    return CheckOutcome(Verdict.PASSED, f"{Path(file.path).name} can be read", numbers)


def _miscounted(file: LandedFile, held: int, read: int) -> CheckOutcome:
    return _not_taken_in(
        file, (f"{counted(held, 'row')} are in the file, but {read:,} were read of it",)
    )


def _not_taken_in(file: LandedFile, problems: Sequence[str]) -> CheckOutcome:
    table = tuple({"file": file.path, "problem": problem} for problem in problems)
    sentence = f"{Path(file.path).name} was not taken in: {'; '.join(problems)}"
    return CheckOutcome(Verdict.FAILED, sentence, {"bytes": file.size}, table)
