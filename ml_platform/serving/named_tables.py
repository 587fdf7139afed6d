"""Tables as JSON writes them, turned into columns: records, columns, or names beside rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from operator import itemgetter
from typing import Any

from ml_platform.serving.errors import InvalidRequest

Columns = Mapping[str, Sequence[Any]]

_SINGLE = (str, int, float, bool, type(None))


def columns_of_split(field: str, table: Any, optional: Container[str] = ()) -> Columns:
    """Return the columns of {"columns": names, "data": rows}, the form pandas calls split.

    Raises:
        InvalidRequest: 422, it is not of that form.
    """
    if type(table) is not dict or not {"columns", "data"} <= table.keys():
        raise InvalidRequest(422, field, 'expected an object with "columns" and "data"')
    odd = sorted(table.keys() - {"columns", "data", "index"})
    if odd:
        raise InvalidRequest(422, f"{field}.{odd[0][:100]}", "there is no such key")
    names, rows = table["columns"], table["data"]
    _require_names(f"{field}.columns", names)
    _require_rows(f"{field}.data", rows, len(names))
    if type(table.get("index", [])) is not list:
        raise InvalidRequest(422, f"{field}.index", "expected a list")
    return dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else _empty(names)


def columns_of_records(field: str, records: Any, optional: Container[str] = ()) -> Columns:
    """Return the columns of a list of objects, one per row, that all have the same keys.

    Keys in `optional` may be absent from some rows, where their value is missing.

    Raises:
        InvalidRequest: 422, it is no such list.
    """
    if type(records) is not list or set(map(type, records)) - {dict}:
        raise InvalidRequest(422, field, "expected a list of objects, one per row")
    if not records:
        raise InvalidRequest(422, field, "there is no row; send at least one")
    first = records[0].keys()
    if all(record.keys() == first for record in records):
        return {name: list(map(itemgetter(name), records)) for name in first}
    return _columns_with_gaps(records, optional)


def _columns_with_gaps(records: Sequence[dict[str, Any]], optional: Container[str]) -> Columns:
    names = dict.fromkeys(name for record in records for name in record)
    for name in names:
        lacking = next((row for row, record in enumerate(records) if name not in record), None)
        if lacking is not None and name not in optional:
            reason = f"absent from row {lacking}; all rows need the same columns"
            raise InvalidRequest(422, name[:100], reason)
    return {name: [record.get(name) for record in records] for name in names}


def columns_of_named(field: str, table: Any, optional: Container[str] = ()) -> Columns:
    """Return the columns of records, of {column: values}, or of one row as {column: value}.

    Raises:
        InvalidRequest: 422, it is none of these.
    """
    if type(table) is not dict:
        return columns_of_records(field, table, optional)
    kinds = set(map(type, table.values()))
    if kinds <= {list}:
        return table
    if kinds <= set(_SINGLE):
        return {name: (value,) for name, value in table.items()}
    name = next(name for name, value in table.items() if type(value) is not list)
    raise InvalidRequest(422, name[:100], "expected a list with one value per row")


def _require_names(field: str, names: Any) -> None:
    if type(names) is not list or set(map(type, names)) - {str}:
        raise InvalidRequest(422, field, "expected a list of names")
    if (twice := repeated(names)) is not None:
        raise InvalidRequest(422, twice[:100], "the column is named more than once")


def repeated(names: Sequence[str]) -> str | None:
    """The first name that occurs a second time, or None; one pass, however many there are.

    >>> repeated(["a", "b", "a"]), repeated(["a"])
    ('a', None)
    """
    if len(set(names)) == len(names):
        return None
    return next(name for name, times in Counter(names).items() if times > 1)


def _require_rows(field: str, rows: Any, width: int) -> None:
    if type(rows) is not list or set(map(type, rows)) - {list}:
        raise InvalidRequest(422, field, "expected a list of lists, one per row")
    for number, row in enumerate(rows):
        if len(row) != width:
            reason = f"row {number}: {len(row)} values for {width} columns"
            raise InvalidRequest(422, field, reason)


def _empty(names: Sequence[str]) -> Columns:
    return {name: () for name in names}
