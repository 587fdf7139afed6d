"""Which partitions have a verdict of a check that stands until another one is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dagster import AssetCheckEvaluation, AssetCheckKey, AssetKey, DagsterInstance
from dagster._core.event_api import PartitionKeyFilter
from dagster._core.storage.asset_check_execution_record import (
    AssetCheckExecutionRecord,
    AssetCheckExecutionRecordStatus,
)

from ml_platform.core.verdict import Verdict

_DONE = {AssetCheckExecutionRecordStatus.SUCCEEDED, AssetCheckExecutionRecordStatus.FAILED}


def standing_verdicts(
    instance: DagsterInstance, asset: tuple[str, ...], check: str, partitions: Sequence[str]
) -> set[str]:
    """Those of some partitions whose newest record of the check is an evaluated one.

    Each is a query of its own, since Dagster's one for many tells of what is planned and not of
    what was found. A check that has no record yet, as in a first backfill, is asked once.

    Args:
        instance: Dagster's.
        asset: the path of the checked asset.
        check: the check's name.
        partitions: partition keys.
    """
    key = AssetCheckKey(AssetKey(list(asset)), check)
    # Not a public method: Dagster has none that gives the evaluation of a partition.
    newest = instance.event_log_storage.get_asset_check_execution_history
    if not partitions or not newest(key, limit=1, status=_DONE):
        return set()
    return {
        partition
        for partition in partitions
        if _evaluated(
            newest(key, 1, status=_DONE, partition_filter=PartitionKeyFilter(key=partition))
        )
    }


def _evaluated(records: Iterable[AssetCheckExecutionRecord]) -> bool:
    for record in records:
        event = record.event.dagster_event if record.event else None
        data = event.event_specific_data if event else None
        if isinstance(data, AssetCheckEvaluation):
            said = data.metadata.get("verdict")
            return said is None or said.value != Verdict.NOT_EVALUATED
    return False
