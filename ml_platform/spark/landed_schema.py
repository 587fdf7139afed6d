"""The columns that a landed file has, with their types, by its head or footer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ml_platform.core.errors import LandingError
from ml_platform.core.landing import LandedFile
from ml_platform.core.quality_over_time.schema_change import UNKNOWN_TYPE
from ml_platform.core.source_spec import Landing
from ml_platform.spark.landing.csv_dialect import CsvDialect
from ml_platform.spark.landing.raw_batches import header_of
from ml_platform.spark.landing.text_lines import line_blocks

_JSON_LINES_LOOKED_AT = 100
_TEXT = "text"


def landed_schema(file: LandedFile, landing: Landing, columns: Sequence[str]) -> dict[str, str]:
    """Type of each column, in any order; of text files every column is text.

    Args:
        file: one that can be read (``inspect_landed``).
        landing: how it is declared to be written.
        columns: the contract's, for a CSV file without a header.

    Of JSON the first 100 lines are looked at, and the types are those of its values: a column
    that has several has all of them, as in ``number|text``.

    Raises:
        LandingError: the file is not text in the declared encoding.
        OSError: it cannot be read.
    """
    path = Path(file.path)
    if landing.format == "csv":
        dialect = CsvDialect.of(landing.options)
        header = header_of(path, dialect, landing) if dialect.header else columns
        return dict.fromkeys(header, _TEXT)
    if landing.format == "json":
        return _json_schema(path, landing)
    try:
        return {field.name: str(field.type) for field in pq.read_schema(path)}
    except pa.ArrowException as error:
        raise LandingError(f"it is not a readable Parquet file: {error}") from error


def is_complete(landing: Landing) -> bool:
    """Whether the schema of a file names all of its columns."""
    return landing.format != "json"


def _json_schema(path: Path, landing: Landing) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    lines = chain.from_iterable(line_blocks(path, landing))
    for line in islice(lines, _JSON_LINES_LOOKED_AT):
        for key, value in _object(line).items():
            found.setdefault(key, set()).update(_kind(value))
    return {key: "|".join(sorted(kinds)) or UNKNOWN_TYPE for key, kinds in found.items()}


def _object(line: str) -> Mapping[str, Any]:
    """The object on the line; nothing where there is none, which quarantine tells of."""
    try:
        parsed = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _kind(value: Any) -> set[str]:
    if value is None:
        return set()
    kinds = {bool: "boolean", int: "number", float: "number", str: _TEXT, list: "list"}
    return {kinds.get(type(value), "object")}
