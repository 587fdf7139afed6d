"""A line in the ledger from within a run."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from dagster import AssetExecutionContext

from ml_platform.core import names
from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.stores.lake import Lake
from ml_platform.stores.ledger import Ledger


def record(
    context: AssetExecutionContext,
    lake: Lake,
    model: str,
    *,
    kind: EntryKind,
    verdict: str,
    reason: str,
    model_version: int | None,
    evidence: Mapping[str, Any],
) -> LedgerEntry:
    """Append what this run did, tied to the decision that caused the run."""
    tags = context.run.tags
    entry = LedgerEntry(
        # One line of a kind per run: a retried step writes it again in vain.
        entry_id=str(uuid5(UUID(context.run.run_id), kind.value)),
        model=model,
        decided_at=datetime.now(UTC),
        as_of=tags.get(names.TAG_AS_OF, ""),
        kind=kind,
        verdict=verdict,
        cause=tags.get(names.TAG_CAUSE, "by hand"),
        reason=reason,
        evidence=dict(evidence),
        run_id=context.run.run_id,
        model_version=None if model_version is None else str(model_version),
        refers_to=tags.get(names.TAG_DECISION),
        cost_seconds=_seconds_since_start(context),
    )
    Ledger(lake).append(entry)
    return entry


def _seconds_since_start(context: AssetExecutionContext) -> float | None:
    stats = context.instance.get_run_stats(context.run.run_id)
    return None if stats.start_time is None else datetime.now(UTC).timestamp() - stats.start_time
