"""Reader and grammar agree on every text: each line belongs to exactly one record."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from ml_platform.spark.landing.csv_dialect import CsvDialect
from ml_platform.spark.landing.csv_grammar import CsvGrammar
from ml_platform.spark.landing.csv_records import CsvRecords
from ml_platform.spark.landing.text_lines import lines_of

DIALECTS = (
    CsvDialect(),
    CsvDialect(delimiter="\t"),
    CsvDialect(escape="\\"),
    CsvDialect(delimiter="||"),
    CsvDialect(comment="#"),
    CsvDialect(quote="", escape=""),
)
PARTS = ('"', ",", "\t", "||", "\n", "\r", "\r\n", "a", " ", "\\", "#", "")
TEXTS = st.lists(st.sampled_from(PARTS), max_size=30).map("".join)


@given(TEXTS, st.sampled_from(DIALECTS), st.integers(1, 3), st.integers(1, 3), st.integers(3, 30))
def test_as_many_rows_are_read_as_are_counted_however_broken_a_text_is(
    text: str, dialect: CsvDialect, width: int, at_once: int, longest: int
) -> None:
    lines = lines_of(text)
    blocks = [lines[i : i + at_once] for i in range(0, len(lines), at_once)]
    rows = list(CsvRecords(iter(blocks), dialect, longest).rows(width))
    assert all(len(fields) == width for each in rows for fields in each.fields)
    read = sum(len(each.fields) for each in rows)
    assert read == CsvGrammar.of(dialect).count(blocks, width, longest)


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=8), st.integers(1, 3))
def test_what_a_writer_wrote_is_read_again(table: list[list[str]], at_once: int) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows(table)
    lines = lines_of(written.getvalue())
    blocks = [lines[i : i + at_once] for i in range(0, len(lines), at_once)]
    found = [
        list(fields)
        for rows in CsvRecords(iter(blocks), CsvDialect(), 1000).rows(2)
        for fields in rows.fields
    ]
    assert found == table


def test_an_unclosed_quote_at_the_end_and_one_before_many_lines_cost_one_line_each() -> None:
    lines = ['"a,1\n', *(f"b,{i}\n" for i in range(5000)), '"c,2']
    rows = list(CsvRecords(iter([lines]), CsvDialect(), 1 << 20).rows(2))
    assert sum(len(each.fields) for each in rows) == 5002
    assert [line for each in rows for line in each.malformed.values()] == ['"a,1', '"c,2']
