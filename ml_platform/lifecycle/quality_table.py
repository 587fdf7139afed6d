"""The table ``<table>/quality``: what was measured of each partition, beside its limits."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from ml_platform.core import names
from ml_platform.core.quality_over_time.judgement import History
from ml_platform.core.verdict import Verdict
from ml_platform.stores.lake import Lake, LakeTable

QUALITY_SCHEMA = pa.schema(
    {
        "measure": pa.string(),
        "column": pa.string(),
        "value": pa.float64(),
        "usual": pa.float64(),
        "lower": pa.float64(),
        "upper": pa.float64(),
        "verdict": pa.string(),
        "detail": pa.string(),
        "computed_at": pa.timestamp("us", tz="UTC"),
        "partition": pa.string(),
    }
)
"""One row per partition, measure and column; the column is empty for the table as a whole. Of the
measure ``schema``, the detail is the column's type, the value 0 for one that vanished."""


@dataclass(frozen=True)
class QualityTable:
    """The quality of one source table."""

    table: LakeTable

    @classmethod
    def of(cls, lake: Lake, source: str) -> "QualityTable":
        """The quality of a source table, by its name."""
        return cls(lake.table(names.table_of(names.quality(source))))

    def earlier(self, last: str, enough: int, without: Collection[str]) -> list[dict[str, Any]]:
        """The rows of the newest partitions before this one, in no order.

        They go back until there are enough of which nothing failed: however long a fault lasts,
        what was there before it is still known.

        Args:
            last: the partition before which they lie.
            enough: partitions of which nothing failed, if there are so many.
            without: partitions that are left out.
        """
        known = [p for p in self.table.partitions() if p < last and p not in without]
        rows: list[dict[str, Any]] = []
        calm: set[str] = set()
        while known and len(calm) < enough:
            known, newest = known[:-enough], known[-enough:]
            read = self.table.read_arrow(newest).to_pylist()
            calm.update(set(newest) - {row["partition"] for row in read if _failed(row)})
            rows += read
        return rows

    def replace(self, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """Write everything that is known of these partitions, in one commit."""
        now = datetime.now(UTC)
        flat = [
            {**row, "partition": partition, "computed_at": now}
            for partition, measured in rows.items()
            for row in measured
        ]
        self.table.replace_arrow(pa.Table.from_pylist(flat, schema=QUALITY_SCHEMA), list(rows))


def history_of(rows: Sequence[Mapping[str, Any]]) -> History:
    """The values of rows of the table, by measure and column; what failed is left out."""
    values: dict[tuple[str, str], dict[str, float]] = {}
    for row in rows:
        if row["measure"] != names.SCHEMA and not _failed(row):
            values.setdefault((row["measure"], row["column"]), {})[row["partition"]] = row["value"]
    return History(values)


def columns_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """The type of each column that landed, by partition; without those whose columns failed."""
    of_schema = [row for row in rows if row["measure"] == names.SCHEMA]
    failed = {row["partition"] for row in of_schema if _failed(row)}
    columns: dict[str, dict[str, str]] = {}
    for row in of_schema:
        if row["value"] and row["partition"] not in failed:
            columns.setdefault(row["partition"], {})[row["column"]] = row["detail"]
    return columns


def _failed(row: Mapping[str, Any]) -> bool:
    return bool(row["verdict"] == Verdict.FAILED)
