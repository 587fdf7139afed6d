"""From a pure outcome to what Dagster shows: one result per check, one evaluation per partition."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from enum import Enum

from dagster import (
    AssetCheckEvaluation,
    AssetCheckKey,
    AssetCheckResult,
    AssetCheckSeverity,
    AssetExecutionContext,
    AssetKey,
    DagsterEvent,
    DagsterEventType,
    MetadataValue,
    TableColumn,
    TableRecord,
    TableSchema,
)

from ml_platform.core.check_outcome import Cell, CheckOutcome
from ml_platform.core.verdict import Verdict, worst
from ml_platform.lifecycle.checked_writes import CheckedWrite, checked_writes
from ml_platform.lifecycle.standing_verdicts import standing_verdicts


def check_result(
    context: AssetExecutionContext,
    asset: tuple[str, ...],
    check: str,
    outcomes: Mapping[str, CheckOutcome],
    warn_only: bool = False,
    lets_through: Collection[Verdict] = (),
) -> AssetCheckResult:
    """The result of a partitioned check.

    In a run over a range Dagster keeps a single row for the check, without a partition, so each
    partition's own evaluation is reported beside it: every day shows its own verdict in the UI.
    What was not evaluated is reported there only where the partition was evaluated before, whose
    verdict would otherwise stand: of all others the UI says "not evaluated" itself, and events of
    whole histories cost time.

    Args:
        context: of the step that checked.
        asset: the path of the checked asset.
        check: the check's name.
        outcomes: by partition key.
        warn_only: show a failure as a warning, as the declaration may ask.
        lets_through: verdicts of which Dagster is told that the check passed. Its automation asks
            whether a blocking check passed and does not look at how grave it is. The verdict of
            the platform is as it was.
    """
    if len(outcomes) == 1:
        [outcome] = outcomes.values()
        return single_result(asset, check, outcome, warn_only, lets_through)
    written = checked_writes(context.instance, asset, outcomes.keys())
    unknown = [p for p, outcome in outcomes.items() if not outcome.verdict.evaluated]
    all_told = Verdict.NOT_EVALUATED in lets_through
    standing = unknown if all_told else standing_verdicts(context.instance, asset, check, unknown)
    for partition, outcome in outcomes.items():
        if not outcome.verdict.evaluated and partition not in standing:
            continue
        result = single_result(asset, check, outcome, warn_only, lets_through)
        _report(context, _evaluation(result, partition, written.get(partition)))
    return single_result(asset, check, _over_range(outcomes), warn_only, lets_through)


def _report(context: AssetExecutionContext, evaluation: AssetCheckEvaluation) -> None:
    """Record one partition's evaluation as an event of the run that made it.

    A result that a step yields cannot name a partition of a range, and an evaluation reported
    without a run can be recorded once only per partition.
    """
    event = DagsterEvent(
        event_type_value=DagsterEventType.ASSET_CHECK_EVALUATION.value,
        job_name=context.run.job_name,
        event_specific_data=evaluation,
    )
    context.instance.report_dagster_event(event, run_id=context.run.run_id)


def single_result(
    asset: tuple[str, ...],
    check: str,
    outcome: CheckOutcome,
    warn_only: bool = False,
    lets_through: Collection[Verdict] = (),
) -> AssetCheckResult:
    """The result of a check that is not partitioned, or of one partition."""
    return AssetCheckResult(
        asset_key=AssetKey(list(asset)),
        check_name=check,
        passed=outcome.verdict.passed or outcome.verdict in lets_through,
        severity=_severity(outcome.verdict, warn_only),
        description=_description(outcome),
        metadata=outcome_metadata(outcome),
    )


def outcome_metadata(outcome: CheckOutcome) -> dict[str, object]:
    """The numbers (they plot over partitions), the verdict and the table."""
    metadata: dict[str, object] = {
        name: _readable(value) for name, value in outcome.numbers.items() if not _is_nan(value)
    }
    metadata["verdict"] = str(outcome.verdict)
    if outcome.brief:
        metadata["brief"] = outcome.brief
    if outcome.table:
        metadata["details"] = table_of(outcome.table)
    return metadata


def _evaluation(
    result: AssetCheckResult, partition: str, written: CheckedWrite | None
) -> AssetCheckEvaluation:
    """The result as an event about one partition of a range."""
    assert result.asset_key is not None
    assert result.check_name is not None
    return AssetCheckEvaluation(
        asset_key=result.asset_key,
        check_name=result.check_name,
        passed=result.passed,
        severity=result.severity,
        description=result.description,
        metadata=result.metadata,
        target_materialization_data=written,
        partition=partition,
    )


def _over_range(outcomes: Mapping[str, CheckOutcome]) -> CheckOutcome:
    grave = worst(outcome.verdict for outcome in outcomes.values())
    named = [p for p, outcome in outcomes.items() if outcome.verdict is grave]
    rows = tuple(
        {"partition": p, "verdict": str(o.verdict), "finding": o.sentence}
        for p, o in outcomes.items()
    )
    sentence = f"{len(named)} of {len(outcomes)} partitions: {outcomes[named[0]].sentence}"
    return CheckOutcome(grave, sentence, table=rows)


def _severity(verdict: Verdict, warn_only: bool) -> AssetCheckSeverity:
    grave = verdict is Verdict.FAILED and not warn_only
    return AssetCheckSeverity.ERROR if grave else AssetCheckSeverity.WARN


def _description(outcome: CheckOutcome) -> str:
    if outcome.verdict is Verdict.NOT_EVALUATED:
        return f"NOT EVALUATED: {outcome.sentence}"
    return outcome.sentence


def _is_nan(value: float | int) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def table_of(rows: Sequence[Mapping[str, Cell]]) -> MetadataValue:
    """Rows as a table of the UI; at least one, all with the same keys."""
    records = [TableRecord({k: _cell(v) for k, v in row.items()}) for row in rows]
    kinds = {bool: "bool", int: "int", float: "float"}
    columns = [
        TableColumn(name, kinds.get(type(value), "string")) for name, value in rows[0].items()
    ]
    return MetadataValue.table(records, schema=TableSchema(columns=columns))


def _cell(value: object) -> object:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    # A string enumeration is text to us, but not to Dagster's serialiser.
    return str(value) if isinstance(value, Enum) else _readable(value)


def _readable(value: object) -> object:
    """A number without the digits that no one reads; the lake's tables have all of them."""
    return round(value, 4) if isinstance(value, float) else value


def check_key(asset: tuple[str, ...], check: str) -> AssetCheckKey:
    """The key of a check on an asset."""
    return AssetCheckKey(AssetKey(list(asset)), check)
