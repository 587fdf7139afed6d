"""When an input was written by a run that leaves what follows it undone.

Dagster's own `any_deps_updated` means the same, and fails over a range: of a run that writes many
partitions it knows the last one only (`executed_with_root_target` compares the asset's very last
event), so that each of the others counts as an update that nobody follows. A run over 120 days
that failed half-way was repeated as 119 runs of a day, and one that went well was repeated for
the days whose events a tick happened to fall between.
"""

from collections import defaultdict
from collections.abc import Iterable

from dagster import AssetKey, DagsterEventType, RunRecord
from dagster._core.asset_graph_view.entity_subset import EntitySubset
from dagster._core.asset_graph_view.timing_metadata import TimingMetadata
from dagster._core.definitions.declarative_automation.automation_context import AutomationContext
from dagster._core.definitions.declarative_automation.operands.subset_automation_condition import (
    TimedSubsetAutomationCondition,
)
from dagster._core.definitions.events import AssetKeyPartitionKey
from dagster._record import record

from ml_platform.core import names

LANDING, BACKFILL = "landing", "backfill"
"""What the tag `ml_platform/trigger` says of runs that two sensors asked for. Landing takes along
all that follows, now or, of a partition whose other inputs are still to come, with the last of
them; a backfill makes what a training needs, and nothing that is behind is to be scored. What
becomes of one that failed is decided there alone."""


@record
class ForeignUpdate(TimedSubsetAutomationCondition[AssetKey]):
    """Partitions written since the last tick by a run that does not write the follower as well.

    Each event belongs to exactly one tick, whatever is written while that tick is evaluated.
    """

    @property
    def name(self) -> str:
        """What the page of an evaluation shows."""
        return "updated_by_a_run_that_leaves_this_out"

    async def compute_subset_with_timing_metadata(  # type: ignore[override]
        self, context: AutomationContext[AssetKey]
    ) -> tuple[EntitySubset[AssetKey], TimingMetadata[AssetKey] | None]:
        """Dagster's interface: the partitions, and when each of them was written."""
        before = context.previous_temporal_context
        if before is None:
            return context.get_empty_subset(), None
        view = context.asset_graph_view
        events = view.instance.get_asset_event_summary_records(
            DagsterEventType.ASSET_MATERIALIZATION,
            asset_key=context.key,
            after_storage_id=before.last_event_id or 0,
            before_storage_id=(context.max_storage_id or 0) + 1,
            ascending=True,
        )
        ids = {event.run_id for event in events if event.run_id}
        runs = [run for run in await RunRecord.gen_many(view, list(ids)) if run]
        covered = {run.dagster_run.run_id for run in runs if _covers(run, context.root_context.key)}
        written = {e.partition: e.timestamp for e in events if e.run_id not in covered}
        by_time: dict[float, set[str | None]] = defaultdict(set)
        for partition, at in written.items():
            by_time[at].add(partition)
        timing = {at: _subset(context, those) for at, those in by_time.items()}
        return _subset(context, written), TimingMetadata(timestamps=timing) if timing else None


def _covers(run: RunRecord, follower: AssetKey) -> bool:
    wanted = run.dagster_run
    if wanted.tags.get(names.TAG_TRIGGER) in (LANDING, BACKFILL):
        return True
    return follower in (wanted.asset_selection or ())


def _subset(
    context: AutomationContext[AssetKey], partitions: Iterable[str | None]
) -> EntitySubset[AssetKey]:
    return context.asset_graph_view.get_asset_subset_from_asset_partitions(
        key=context.key,
        asset_partitions={AssetKeyPartitionKey(context.key, each) for each in partitions},
        validate_existence=True,
    )
