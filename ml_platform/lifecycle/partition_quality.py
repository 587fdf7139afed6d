"""The quality of the partitions of a run: measured, judged by those before them, recorded."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from pyspark.sql import SparkSession
from pyspark.sql import types as T

from ml_platform.core import names
from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.errors import LandingError
from ml_platform.core.quality import PartitionCount, Reason
from ml_platform.core.quality_over_time.judgement import History, Judged, Series, judge
from ml_platform.core.quality_over_time.measure import MEASURES
from ml_platform.core.quality_over_time.outcome import gate_outcome, measure_outcome, rows_of
from ml_platform.core.quality_over_time.rhythm import CADENCES, looked_back, needed
from ml_platform.core.quality_over_time.schema_change import schema_outcome, schema_rows
from ml_platform.core.verdict import Verdict
from ml_platform.lifecycle.quality_table import QualityTable, columns_of, history_of
from ml_platform.lifecycle.source import Source
from ml_platform.spark.contract_report import UNIQUE
from ml_platform.spark.landed_schema import is_complete, landed_schema
from ml_platform.spark.partition_counts import Asked, PartitionCounts, count_partitions
from ml_platform.stores.lake import Lake

Outcomes = dict[str, dict[str, CheckOutcome]]
"""By check and partition."""


@dataclass(frozen=True)
class Written:
    """A partition as the run has written it.

    Attributes:
        count: rows landed and refused.
        reasons: why rows were refused.
    """

    count: PartitionCount
    reasons: Sequence[Reason]


def judge_quality(
    source: Source,
    lake: Lake,
    spark: SparkSession,
    written: Mapping[str, Written],
    files: Sequence[str],
) -> Outcomes:
    """Judge what a run has written, and record it in the table of quality.

    Args:
        source: the table.
        lake: where its quality is kept.
        spark: for the pass over many bytes.
        written: each partition of the run.
        files: Parquet files of the valid rows, committed or waiting to be; none of partitions that
            the contract has refused.
    """
    counts = count_partitions(spark, files, asked_of(source)) if files else {}
    schemas = {partition: _landed_columns(source, partition) for partition in written}
    table = QualityTable.of(lake, source.spec.name)
    earlier = _earlier(source, table, written)
    measured = {p: _measured(source, w, counts.get(p)) for p, w in written.items()}
    lines = _judged(source, written, measured, history_of(earlier))
    refused = {p for p, w in written.items() if w.count.landed and p not in counts}
    outcomes = {
        **_measure_outcomes(source, lines, refused),
        names.SCHEMA: _schema_outcomes(source, schemas, columns_of(earlier)),
    }
    of_schema = outcomes[names.SCHEMA]
    table.replace(
        {p: [*rows_of(lines[p]), *schema_rows(schemas[p] or {}, of_schema[p])] for p in written}
    )
    return _with_gate(outcomes)


def asked_of(source: Source) -> Asked:
    """What is counted of each partition, as the contract and the declaration have it."""
    contract = source.compiled
    expected = source.spec.quality.nulls_expected
    nullable = [f.name for f in contract.fields if f.nullable or not f.required]
    return Asked(
        nulls=tuple(name for name in nullable if name not in expected),
        texts=tuple(f.name for f in contract.fields if isinstance(f.dtype, T.StringType)),
        # Rows whose key occurs twice were refused: those are known already.
        repeats=() if contract.unique else contract.columns,
    )


def _earlier(
    source: Source, table: QualityTable, written: Mapping[str, Written]
) -> list[dict[str, Any]]:
    """What is recorded of the partitions before, except of these themselves."""
    enough = looked_back(CADENCES[source.spec.partitions.every])
    return table.earlier(max(written), enough, without=written)


def _measured(
    source: Source, written: Written, counts: PartitionCounts | None
) -> dict[Series, float]:
    """Every measure of a partition; of one that was refused only what landed is known."""
    landed = written.count.landed
    values: dict[Series, float] = {(names.VOLUME, ""): float(landed)}
    if source.compiled.unique and landed:
        repeated = sum(reason.rows for reason in written.reasons if reason.check == UNIQUE)
        values[names.DUPLICATES, ""] = repeated / landed
    if counts is None or not counts.rows:
        return values
    if counts.repeated is not None:
        values[names.DUPLICATES, ""] = counts.repeated / counts.rows
    for column, nulls in counts.nulls.items():
        values[names.NULL_SPIKE, column] = nulls / counts.rows
    for column, distinct in counts.distinct.items():
        values[names.CATEGORY_EXPLOSION, column] = distinct
    return values


def _judged(
    source: Source,
    written: Mapping[str, Written],
    measured: Mapping[str, Mapping[Series, float]],
    history: History,
) -> dict[str, list[Judged]]:
    """Each partition by those before it, which may be of the same run."""
    lines: dict[str, list[Judged]] = {}
    for p in sorted(written):
        lines[p] = list(judge(source.spec, p, written[p].count.landed, measured[p], history))
        history = history.with_new(p, lines[p])
    return lines


def _measure_outcomes(
    source: Source, lines: Mapping[str, Sequence[Judged]], refused: Collection[str]
) -> Outcomes:
    spec = source.spec
    least = needed(CADENCES[spec.partitions.every], spec.quality.min_history)
    return {
        measure.name: {
            p: measure_outcome(measure, judged, least, p in refused) for p, judged in lines.items()
        }
        for measure in MEASURES
    }


def _landed_columns(source: Source, partition: str) -> dict[str, str] | None:
    """The columns of the landed file; None where it is not there any more."""
    spec = source.spec
    try:
        file = source.landed(partition)
        return landed_schema(file, spec.landing, source.compiled.columns)
    except LandingError:
        return None


def _schema_outcomes(
    source: Source,
    schemas: Mapping[str, dict[str, str] | None],
    recorded: Mapping[str, dict[str, str]],
) -> dict[str, CheckOutcome]:
    """Each partition by the newest before it of which the columns did not fail.

    None older than the declared ``quality.schema_since`` counts.
    """
    contract, complete = source.compiled.columns, is_complete(source.spec.landing)
    accepted = source.spec.quality.schema_since
    good = {p: columns for p, columns in recorded.items() if p >= accepted}
    outcomes = {}
    for partition, columns in sorted(schemas.items()):
        if columns is None:
            outcomes[partition] = not_evaluated("the landed file is not there any more")
            continue
        since = max((p for p in good if p < partition), default="")
        outcome = schema_outcome(columns, good.get(since), since, contract, complete)
        outcomes[partition] = outcome
        if columns and outcome.verdict is not Verdict.FAILED and partition >= accepted:
            good[partition] = columns
    return outcomes


def _with_gate(outcomes: Outcomes) -> Outcomes:
    partitions = dict.fromkeys(chain.from_iterable(outcomes.values()))
    gate = {
        p: gate_outcome({check: by_partition[p] for check, by_partition in outcomes.items()})
        for p in partitions
    }
    return {**outcomes, names.QUALITY: gate}
