"""What the platform made of it, read from outside: Dagster's records and the lake."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from dagster import AssetKey, DagsterInstance, DagsterRunStatus, RunsFilter

from ml_platform.core import names
from ml_platform.stores.lake import Lake
from ml_platform.stores.ledger import Ledger
from ml_platform_tests.soak.shop import MODEL, ORDERS, RETURNS

UNDER_WAY = [
    DagsterRunStatus.QUEUED,
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]


class Ground:
    """Reads one home, and never writes to it."""

    def __init__(self, home: Path, instance: DagsterInstance) -> None:
        self.home, self.instance = home, instance
        self.lake = Lake(str(home / "lake"))

    def partitions(self, *path: str) -> frozenset[str]:
        """The partitions that an asset was materialised for."""
        return frozenset(self.instance.get_materialized_partitions(AssetKey(list(path))))

    def rows(self, table: str) -> dict[str, int]:
        """Rows of a table by partition; empty before its first write."""
        found = self.lake.table(table)
        if not found.exists():
            return {}
        counted: dict[str, int] = {}
        for partition in found.to_arrow(columns=[names.PARTITION])[names.PARTITION].to_pylist():
            counted[partition] = counted.get(partition, 0) + 1
        return counted

    def raw_made_at(self, table: str, day: date) -> float | None:
        """When the newest run that took this file in was made, in seconds since the epoch."""
        made = self.run_of(table, day)
        return made[1] if made else None

    def run_of(self, table: str, day: date, after: int = 0) -> tuple[str, float] | None:
        """The newest landing run over this partition of a table, by id, and when it was made."""
        for record in self.instance.get_run_records(
            RunsFilter(tags={names.TAG_TRIGGER: "landing"}), limit=60
        ):
            tags = record.dagster_run.tags
            first = tags.get("dagster/asset_partition_range_start", tags.get("dagster/partition"))
            last = tags.get("dagster/asset_partition_range_end", first)
            of_table = table in tags.get(names.TAG_TABLES, "").split(", ")
            if of_table and first and first <= day.isoformat() <= last:
                return (
                    (record.dagster_run.run_id, record.create_timestamp.timestamp())
                    if record.storage_id > after
                    else None
                )
        return None

    def newest_run(self) -> int:
        """The storage id of the newest run, 0 before the first."""
        records = self.instance.get_run_records(limit=1)
        return records[0].storage_id if records else 0

    def under_way(self) -> int:
        """How many runs have not ended."""
        return len(self.instance.get_runs(RunsFilter(statuses=UNDER_WAY)))

    def ended(self) -> dict[str, int]:
        """Runs by how they ended and by what asked for them."""
        counted: dict[str, int] = {}
        for run in self.instance.get_runs():
            key = f"{run.tags.get(names.TAG_TRIGGER, run.tags.get('dagster/sensor_name', 'other'))}"
            counted[f"{key} {run.status.value}"] = counted.get(f"{key} {run.status.value}", 0) + 1
        return counted

    def decisions(self) -> list[str]:
        """The ledger in lines, waits left out."""
        entries = Ledger(self.lake).entries(MODEL)
        return [
            f"{e.as_of} {e.kind.value} {e.verdict} {e.cause or ''} {e.reason}"
            for e in entries
            if e.verdict != "wait"
        ]

    def has_champion(self) -> bool:
        """Whether a version was ever promoted."""
        return any(e.kind.value == "promotion" for e in Ledger(self.lake).entries(MODEL))

    def event_database(self) -> float:
        """MB of Dagster's own databases."""
        files = (self.home / "dagster").rglob("*.db*")
        return sum(file.stat().st_size for file in files) / 2**20

    def ticks(self) -> Iterator[tuple[str, float]]:
        """Sensor and seconds of each of its last ticks."""
        for state in self.instance.all_instigator_state():
            ticks = self.instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=20)
            for tick in ticks:
                if tick.end_timestamp is not None:
                    yield state.instigator_name, max(0.0, tick.end_timestamp - tick.timestamp)

    def taken_in(self, table: str, day: date) -> bool:
        """Whether a partition of a source table is in the lake."""
        return day.isoformat() in self.partitions(*names.validated(table))

    def judged(self, day: date) -> bool:
        """Whether the day has its predictions and its summary."""
        return day.isoformat() in self.partitions(MODEL, names.VERDICT)

    def landed_rows(self) -> dict[str, dict[str, int]]:
        """Validated and quarantined rows of both tables, by partition."""
        return {
            table: self._sum(
                names.table_of(kind(table)) for kind in (names.validated, names.quarantine)
            )
            for table in (ORDERS, RETURNS)
        }

    def _sum(self, tables: Iterator[str]) -> dict[str, int]:
        total: dict[str, int] = {}
        for table in tables:
            for partition, rows in self.rows(table).items():
                total[partition] = total.get(partition, 0) + rows
        return total


@contextmanager
def ground(home: Path) -> Iterator[Ground]:
    """Open what is read of a home."""
    with DagsterInstance.from_config(str(home / "dagster")) as instance:
        yield Ground(home, instance)
