"""What is wrong with a landed file as a whole, and how many rows it holds: before it is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ml_platform.core.errors import LandingError
from ml_platform.core.landing import LandedFile
from ml_platform.core.source_spec import Landing
from ml_platform.spark.landing.csv_dialect import DELIMITERS, CsvDialect
from ml_platform.spark.landing.csv_grammar import CsvGrammar
from ml_platform.spark.landing.csv_records import CsvRecords
from ml_platform.spark.landing.json_objects import fields_of
from ml_platform.spark.landing.text_lines import encoding_of, line_blocks
from ml_platform.spark.landing_text import shown

_JSON_LINES_LOOKED_AT = 100
_LONGEST_REASON = 300


@dataclass(frozen=True)
class Inspected:
    """What is known of a landed file before it is read.

    Attributes:
        problems: in the user's words, why it cannot be read; none if it can.
        rows: how many it holds, counted apart from the reader: as many must become raw rows.
    """

    problems: tuple[str, ...]
    rows: int = 0


def inspect_landed(
    file: LandedFile, landing: Landing, columns: Sequence[str], optional: Sequence[str] = ()
) -> Inspected:
    """Look through a landed file: can it be read as what it is declared to be, and what is in it?

    Goes through the whole content, unpacked and within the declared bounds, and costs no Spark
    job; several files may be looked through at once. Rows that are broken one by one are not told
    of here: they go to quarantine.

    Args:
        file: the landed file.
        landing: how it is declared to be written.
        columns: the contract's columns.
        optional: those of them that need not be there.
    """
    path = Path(file.path)
    required = [column for column in columns if column not in optional]
    try:
        if problem := _unreadable(path):
            return Inspected((problem,))
        return _INSPECTIONS[landing.format](path, landing, columns, required)
    except LandingError as error:
        return Inspected((str(error),))
    except Exception as error:
        # Whatever a library makes of bytes it was not written for is said of the file.
        first = (str(error).splitlines() or [""])[0][:_LONGEST_REASON]
        return Inspected((f"it cannot be read: {type(error).__name__}: {first}",))


def _unreadable(path: Path) -> str | None:
    if not path.exists():
        return "the file does not exist"
    if not path.is_file():
        return "it is not a file"
    if path.stat().st_size == 0:
        return "the file is empty"
    return None


def _inspect_csv(
    path: Path, landing: Landing, columns: Sequence[str], required: Sequence[str]
) -> Inspected:
    dialect = CsvDialect.of(landing.options)
    records = CsvRecords(line_blocks(path, landing), dialect, landing.longest_line)
    header = _header(records, dialect, landing) if dialect.header else list(columns)
    if not set(header) & set(columns):
        return Inspected((_foreign_header(path, landing, dialect, header, columns),))
    problems = [*_repeated(header, columns), *_missing(header, columns, required)]
    rows = CsvGrammar.of(dialect).count(records.lines_left(), len(header), landing.longest_line)
    if not rows:
        problems.append("the file holds a header and no rows")
    return Inspected(tuple(problems), rows)


def _header(records: CsvRecords, dialect: CsvDialect, landing: Landing) -> list[str]:
    header = records.header()
    found = dialect.delimiter.join(header)
    if "\0" in found or "\ufffd" in found:
        zero = ": it holds zero bytes" if "\0" in found else ""
        raise LandingError(f"its first line is not {encoding_of(landing)} text{zero}")
    return header


def _foreign_header(
    path: Path,
    landing: Landing,
    dialect: CsvDialect,
    header: Sequence[str],
    columns: Sequence[str],
) -> str:
    for delimiter in DELIMITERS:
        other = dialect.with_delimiter(delimiter)
        records = CsvRecords(line_blocks(path, landing), other, landing.longest_line)
        if delimiter != dialect.delimiter and set(records.header()) & set(columns):
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


def _missing(header: Sequence[str], columns: Sequence[str], required: Sequence[str]) -> list[str]:
    # A column that the contract knows is there in its own right: it is no other one's wrong name.
    foreign = [name for name in header if name not in columns]
    return [_missing_column(name, foreign) for name in required if name not in header]


def _missing_column(name: str, foreign: Sequence[str]) -> str:
    plain = {_plain(found): found for found in reversed(foreign)}
    close = get_close_matches(_plain(name), plain, n=1)
    hint = f"; is it the one named {plain[close[0]]}?" if close else ""
    return f"it has no column {name}{hint}"


def _plain(name: str) -> str:
    """A name as people compare it: without capitals, blanks and signs."""
    return re.sub(r"[\W_]+", "", name).casefold() or name


def _inspect_json(
    path: Path, landing: Landing, columns: Sequence[str], required: Sequence[str]
) -> Inspected:
    rows, found, objects = 0, dict[str, None](), 0
    for lines in line_blocks(path, landing):
        whole = [line for line in lines if line.strip()]
        for line in whole[: max(0, _JSON_LINES_LOOKED_AT - rows)]:
            with suppress(LandingError):
                found.update(dict.fromkeys(fields_of(line)))
                objects += 1
        rows += len(whole)
    if not rows:
        return Inspected(("the file holds no rows",))
    if not objects:
        return Inspected(("it does not hold one JSON object per line",))
    if not found.keys() & set(columns):
        return Inspected(
            (
                f"its objects have none of the contract's columns: found {shown(sorted(found))}; "
                f"expected {shown(columns)}",
            )
        )
    return Inspected((), rows)


def _inspect_parquet(
    path: Path, landing: Landing, columns: Sequence[str], required: Sequence[str]
) -> Inspected:
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            schema = file.schema_arrow
            # Read whole, because a page may be damaged where the footer is sound.
            rows = sum(batch.num_rows for batch in file.iter_batches())
    except (pa.ArrowException, OSError) as error:
        raise LandingError(f"it is not a readable Parquet file: {error}") from error
    problems = [*_repeated(schema.names, columns), *_missing(schema.names, columns, required)]
    return Inspected(tuple(problems if rows else [*problems, "the file holds no rows"]), rows)


_Inspection = Callable[[Path, Landing, Sequence[str], Sequence[str]], Inspected]
_INSPECTIONS: dict[str, _Inspection] = {
    "csv": _inspect_csv,
    "json": _inspect_json,
    "parquet": _inspect_parquet,
}
