"""The grammar of a CSV record as a regular expression: a second opinion on where records end."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from ml_platform.spark.landing.csv_dialect import CsvDialect
from ml_platform.spark.landing.text_lines import lines_of

_END = r"(?:\r\n|\n|\r|\Z)"
_LINE = re.compile(rf"[^\r\n]*+{_END}")


class CsvGrammar:
    """What a record of a dialect is made of.

    Args:
        dialect: how it is written.
    """

    def __init__(self, dialect: CsvDialect) -> None:
        self.dialect = dialect
        self._between = re.escape(dialect.delimiter)
        self._field, unclosed = _field_of(dialect, self._between)
        self._part = re.compile(f"({self._field})(?:({self._between})|{_END})")
        self._open = re.compile(f"(?:{self._field}{self._between})*+{unclosed}")

    @classmethod
    @cache
    def of(cls, dialect: CsvDialect) -> CsvGrammar:
        """The grammar of a dialect."""
        return cls(dialect)

    def record(self, text: str) -> tuple[list[str] | None, int]:
        """Fields of the record that some lines begin with, None if there is none, and its lines."""
        fields, at = [], 0
        while part := self._part.match(text, at):
            fields.append(self._bare(part[1]))
            at = part.end()
            if part[2] is None:
                return fields, len(lines_of(text[:at]))
        return None, 1

    def is_open(self, text: str, at: int = 0) -> bool:
        """Whether a quote of the record at this place does not close before the text ends."""
        return self._open.match(text, at) is not None

    def count(self, blocks: Iterable[list[str]], width: int, longest: int) -> int:
        """How many rows some lines hold, the malformed ones included.

        Args:
            blocks: the lines that follow the header, some at a time.
            width: fields of a record.
            longest: of a record of several lines, in characters.
        """
        between_fields = f"(?:{self._between}{self._field}){{{width - 1}}}"
        record = re.compile(f"{self._field}{between_fields}{_END}")
        rows, rest = 0, ""
        for lines in blocks:
            if not rest and not self._quotes(lines):
                rows += len(lines) - sum(map(self.dialect.skips, lines))
                continue
            found, rest = self._counted(record, rest + "".join(lines), longest, at_end=False)
            rows += found
        return rows + self._counted(record, rest, longest, at_end=True)[0]

    def _quotes(self, lines: list[str]) -> bool:
        quote = self.dialect.quote
        return bool(quote) and any(quote in line for line in lines)

    def _counted(
        self, record: re.Pattern[str], text: str, longest: int, at_end: bool
    ) -> tuple[int, str]:
        """Rows of a text, and the rest of it that has to be looked at with what follows."""
        rows, at = 0, 0
        while at < len(text):
            line = _LINE.match(text, at)
            assert line is not None
            end = line.end()
            if self.dialect.skips(line[0]):
                at = end
                continue
            if self.dialect.quote and self.dialect.quote in line[0]:
                found = record.match(text, at)
                if found and found.end() - at <= longest:
                    end = found.end()
                elif not at_end and len(text) - at <= longest and self.is_open(text, at):
                    return rows, text[at:]
            rows, at = rows + 1, end
        return rows, ""

    def _bare(self, field: str) -> str:
        """A field without its quotes."""
        quote, escape = self.dialect.quote, self.dialect.escape
        if not quote or not field.startswith(quote):
            return field
        return re.sub(f"{re.escape(escape)}([{re.escape(quote + escape)}])", r"\1", field[1:-1])


def _field_of(dialect: CsvDialect, between: str) -> tuple[str, str]:
    """Patterns of a field, quoted or not, and of a quoted one that does not close."""
    bare = rf"(?:(?!{between})[^\r\n])*+"
    if not dialect.quote:
        return bare, "(?!)"
    quote, escape = re.escape(dialect.quote), re.escape(dialect.escape)
    inside = rf"(?:[^{quote}{escape}]++|{escape}[{quote}{escape}]|{escape})*+"
    if quote == escape:
        inside = rf"(?:[^{quote}]++|{quote}{quote})*+"
    quoted = rf"{quote}{inside}{quote}(?={between}|[\r\n]|\Z)"
    return rf"(?:{quoted}|(?!{quote}){bare})", rf"{quote}{inside}\Z"
