"""The header of a landed CSV file, read on the driver: columns are matched by name."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ml_platform.core.errors import LandingError
from ml_platform.spark.landing_text import open_landed

DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class CsvDialect:
    """The part of Spark's CSV options that the header is read by."""

    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    header: bool = True

    @classmethod
    def of(cls, options: Mapping[str, str]) -> CsvDialect:
        """Read the dialect out of a landing's options, named as Spark names them.

        >>> CsvDialect.of({"sep": ";"}).delimiter
        ';'
        """
        given = {key.lower(): value for key, value in options.items()}
        delimiter = given.get("sep", given.get("delimiter", ","))
        return cls(
            delimiter="\t" if delimiter == "\\t" else delimiter,
            quote=given.get("quote", '"'),
            encoding=given.get("encoding", given.get("charset", "utf-8")),
            header=given.get("header", "true").lower() == "true",
        )

    def with_delimiter(self, delimiter: str) -> CsvDialect:
        """The same with another delimiter."""
        return replace(self, delimiter=delimiter)


def read_header(path: Path, dialect: CsvDialect, columns: Sequence[str]) -> list[str]:
    """Names of the file's columns, in its order.

    A file declared without a header has the contract's columns in the contract's order.

    Raises:
        LandingError: the first line is absent or not text in the declared encoding.
    """
    if not dialect.header:
        return list(columns)
    line = _first_line(path)
    if not line:
        raise LandingError("the file holds no text")
    return [name.strip() for name in _fields(_decoded(line, dialect), dialect)]


def holds_rows(path: Path, dialect: CsvDialect) -> bool:
    """Whether any line follows the header."""
    lines_needed = 2 if dialect.header else 1
    with open_landed(path) as lines:
        for line in lines:
            lines_needed -= bool(line.strip())
            if lines_needed == 0:
                return True
    return False


def _first_line(path: Path) -> bytes:
    with open_landed(path) as lines:
        # A file with bare carriage returns is one line to Python; Spark breaks it.
        return next((line.strip().split(b"\r")[0] for line in lines if line.strip()), b"")


def _decoded(line: bytes, dialect: CsvDialect) -> str:
    try:
        text = line.decode(dialect.encoding).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError) as error:
        raise LandingError(f"its first line is not {dialect.encoding} text: {error}") from error
    if "\0" in text:
        raise LandingError(f"its first line is not {dialect.encoding} text: it holds zero bytes")
    return text


def _fields(line: str, dialect: CsvDialect) -> list[str]:
    if len(dialect.delimiter) != 1:
        return [field.strip(dialect.quote) for field in line.split(dialect.delimiter)]
    if not dialect.quote:
        return line.split(dialect.delimiter)
    return next(csv.reader([line], delimiter=dialect.delimiter, quotechar=dialect.quote))
