"""What is wrong with a landed file as a whole, found on the driver before Spark reads it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ml_platform.core.errors import LandingError
from ml_platform.core.landing import LandedFile
from ml_platform.core.source_spec import Landing
from ml_platform.spark.csv_header import DELIMITERS, CsvDialect, holds_rows, read_header
from ml_platform.spark.landing_text import open_landed, shown

_JSON_LINES_LOOKED_AT = 100


def inspect_landed(
    file: LandedFile, landing: Landing, columns: Sequence[str], optional: Sequence[str] = ()
) -> tuple[str, ...]:
    """Say in the user's words why a file cannot be read; nothing if it can.

    Looks at the head of the file only (Parquet: at its footer), so it costs no Spark job. Rows
    that are broken one by one are not looked for here: they go to quarantine.

    Args:
        file: the landed file.
        landing: how it is declared to be written.
        columns: the contract's columns.
        optional: those of them that need not be there.
    """
    path = Path(file.path)
    if problem := _unreadable(path):
        return (problem,)
    required = [column for column in columns if column not in optional]
    try:
        if landing.format == "csv":
            return _inspect_csv(path, CsvDialect.of(landing.options), columns, required)
        if landing.format == "json":
            return _inspect_json(path, columns)
        return _inspect_parquet(path, required)
    except LandingError as error:
        return (str(error),)


def _unreadable(path: Path) -> str | None:
    if not path.exists():
        return "the file does not exist"
    if not path.is_file():
        return "it is not a file"
    if path.stat().st_size == 0:
        return "the file is empty"
    if ":" in str(path.absolute()):
        return "its path holds ':', which Spark's file system cannot open; land it under another"
    return None


def _inspect_csv(
    path: Path, dialect: CsvDialect, columns: Sequence[str], required: Sequence[str]
) -> tuple[str, ...]:
    header = read_header(path, dialect, columns)
    if not set(header) & set(columns):
        return (_foreign_header(path, dialect, header, columns),)
    problems = [*_repeated(header, columns), *_missing(header, required)]
    if not holds_rows(path, dialect):
        problems.append("the file holds a header and no rows")
    return tuple(problems)


def _foreign_header(
    path: Path, dialect: CsvDialect, header: Sequence[str], columns: Sequence[str]
) -> str:
    for delimiter in DELIMITERS:
        other = read_header(path, dialect.with_delimiter(delimiter), columns)
        if delimiter != dialect.delimiter and set(other) & set(columns):
            return (
                f"its fields are separated by {delimiter!r}, but it is declared to be separated by "
                f"{dialect.delimiter!r}"
            )
    return (
        f"its first line names none of the contract's columns: found {shown(header)}; "
        f"expected {shown(columns)}"
    )


def _repeated(header: Sequence[str], columns: Sequence[str]) -> list[str]:
    twice = [name for name in columns if header.count(name) > 1]
    return [f"its header names column {name} {header.count(name)} times" for name in twice]


def _missing(header: Sequence[str], required: Sequence[str]) -> list[str]:
    others = [name for name in header if name not in required]
    return [_missing_column(name, others) for name in required if name not in header]


def _missing_column(name: str, others: Sequence[str]) -> str:
    """Hints at a column that is there for nothing else, if one has nearly the name."""
    close = get_close_matches(name, others, n=1)
    hint = f"; is it the one named {close[0]}?" if close else ""
    return f"it has no column {name}{hint}"


def _inspect_json(path: Path, columns: Sequence[str]) -> tuple[str, ...]:
    with open_landed(path) as lines:
        head = [line.strip() for line in islice(lines, _JSON_LINES_LOOKED_AT)]
    objects = [keys for line in head if (keys := _object_keys(line)) is not None]
    if not any(head):
        return ("the file holds no rows",)
    if not objects:
        return ("it does not hold one JSON object per line",)
    found = sorted(set().union(*objects))
    if not set(found) & set(columns):
        return (
            f"its objects have none of the contract's columns: found {shown(found)}; "
            f"expected {shown(columns)}",
        )
    return ()


def _object_keys(line: bytes) -> set[str] | None:
    """Keys of the JSON object on the line; None if there is none."""
    try:
        parsed = json.loads(line.decode("utf-8-sig", errors="replace"))
    except json.JSONDecodeError:
        return None
    return set(parsed) if isinstance(parsed, dict) else None


def _inspect_parquet(path: Path, required: Sequence[str]) -> tuple[str, ...]:
    try:
        with pq.ParquetFile(path) as parquet:
            schema, rows = parquet.schema_arrow, parquet.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        return (f"it is not a readable Parquet file: {error}",)
    problems = _missing(schema.names, required)
    problems += [
        f"column {field.name} is stored in nanoseconds, which Spark cannot read; write microseconds"
        for field in schema
        if pa.types.is_timestamp(field.type) and field.type.unit == "ns"
    ]
    return tuple(problems if rows else [*problems, "the file holds no rows"])
