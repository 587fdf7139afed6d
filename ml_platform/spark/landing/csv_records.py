"""The records of a CSV file: each line belongs to exactly one, however broken it is.

A record is a line, or several where a quoted field holds line breaks (RFC 4180). Lines that do
not make a record of as many fields as there are columns are kept whole, one by one: an unclosed
quote costs its own line and no other.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ml_platform.core.errors import LandingError
from ml_platform.spark.landing.csv_dialect import CsvDialect
from ml_platform.spark.landing.csv_grammar import CsvGrammar

_ENDS = "\r\n"


@dataclass(frozen=True)
class CsvRows:
    """Some neighbouring rows of a file.

    Attributes:
        fields: as many for each row as there are columns; empty ones for a malformed row.
        malformed: lines that make no record, by the place of their row.
    """

    fields: Sequence[Sequence[str]]
    malformed: dict[int, str]


class CsvRecords:
    """Reads the records of one file, from its first line to its last.

    Args:
        blocks: the file's lines with their ends, some at a time.
        dialect: how they are written.
        longest: of a record, in characters; what is longer is none.
    """

    def __init__(self, blocks: Iterable[list[str]], dialect: CsvDialect, longest: int) -> None:
        self._blocks = iter(blocks)
        self._dialect = dialect
        self._longest = longest
        self._lines: list[str] = []
        self._at = 0
        csv.field_size_limit(longest)

    def header(self) -> list[str]:
        """Read the first record as the names of the columns.

        Raises:
            LandingError: there is no text, or no record.
        """
        while self._here():
            if not self._skip():
                fields, lines = self._record()
                if fields is None:
                    raise LandingError("its first line is no record: a quote in it does not close")
                self._at += lines
                return [name.strip() for name in fields]
        raise LandingError("the file holds no text")

    def rows(self, width: int) -> Iterator[CsvRows]:
        """Read all rows that follow.

        Args:
            width: how many columns there are.
        """
        while self._here():
            rows = self._at_once(width) or self._one_by_one(width)
            if rows.fields:
                yield rows

    def lines_left(self) -> Iterator[list[str]]:
        """The lines that were not read yet, some at a time."""
        while self._here():
            lines, self._at = self._lines[self._at :], len(self._lines)
            yield lines

    def _here(self) -> bool:
        """Whether any line is left; the next one is at hand then."""
        while self._at >= len(self._lines):
            block = next(self._blocks, None)
            if block is None:
                return False
            self._lines, self._at = block, 0
        return True

    def _skip(self) -> bool:
        skips = self._dialect.skips(self._lines[self._at])
        self._at += skips
        return skips

    def _at_once(self, width: int) -> CsvRows | None:
        """All lines at hand, if each of them is a whole record, which few are not."""
        if not self._dialect.plain or self._dialect.comment:
            return None
        lines = self._lines[self._at :] if self._at else self._lines
        try:
            fields = list(csv.reader(lines, **self._format()))
        except csv.Error:
            return None
        if len(fields) != len(lines) or any(len(each) != width for each in fields):
            return None
        if width == 1 and any(map(self._dialect.skips, lines)):
            return None
        self._at = len(self._lines)
        return CsvRows(fields, {})

    def _one_by_one(self, width: int) -> CsvRows:
        """The records that begin in the lines at hand; the last of them may end in others."""
        rows: list[Sequence[str]] = []
        malformed: dict[int, str] = {}
        nothing = [""] * width
        begins_before = len(self._lines)
        while self._at < begins_before:
            if self._skip():
                continue
            fields, lines = self._record()
            if fields is None or len(fields) != width:
                malformed[len(rows)] = self._lines[self._at].rstrip(_ENDS)
                fields, lines = nothing, 1
            rows.append(fields)
            self._at += lines
        return CsvRows(rows, malformed)

    def _record(self) -> tuple[Sequence[str] | None, int]:
        """Fields of the record that begins here, None if there is none, and its lines."""
        line = self._lines[self._at]
        quote = self._dialect.quote
        if not quote or quote not in line:
            return line.rstrip(_ENDS).split(self._dialect.delimiter), 1
        if not self._dialect.plain:
            return self._by_grammar()
        reader = csv.reader(self._following(), **self._format())
        try:
            fields = next(reader)
        except csv.Error:
            return None, 1
        return fields, reader.line_num

    def _by_grammar(self) -> tuple[Sequence[str] | None, int]:
        """The same of a dialect that Python's ``csv`` does not read as Spark does."""
        grammar = CsvGrammar.of(self._dialect)
        following, text, more = self._following(), "", 1
        while lines := list(islice(following, more)):
            text += "".join(lines)
            fields, count = grammar.record(text)
            if fields is not None or not grammar.is_open(text):
                return fields, count
            more *= 2
        return None, 1

    def _following(self) -> Iterator[str]:
        """This line and those after it, as many as a record may be long."""
        at, length = self._at, 0
        while True:
            if at == len(self._lines):
                block = next(self._blocks, None)
                if block is None:
                    return
                self._lines = [*self._lines, *block]
            length += len(self._lines[at])
            if length > self._longest and at > self._at:
                return
            yield self._lines[at]
            at += 1

    def _format(self) -> dict[str, Any]:
        quote = self._dialect.quote
        return {
            "delimiter": self._dialect.delimiter,
            "quotechar": quote or None,
            "quoting": csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
            "strict": True,
        }
