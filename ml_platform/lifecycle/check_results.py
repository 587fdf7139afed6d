"""From a pure outcome to what Dagster shows: one result per check, one evaluation per partition."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping

from dagster import (
    AssetCheckEvaluation,
    AssetCheckKey,
    AssetCheckResult,
    AssetCheckSeverity,
    AssetExecutionContext,
    AssetKey,
    AssetObservation,
    DagsterEvent,
    DagsterEventType,
    MaterializeResult,
)

from ml_platform.core.check_outcome import CheckOutcome
from ml_platform.core.verdict import Verdict, worst
from ml_platform.lifecycle.checked_writes import CheckedWrite, checked_writes
from ml_platform.lifecycle.metadata_table import readable, table_of
from ml_platform.lifecycle.unjudged import observed_gaps, why_not_evaluated

MOST_ROWS = 20
"""Of a table that is shown with a check."""


def written(
    context: AssetExecutionContext,
    asset: tuple[str, ...],
    metadata: Mapping[str, object],
    outcomes: Mapping[str, Mapping[str, CheckOutcome]],
    warn_only: bool = False,
    lets_through: Collection[Verdict] = (),
) -> Iterator[MaterializeResult | AssetObservation | AssetCheckResult]:
    """What a step reports of a partitioned asset that it wrote: the write, then its checks.

    Args:
        context: of the step.
        asset: its path.
        metadata: of the write; why a check was not evaluated is added.
        outcomes: by check and partition key.
        warn_only: show failures as warnings, as the declaration may ask.
        lets_through: verdicts of which Dagster is told that a check passed; see `check_results`.
    """
    yield from _write(asset, metadata, outcomes)
    for check, by_partition in outcomes.items():
        yield from check_results(context, asset, check, by_partition, warn_only, lets_through)


def written_whole(
    asset: tuple[str, ...],
    metadata: Mapping[str, object],
    outcomes: Mapping[str, CheckOutcome],
) -> Iterator[MaterializeResult | AssetObservation | AssetCheckResult]:
    """The same of an asset without partitions."""
    yield from _write(asset, metadata, {check: {"": each} for check, each in outcomes.items()})
    for check, outcome in outcomes.items():
        yield from whole_results(asset, check, outcome)


def _write(
    asset: tuple[str, ...],
    metadata: Mapping[str, object],
    outcomes: Mapping[str, Mapping[str, CheckOutcome]],
) -> Iterator[MaterializeResult | AssetObservation]:
    """The write, whose metadata say what was not evaluated, and the same for the policy."""
    told = {**metadata, **why_not_evaluated(outcomes)}
    yield MaterializeResult(asset_key=list(asset), metadata=told)
    yield from observed_gaps(asset, outcomes)


def checked_alone(
    asset: tuple[str, ...], check: str, outcome: CheckOutcome
) -> Iterator[AssetCheckResult | AssetObservation]:
    """What a step reports that checks an asset and does not write it.

    Where it could not be evaluated, an observation of the asset says why.
    """
    yield from observed_gaps(asset, {check: {"": outcome}})
    yield from whole_results(asset, check, outcome)


def check_results(
    context: AssetExecutionContext,
    asset: tuple[str, ...],
    check: str,
    outcomes: Mapping[str, CheckOutcome],
    warn_only: bool = False,
    lets_through: Collection[Verdict] = (),
) -> Iterator[AssetCheckResult]:
    """The result of a partitioned check; none where no partition could be evaluated.

    What was not evaluated is left out: Dagster shows it as skipped, and the metadata of the asset
    say why (see `unjudged`). A result that a step yields cannot name a partition of a range, so in
    a run over one each partition's own evaluation is reported beside the sum of all.

    Args:
        context: of the step that checked.
        asset: the path of the checked asset.
        check: the check's name.
        outcomes: by partition key.
        warn_only: show a failure as a warning, as the declaration may ask.
        lets_through: verdicts of which Dagster is told that the check passed. Its automation asks
            whether a blocking check failed and does not look at how grave it is. The verdict of
            the platform is as it was.
    """
    if len(outcomes) == 1:
        [outcome] = outcomes.values()
        yield from whole_results(asset, check, outcome, warn_only, lets_through)
        return
    evaluated = {p: outcome for p, outcome in outcomes.items() if outcome.verdict.evaluated}
    if not evaluated:
        return
    writes = checked_writes(context.instance, asset, evaluated.keys())
    for partition, outcome in evaluated.items():
        result = single_result(asset, check, outcome, warn_only, lets_through)
        _report(context, _evaluation(result, partition, writes.get(partition)))
    yield single_result(asset, check, _over_range(outcomes), warn_only, lets_through)


def whole_results(
    asset: tuple[str, ...],
    check: str,
    outcome: CheckOutcome,
    warn_only: bool = False,
    lets_through: Collection[Verdict] = (),
) -> Iterator[AssetCheckResult]:
    """The result of a check without partitions, or of one; none where it was not evaluated."""
    if outcome.verdict.evaluated:
        yield single_result(asset, check, outcome, warn_only, lets_through)


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
    """One evaluated outcome as Dagster has it."""
    return AssetCheckResult(
        asset_key=AssetKey(list(asset)),
        check_name=check,
        passed=outcome.verdict.passed or outcome.verdict in lets_through,
        severity=_severity(outcome.verdict, warn_only),
        description=outcome.sentence,
        metadata=outcome_metadata(outcome),
    )


def outcome_metadata(outcome: CheckOutcome) -> dict[str, object]:
    """The table, the numbers (they plot over partitions) and the verdict, in this order.

    Of a long table its first rows are shown, which its maker puts the gravest into. Dagster's log
    keeps each evaluation three times over, so that whole tables would be most of it; they are in
    the lake.
    """
    metadata: dict[str, object] = {}
    if outcome.table:
        metadata["details"] = table_of(outcome.table[:MOST_ROWS])
    if len(outcome.table) > MOST_ROWS:
        metadata["rows_not_shown"] = len(outcome.table) - MOST_ROWS
    metadata |= {name: readable(v) for name, v in outcome.numbers.items() if not _is_nan(v)}
    metadata["verdict"] = str(outcome.verdict)
    if outcome.brief:
        metadata["brief"] = outcome.brief
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
    # The gravest first: of a long range not every partition is shown.
    order = [*named, *(p for p in outcomes if outcomes[p].verdict is not grave)]
    rows = tuple(
        {"partition": p, "verdict": str(outcomes[p].verdict), "finding": outcomes[p].sentence}
        for p in order
    )
    sentence = f"{len(named)} of {len(outcomes)} partitions: {outcomes[named[0]].sentence}"
    return CheckOutcome(grave, sentence, table=rows)


def _severity(verdict: Verdict, warn_only: bool) -> AssetCheckSeverity:
    grave = verdict is Verdict.FAILED and not warn_only
    return AssetCheckSeverity.ERROR if grave else AssetCheckSeverity.WARN


def _is_nan(value: float | int) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def check_key(asset: tuple[str, ...], check: str) -> AssetCheckKey:
    """The key of a check on an asset."""
    return AssetCheckKey(AssetKey(list(asset)), check)
