"""What Dagster shows of a table after a write."""

from collections.abc import Mapping, Sequence

from dagster import (
    MetadataValue,
    TableColumn,
    TableColumnDep,
    TableColumnLineage,
    TableSchema,
)

from ml_platform.stores.lake import Commit, LakeTable

STORAGE = "delta"


def table_metadata(table: LakeTable, commit: Commit) -> dict[str, object]:
    """Row counts, version, location and column schema, under the keys that the UI knows."""
    rows = sum(commit.rows.values())
    return {
        "dagster/partition_row_count": MetadataValue.int(rows),
        "dagster/table_name": table.name,
        "dagster/uri": table.uri,
        "dagster/column_schema": TableSchema(
            columns=[TableColumn(f.name, str(f.type)) for f in table.schema()]
        ),
        "rows": MetadataValue.int(rows),
        "delta_version": MetadataValue.int(commit.version),
        "bytes": MetadataValue.int(commit.bytes),
    }


def column_lineage(
    lineage: Mapping[str, Sequence[tuple[str, str]]], source_of: Mapping[str, Sequence[str]]
) -> TableColumnLineage:
    """Column lineage for the UI.

    Args:
        lineage: for each output column, the (table, column) pairs it is made of.
        source_of: the asset key of each table named in ``lineage``.
    """
    return TableColumnLineage(
        deps_by_column={
            column: [TableColumnDep(asset_key=list(source_of[t]), column_name=c) for t, c in deps]
            for column, deps in lineage.items()
        }
    )
