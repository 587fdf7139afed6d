"""A CSV body (RFC 4180): a header with the names of the columns, then one line per row.

An empty cell is missing, and so is NaN in a column of numbers; every other text is itself, "NA" and
"null" too. A first column without a name is the index that pandas writes: it is left out.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ml_platform.serving.column_rules import ColumnRule, ValueKind
from ml_platform.serving.errors import InvalidRequest
from ml_platform.serving.named_tables import repeated

_EXACT_DIGITS = 18
"""So many decimal digits every 64-bit integer holds."""
_is_whole = re.compile(rf"[+-]?[0-9]{{1,{_EXACT_DIGITS}}}").fullmatch
_only_digits = re.compile("[0-9]+").fullmatch
_only_signs_of_numbers = re.compile("[-+0-9.eE]+").fullmatch
_is_number = re.compile(
    r"[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?|[+-]?inf(inity)?", re.IGNORECASE
).fullmatch


def read_columns(body: bytes, rules: Mapping[str, ColumnRule]) -> dict[str, list[Any]]:
    """Return the columns of a CSV body, cells read as their columns' rules ask for.

    Raises:
        InvalidRequest: 400, it is not CSV in UTF-8; 422, columns or rows do not fit.
    """
    header, *rows = _lines(body)
    _require_one_width(header, rows)
    columns = dict(zip(header, zip(*rows, strict=True), strict=True)) if rows else {}
    columns = columns or {name: () for name in header}
    if header and header[0] == "":
        del columns[""]
    return {
        name: _READ[rules[name].kind if name in rules else ValueKind.ANY](cells)
        for name, cells in columns.items()
    }


def _lines(body: bytes) -> list[list[str]]:
    try:
        text = body.decode("utf-8-sig")
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if line]
    except UnicodeDecodeError as error:
        raise InvalidRequest(400, None, f"the body is not UTF-8: {error.reason}") from None
    except csv.Error as error:
        raise InvalidRequest(400, None, f"the body is not CSV: {error}") from None
    if not lines:
        raise InvalidRequest(400, None, "the body is empty; its first line names the columns")
    return lines


def _require_one_width(header: list[str], rows: list[list[str]]) -> None:
    if (twice := repeated(header)) is not None:
        raise InvalidRequest(422, twice[:100], "the header names the column more than once")
    for number, row in enumerate(rows):
        if len(row) != len(header):
            reason = f"row {number}: {len(row)} cells, where the header has {len(header)}"
            raise InvalidRequest(422, None, reason)


def _numbers(cells: Sequence[str]) -> list[Any]:
    # Where no other sign occurs, Python reads as numbers what is one here, and much faster.
    together = "".join(cells)
    try:
        if _only_digits(together) and max(map(len, cells)) <= _EXACT_DIGITS:
            return list(map(int, cells))
        if _only_signs_of_numbers(together):
            return list(map(float, cells))
    except ValueError:  # of one cell, which is looked at below
        pass
    return list(map(_number, cells))


def _number(cell: str) -> float | int | str | None:
    if cell == "" or cell.lower() == "nan":
        return None
    if _is_whole(cell):
        return int(cell)
    return float(cell) if _is_number(cell) else cell


def _booleans(cells: Sequence[str]) -> list[Any]:
    words = {"true": True, "false": False}
    return [words[cell.lower()] if cell.lower() in words else _number(cell) for cell in cells]


def _texts(cells: Sequence[str]) -> list[str | None]:
    return [cell or None for cell in cells]


_READ: Mapping[ValueKind, Callable[[Sequence[str]], list[Any]]] = {
    ValueKind.NUMBER: _numbers,
    ValueKind.WHOLE: _numbers,
    ValueKind.BOOLEAN: _booleans,
    ValueKind.TEXT: _texts,
    ValueKind.TIME: _texts,
    ValueKind.ANY: _texts,
}
