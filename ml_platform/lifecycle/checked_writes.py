"""Which write of each partition a check has judged: the UI forgets a verdict on an older one."""

from __future__ import annotations

from collections.abc import Set

from dagster import AssetKey, AssetRecordsFilter, DagsterEventType, DagsterInstance
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData as CheckedWrite,
)


def checked_writes(
    instance: DagsterInstance, asset: tuple[str, ...], partitions: Set[str]
) -> dict[str, CheckedWrite]:
    """The newest write of each partition; partitions that were never written are left out.

    Args:
        instance: Dagster's.
        asset: the path of the checked asset.
        partitions: partition keys.
    """
    key = AssetKey(list(asset))
    newest = instance.get_latest_storage_id_by_partition(
        key, DagsterEventType.ASSET_MATERIALIZATION, set(partitions)
    )
    if not newest:
        return {}
    found = instance.fetch_materializations(
        AssetRecordsFilter(asset_key=key, storage_ids=list(newest.values())), limit=len(newest)
    )
    return {
        str(record.partition_key): CheckedWrite(
            storage_id=record.storage_id, run_id=record.run_id, timestamp=record.timestamp
        )
        for record in found.records
    }
