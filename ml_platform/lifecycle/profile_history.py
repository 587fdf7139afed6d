"""Profiles of past days, completed: counted where they are absent, told in the newest bins."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import SparkSession

from ml_platform.core import names
from ml_platform.core.profile import ColumnProfile
from ml_platform.core.profile_plan import PartitionProfile, ProfilePlan
from ml_platform.core.rebinning import EdgeVersions, rebinned
from ml_platform.core.score_profile import SCORE
from ml_platform.core.segmentation import ALL_ROWS
from ml_platform.lifecycle.edges_table import read_edge_versions
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.profile_table import PROFILE_SCHEMA, profile_rows
from ml_platform.spark.profile_pass import ProfiledFiles, profile_pass
from ml_platform.stores.lake import Lake

_WHICH = ["partition", "segment", "column", "edge_version"]


@dataclass(frozen=True)
class Completed:
    """What had to be done.

    Attributes:
        counted: partitions whose rows were read, in all columns or some.
        rebinned: partitions whose stored counts told the new bins.
    """

    counted: tuple[str, ...] = ()
    rebinned: tuple[str, ...] = ()


def complete_profiles(
    model: Model, lake: Lake, spark: SparkSession, plan: ProfilePlan, window: Sequence[str]
) -> Completed:
    """Make sure that all partitions of a window have all profiles of the plan, in its bins.

    Days that came before the first training have none; a training that divides bins or adds a
    column or segment makes the days before it incomplete. Rows are read again only where the
    stored counts do not tell, and then of the columns concerned.
    """
    table = lake.table(model.table(names.PROFILES))
    written = table.exists()
    which = table.read_arrow(list(window), columns=_WHICH) if written else _NOTHING.select(_WHICH)
    lacking = _lacking(which, plan, window)
    older = _older(which, plan, lacking)
    if not lacking and not older:
        return Completed()
    stored = table.read_arrow([*lacking, *older]) if written else _NOTHING
    versions = read_edge_versions(lake, model)
    told = {p: _told(rows, plan, versions) for p, rows in _of_columns(stored, older).items()}
    unclear = sorted(p for p, found in told.items() if found is None)
    again = {column for p in unclear for column in older[p]}
    found = [each for profiles in told.values() for each in profiles or ()]
    found += _counted(model, lake, spark, plan, lacking)
    found += _counted(model, lake, spark, _only(plan, again), unclear)
    replaced = dict(older) | dict.fromkeys(unclear, again)
    kept = _kept(stored, lacking, replaced)
    table.replace_arrow(pa.concat_tables([kept, profile_rows(found)]), sorted([*lacking, *older]))
    return Completed((*lacking, *unclear), tuple(sorted(set(older) - set(unclear))))


_NOTHING = PROFILE_SCHEMA.empty_table()


def _lacking(which: pa.Table, plan: ProfilePlan, window: Sequence[str]) -> list[str]:
    """Partitions without some column of the plan, or without some of its segmentations."""
    of_all = which.filter(pc.equal(which["segment"], ALL_ROWS))
    there = set(zip(of_all["partition"].to_pylist(), of_all["column"].to_pylist(), strict=True))
    pairs = which.group_by(["partition", "segment"]).aggregate([]).to_pylist()
    there |= {(pair["partition"], pair["segment"].partition("=")[0] + "=") for pair in pairs}
    needed = [cut.column for cut in plan.edges] + [f"{s.column}=" for s in plan.segmentations]
    return [p for p in window if any((p, each) not in there for each in needed)]


def _older(
    which: pa.Table, plan: ProfilePlan, lacking: Collection[str]
) -> dict[str, frozenset[str]]:
    """The columns of each other partition that are in bins of an older version."""
    newest = {cut.column: cut.version for cut in plan.edges}
    older: dict[str, set[str]] = {}
    distinct = which.group_by(["partition", "column", "edge_version"]).aggregate([])
    for row in distinct.to_pylist():
        partition, column = row["partition"], row["column"]
        if row["edge_version"] < newest.get(column, 0) and partition not in lacking:
            older.setdefault(partition, set()).add(column)
    return {partition: frozenset(columns) for partition, columns in sorted(older.items())}


def _of_columns(
    stored: pa.Table, columns: Mapping[str, Collection[str]]
) -> dict[str, list[dict[str, object]]]:
    """The stored rows of some columns of each partition."""
    any_of = pa.array(sorted({each for found in columns.values() for each in found}), pa.string())
    inside = stored.filter(pc.is_in(stored["column"], value_set=any_of))
    rows: dict[str, list[dict[str, object]]] = {partition: [] for partition in columns}
    for row in inside.to_pylist():
        if row["column"] in columns.get(row["partition"], ()):
            rows[row["partition"]].append(row)
    return rows


def _told(
    rows: Iterable[dict[str, object]], plan: ProfilePlan, versions: EdgeVersions
) -> list[PartitionProfile] | None:
    """The profiles of a partition in the plan's bins; None where only its rows can tell."""
    newest = {cut.column: cut for cut in plan.edges}
    found = []
    for row in rows:
        profile = ColumnProfile.from_row(row)
        old = versions[profile.column, profile.edge_version]
        moved = rebinned(profile, old, newest[profile.column])
        if moved is None:
            return None
        found.append(PartitionProfile(str(row["partition"]), str(row["segment"]), moved))
    return found


def _only(plan: ProfilePlan, columns: Collection[str]) -> ProfilePlan:
    return replace(plan, edges=tuple(cut for cut in plan.edges if cut.column in columns))


def _counted(
    model: Model, lake: Lake, spark: SparkSession, plan: ProfilePlan, partitions: Sequence[str]
) -> list[PartitionProfile]:
    if not partitions:
        return []
    files = lake.table(model.table(names.FEATURES)).files(partitions)
    return profile_pass(ProfiledFiles(spark, tuple(files)), plan)


def _kept(
    stored: pa.Table, lacking: Collection[str], replaced: Mapping[str, Collection[str]]
) -> pa.Table:
    """The stored rows that stay: scores, and the columns that were not told or counted anew."""
    where = zip(stored["partition"].to_pylist(), stored["column"].to_pylist(), strict=True)
    mask = [
        column == SCORE or (partition not in lacking and column not in replaced[partition])
        for partition, column in where
    ]
    return stored.filter(pa.array(mask, pa.bool_())).select(PROFILE_SCHEMA.names)
