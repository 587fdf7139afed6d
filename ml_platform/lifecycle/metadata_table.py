"""Rows as a table of Dagster's metadata."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import Enum

from dagster import MetadataValue, TableColumn, TableMetadataValue, TableRecord, TableSchema

from ml_platform.core.check_outcome import Cell


def table_of(rows: Sequence[Mapping[str, Cell]]) -> TableMetadataValue:
    """Rows as a table of the UI; at least one, all with the same keys.

    Columns in which no row has anything are left out.
    """
    filled = [name for name in rows[0] if any(_cell(row[name]) != "" for row in rows)]
    records = [TableRecord({name: _cell(row[name]) for name in filled}) for row in rows]
    kinds = {bool: "bool", int: "int", float: "float"}
    columns = [TableColumn(name, kinds.get(type(rows[0][name]), "string")) for name in filled]
    return MetadataValue.table(records, schema=TableSchema(columns=columns))


def readable(value: object) -> object:
    """A number without the digits that no one reads; the lake's tables have all of them."""
    return round(value, 4) if isinstance(value, float) else value


def _cell(value: object) -> object:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    # A string enumeration is text to us, but not to Dagster's serialiser.
    return str(value) if isinstance(value, Enum) else readable(value)
