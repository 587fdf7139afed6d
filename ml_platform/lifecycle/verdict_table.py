"""One verdict in the forms it is kept and shown in: facts for the rules, a row, metadata."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pyarrow as pa
from dagster import MarkdownMetadataValue, MetadataValue

from ml_platform.core.check_outcome import CheckOutcome
from ml_platform.core.drift.ranking import drift_phrase, drifted_importance
from ml_platform.core.facts import CheckFact, CheckName
from ml_platform.core.partition_verdict import PartitionVerdict
from ml_platform.lifecycle.check_results import outcome_metadata
from ml_platform.lifecycle.drift_findings import DriftFindings

VERDICT_SCHEMA = pa.schema(
    [
        ("cause", pa.string()),
        ("action", pa.string()),
        ("verdict", pa.string()),
        ("sentence", pa.string()),
        ("evidence", pa.string()),
        ("drifted_columns", pa.int64()),
        ("drifted_importance", pa.float64()),
        ("model_version", pa.int64()),
        ("computed_at", pa.timestamp("us", "UTC")),
        ("partition", pa.string()),
    ]
)


@dataclass(frozen=True)
class Judged:
    """A partition's verdict with the drift it was made from."""

    drift: DriftFindings
    verdict: PartitionVerdict

    @property
    def partition(self) -> str:
        """The partition that was judged."""
        return self.drift.partition

    @property
    def drifted(self) -> int | None:
        """How many columns drifted; None where none was evaluated."""
        ranked = self.drift.ranked
        return sum(column.drifted for column in ranked) if ranked else None

    def outcome(self) -> CheckOutcome:
        """The verdict as a check shows it: one line, and the columns ranked."""
        numbers: dict[str, float | int] = {}
        if self.drifted is not None:
            numbers["drifted_columns"] = self.drifted
        share = drifted_importance(self.drift.ranked)
        if share is not None:
            numbers["drifted_importance"] = share
        if self.verdict.model_version is not None:
            numbers["model_version"] = int(self.verdict.model_version)
        rows = [column.to_row() for column in self.drift.ranked]
        return CheckOutcome(self.verdict.verdict, self.verdict.sentence, numbers, rows)


def told_by(found: Sequence[DriftFindings], checks: Sequence[CheckFact]) -> tuple[CheckFact, ...]:
    """The facts, with the findings of this run in their words: columns ranked, rows as a whole."""
    by_partition = {each.partition: each for each in found}
    kept = [
        _ranked(fact, by_partition.get(fact.partition))
        for fact in checks
        if not (fact.name is CheckName.MULTIVARIATE_DRIFT and fact.partition in by_partition)
    ]
    return (*kept, *(_as_a_whole(each) for each in found))


def verdict_rows(judged: Sequence[Judged]) -> pa.Table:
    """Rows of the verdict table, one per partition."""
    now = datetime.now(UTC)
    rows = [
        {
            "cause": each.verdict.cause.value,
            "action": each.verdict.action.value,
            "verdict": each.verdict.verdict.value,
            "sentence": each.verdict.sentence,
            "evidence": _json(each.verdict.evidence),
            "drifted_columns": each.drifted,
            "drifted_importance": drifted_importance(each.drift.ranked),
            "model_version": _number(each.verdict.model_version),
            "computed_at": now,
            "partition": each.partition,
        }
        for each in judged
    ]
    return pa.Table.from_pylist(rows, schema=VERDICT_SCHEMA)


def verdict_metadata(judged: Judged, drawn: MarkdownMetadataValue | None) -> dict[str, object]:
    """What the asset shows of a verdict, in this order.

    The line, the picture if there is one, the columns, cause and action, and last the evidence.
    """
    return {
        "sentence": judged.verdict.sentence,
        **({} if drawn is None else {"reference_against_window": drawn}),
        **outcome_metadata(judged.outcome()),
        "cause": judged.verdict.cause.value,
        "action": judged.verdict.action.value,
        "evidence": MetadataValue.json(json.loads(_json(judged.verdict.evidence))),
    }


def _ranked(fact: CheckFact, found: DriftFindings | None) -> CheckFact:
    """The finding on single columns, in words that say which of them matter."""
    if fact.name is not CheckName.DRIFT or found is None or not found.ranked:
        return fact
    return replace(fact, summary=drift_phrase(found.ranked), brief="")


def _as_a_whole(found: DriftFindings) -> CheckFact:
    outcome = found.multivariate
    return CheckFact(
        CheckName.MULTIVARIATE_DRIFT,
        found.partition,
        outcome.verdict,
        outcome.numbers,
        outcome.sentence,
        model_version=None if found.version is None else str(found.version),
        brief=outcome.brief,
    )


def _json(evidence: Mapping[str, object]) -> str:
    return json.dumps(evidence, sort_keys=True, default=str, allow_nan=False)


def _number(version: str | None) -> int | None:
    return None if version is None else int(version)
