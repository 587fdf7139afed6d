"""Rows that are added to what a partition holds, with nothing lost between two writers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from ml_platform.stores.lake_change import NEVER_WRITTEN
from ml_platform.stores.lake_commit import Commit
from ml_platform.stores.lake_errors import PartitionChangedError
from ml_platform.stores.lake_table import LakeTable

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

ATTEMPTS = 5
"""Each lost attempt is another run's progress, and few runs share a partition."""


def update_partitions(
    table: LakeTable,
    spark: SparkSession,
    partitions: Sequence[str],
    revise: Callable[[DataFrame | None], DataFrame],
) -> Commit:
    """Read partitions, revise their rows and write them back; again if they changed meanwhile.

    Args:
        table: a partitioned table, which need not exist yet.
        spark: session to read with.
        partitions: the only ones read and written.
        revise: from the rows on record (None where there are none) to all rows that shall be;
            called once for each attempt.

    Raises:
        PartitionChangedError: other writers were faster every time; nothing was written.
        StoreError: as for `LakeTable.replace`.
    """
    for _ in range(ATTEMPTS - 1):
        with suppress(PartitionChangedError):
            return _update_once(table, spark, partitions, revise)
    return _update_once(table, spark, partitions, revise)


def _update_once(
    table: LakeTable,
    spark: SparkSession,
    partitions: Sequence[str],
    revise: Callable[[DataFrame | None], DataFrame],
) -> Commit:
    version = table.version()
    if version is None:
        return table.replace(revise(None), partitions, unless_changed_since=NEVER_WRITTEN)
    holds_rows = set(partitions) & set(table.partitions(version))
    recorded = table.read(spark, partitions, version) if holds_rows else None
    return table.replace(revise(recorded), partitions, unless_changed_since=version)
