"""One landed file as batches of raw rows: every column as text, nothing left out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ml_platform.core.errors import LandingError
from ml_platform.core.source_spec import Landing
from ml_platform.spark.landing.csv_dialect import CsvDialect
from ml_platform.spark.landing.csv_records import CsvRecords, CsvRows
from ml_platform.spark.landing.json_objects import fields_of
from ml_platform.spark.landing.parquet_values import texts_of
from ml_platform.spark.landing.text_lines import line_blocks

EXTRA, MALFORMED, ROW_NUMBER = "_extra", "_malformed", "_row_number"
_BLANKS = " \t\r\n\f\v"
_ROWS_AT_ONCE = 16_384


def raw_schema(columns: Sequence[str]) -> pa.Schema:
    """Columns of the batches: the contract's, ``_extra``, ``_malformed`` and ``_row_number``."""
    texts = [pa.field(name, pa.string()) for name in (*columns, EXTRA, MALFORMED)]
    return pa.schema([*texts, pa.field(ROW_NUMBER, pa.int64())])


def raw_batches(path: Path, landing: Landing, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Read a landed file from its first row to its last.

    Args:
        path: of a file that can be read (``inspect_landed``).
        landing: how it is written.
        columns: the contract's columns; those that the file has not are null.

    Raises:
        LandingError: the file is not what it is declared to be.
    """
    before = 0
    for cells in _READERS[landing.format](path, landing, columns):
        rows = len(cells[MALFORMED])
        texts = [cells.get(name, pa.nulls(rows, pa.string())) for name in (*columns, EXTRA)]
        numbers = pa.array(range(before + 1, before + rows + 1), pa.int64())
        yield pa.record_batch([*texts, cells[MALFORMED], numbers], schema=raw_schema(columns))
        before += rows


def header_of(path: Path, dialect: CsvDialect, landing: Landing) -> list[str]:
    """Names of a CSV file's columns, in its order.

    Raises:
        LandingError: there is no first record, or it is no text.
    """
    return CsvRecords(line_blocks(path, landing), dialect, landing.longest_line).header()


def distinct(names: Sequence[str]) -> list[str]:
    """The names of columns, each of them once: one that is there again gets its number.

    >>> distinct(["gate", "crew", "gate"])
    ['gate', 'crew', 'gate (2)']
    """
    found: dict[str, None] = {}
    for name in names:
        number, numbered = 2, name
        while numbered in found:
            numbered, number = f"{name} ({number})", number + 1
        found[numbered] = None
    return list(found)


def _csv(path: Path, landing: Landing, columns: Sequence[str]) -> Iterator[dict[str, pa.Array]]:
    dialect = CsvDialect.of(landing.options)
    records = CsvRecords(line_blocks(path, landing), dialect, landing.longest_line)
    header = distinct(records.header() if dialect.header else columns)
    for rows in records.rows(len(header)):
        yield _csv_cells(rows, header, dialect, frozenset(columns))


def _csv_cells(
    rows: CsvRows, header: Sequence[str], dialect: CsvDialect, known: frozenset[str]
) -> dict[str, pa.Array]:
    fields = zip(*rows.fields, strict=True)
    texts = {name: _csv_texts(values, dialect) for name, values in zip(header, fields, strict=True)}
    extra = {name: texts[name].to_pylist() for name in header if name not in known}
    malformed = [rows.malformed.get(i) for i in range(len(rows.fields))]
    if extra:
        lines = enumerate(_each_as_json(extra))
        texts[EXTRA] = _texts([None if i in rows.malformed else line for i, line in lines])
    return {**texts, MALFORMED: pa.array(malformed, pa.string())}


def _csv_texts(values: Sequence[str], dialect: CsvDialect) -> pa.Array:
    texts = pa.array(values, pa.string())
    if dialect.trim_left:
        texts = pc.utf8_ltrim(texts, _BLANKS)
    if dialect.trim_right:
        texts = pc.utf8_rtrim(texts, _BLANKS)
    empty = pc.equal(texts, "")
    if dialect.null_value:
        empty = pc.or_(empty, pc.equal(texts, dialect.null_value))
    return pc.if_else(empty, None, texts)


def _json(path: Path, landing: Landing, columns: Sequence[str]) -> Iterator[dict[str, pa.Array]]:
    known = frozenset(columns)
    for lines in line_blocks(path, landing):
        whole = [line for line in lines if line.strip()]
        if whole:
            yield _json_cells(whole, columns, known)


def _json_cells(
    lines: Sequence[str], columns: Sequence[str], known: frozenset[str]
) -> dict[str, pa.Array]:
    objects: list[Mapping[str, str | None]] = []
    extra: list[str | None] = []
    malformed: list[str | None] = []
    for line in lines:
        try:
            fields, broken = fields_of(line), None
        except LandingError:
            fields, broken = {}, line.rstrip("\r\n")
        more = {key: value for key, value in fields.items() if key not in known}
        objects.append(fields)
        malformed.append(broken)
        extra.append(_as_json(more) if more else None)
    cells = {name: _texts([each.get(name) for each in objects]) for name in columns}
    return {**cells, EXTRA: _texts(extra), MALFORMED: _texts(malformed)}


def _texts(values: Sequence[str | None]) -> pa.Array:
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:
        # JSON can write half of a surrogate pair, which is no character.
        return pa.array([value and _characters(value) for value in values], pa.string())


def _characters(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _parquet(path: Path, landing: Landing, columns: Sequence[str]) -> Iterator[dict[str, pa.Array]]:
    known = frozenset(columns)
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        for batch in file.iter_batches(_ROWS_AT_ONCE):
            names = distinct(batch.schema.names)
            texts = dict(zip(names, map(texts_of, batch.columns), strict=True))
            extra = {name: texts[name].to_pylist() for name in names if name not in known}
            cells = {name: texts[name] for name in columns if name in texts}
            if extra:
                cells[EXTRA] = _texts(list(_each_as_json(extra)))
            yield {**cells, MALFORMED: pa.nulls(batch.num_rows, pa.string())}


def _each_as_json(columns: Mapping[str, Sequence[str | None]]) -> Iterator[str]:
    """One text for each row of some columns."""
    for row in zip(*columns.values(), strict=True):
        yield _as_json(dict(zip(columns, row, strict=True)))


def _as_json(fields: Mapping[str, str | None]) -> str:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


_Reader = Callable[[Path, Landing, Sequence[str]], Iterator[dict[str, pa.Array]]]
_READERS: dict[str, _Reader] = {"csv": _csv, "json": _json, "parquet": _parquet}
