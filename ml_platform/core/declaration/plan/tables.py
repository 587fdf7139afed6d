"""What a change of source tables will do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ml_platform.core.declaration.plan.consequence import Consequence
from ml_platform.core.declaration.plan.standing import (
    Champion,
    DeclaredTable,
    RunningTable,
)
from ml_platform.core.figures import counted

Champions = Mapping[str, Champion]
"""The live version of each model that has one."""


def of_tables(
    declared: Sequence[DeclaredTable],
    running: Mapping[str, RunningTable],
    champions: Champions,
    retired: frozenset[str],
) -> Iterator[Consequence]:
    """Consequences for all tables, those that are gone last.

    Args:
        declared: as declared now.
        running: those in the lake, by name.
        champions: by model.
        retired: tables and models that a person gives up.
    """
    names = {each.name for each in declared}
    for table in declared:
        there = running.get(table.name)
        if there is None:
            yield Consequence(
                f"table {table.name}",
                "It is new: its files are taken in as they land, from "
                f"{table.calendar.start.isoformat()} on.",
            )
        else:
            yield from _of_columns(table, there, champions)
            yield from _of_partitions(table, there)
    for name in sorted(set(running) - names - retired):
        added = [each for each in declared if each.name not in running]
        yield _gone(name, running[name], added)


def _of_columns(
    table: DeclaredTable, there: RunningTable, champions: Champions
) -> Iterator[Consequence]:
    subject = f"table {table.name}"
    for name in sorted(table.columns.keys() - there.columns.keys()):
        yield Consequence(
            subject,
            f'Column "{name}" is added to the contract: files that land from now on must have it, '
            f"and the {counted(len(there.partitions), 'partition')} on record hold null for it.",
        )
    for name in sorted(there.columns.keys() - table.columns.keys()):
        yield _dropped(subject, table.name, name, champions)
    for name in sorted(table.columns.keys() & there.columns.keys()):
        former, new = there.columns[name], table.columns[name]
        if former != new:
            yield Consequence(
                subject,
                f'Column "{name}" becomes {new}, and {counted(len(there.partitions), "partition")} '
                f"hold it as {former}: no new one could be written.",
                f"leave it {former} and convert it in features.py, or give the new one another "
                "name.",
            )


def _dropped(subject: str, table: str, column: str, champions: Champions) -> Consequence:
    needing = [
        f"version {each.version} of {model}"
        for model, each in sorted(champions.items())
        if column in each.names and table in _tables_of(each)
    ]
    said = f'Column "{column}" is dropped from the contract'
    if needing:
        return Consequence(
            subject,
            f"{said}, and the features.py of {' and of '.join(needing)} reads it: nothing more "
            "could be scored.",
            "leave it in the contract, take it out of features.py, and drop it once the version "
            "trained after that is champion.",
        )
    return Consequence(
        subject, f"{said}: rows from now on hold null for it, those on record keep it."
    )


def _tables_of(champion: Champion) -> set[str]:
    sources = champion.spec.sources
    return {sources.primary, sources.labels, *sources.lookups}


def _of_partitions(table: DeclaredTable, there: RunningTable) -> Iterator[Consequence]:
    subject, calendar = f"table {table.name}", table.calendar
    strange = [each for each in there.partitions if not calendar.is_key(each)]
    if strange:
        yield Consequence(
            subject,
            f"It is cut by {calendar.every} now, and {counted(len(strange), 'partition')} on "
            f'record are cut otherwise, such as "{strange[0]}": their rows would be orphaned.',
            "leave its partitions as they are, or give the table another name and land its files "
            "again.",
        )
        return
    outside = [each for each in there.partitions if not calendar.holds(each)]
    if outside:
        yield Consequence(
            subject,
            f"Its calendar leaves out {counted(len(outside), 'partition')} on record, from "
            f"{outside[0]} to {outside[-1]}: they stay in the lake, and no correction of theirs "
            "is taken in any more.",
        )


def _gone(name: str, there: RunningTable, added: Sequence[DeclaredTable]) -> Consequence:
    alike = [each.name for each in added if each.columns == there.columns]
    rows = counted(len(there.partitions), "partition")
    if alike:
        said = f"It seems to be renamed {alike[0]}, which would begin empty: {rows} stay behind."
        return Consequence(
            f"table {name}", said, f"call it {name} again, or `ml-platform plan --retire {name}`."
        )
    return Consequence(
        f"table {name}",
        f"It is no longer declared: its {rows} stay in the lake, and no file of its is taken in.",
        f"declare it again, or `ml-platform plan --retire {name}`.",
    )
