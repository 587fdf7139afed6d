"""Whatever is in a landed file becomes a row, each value as it landed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ml_platform.core.landing import LandedFile
from ml_platform.core.source_spec import Landing
from ml_platform.spark.landing.raw_batches import raw_batches
from ml_platform.spark.landing_inspection import inspect_landed

COLUMNS = ("carrier", "flight", "dest")


def read(
    path: Path, content: bytes | str, kind: str = "csv", **options: str
) -> list[dict[str, Any]]:
    """The raw rows of a file, of which inspection has counted as many."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    landing = Landing.model_validate({"format": kind, "path": "{partition}", "options": options})
    inspected = inspect_landed(LandedFile("t", "p", str(path), 1, 0.0), landing, COLUMNS, COLUMNS)
    assert inspected.problems == ()
    rows = [row for batch in raw_batches(path, landing, COLUMNS) for row in batch.to_pylist()]
    assert inspected.rows == len(rows)
    assert [row["_row_number"] for row in rows] == list(range(1, len(rows) + 1))
    return rows


@pytest.mark.parametrize("line", ['"AA,5,LAX', 'AA,"5,LAX', 'AA,5,"LAX', '"A" A,5,LAX'])
@pytest.mark.parametrize("multi_line", ["true", "false"])
def test_an_unclosed_quote_costs_its_own_line_and_no_other(
    tmp_path: Path, line: str, multi_line: str
) -> None:
    lines = [f"AA,{i},LAX" for i in range(1, 40)]
    lines[4] = line
    text = "carrier,flight,dest\n" + "\n".join(lines) + "\n"
    rows = read(tmp_path / "a.csv", text, multiLine=multi_line)
    assert len(rows) == 39
    assert [row["_malformed"] for row in rows] == [None] * 4 + [line] + [None] * 34


def test_a_quoted_line_break_is_part_of_its_field_wherever_it_is(tmp_path: Path) -> None:
    text = 'carrier,flight,dest\r\n"A\r\nB",1,LAX\r\nUA,2,"S\n\nF"\r\n#,3,\r\n'
    rows = read(tmp_path / "a.csv", text)
    assert [row["carrier"] for row in rows] == ["A\r\nB", "UA", "#"]
    assert [row["dest"] for row in rows] == ["LAX", "S\n\nF", None]


def test_extra_columns_of_one_name_are_both_kept(tmp_path: Path) -> None:
    [row] = read(tmp_path / "a.csv", "gate,carrier,flight,dest,gate\nB1,AA,1,LAX,B2\n")
    assert json.loads(row["_extra"]) == {"gate": "B1", "gate (2)": "B2"}


def test_tabs_alone_are_a_row_and_a_first_or_last_tab_is_a_column(tmp_path: Path) -> None:
    text = "\tcarrier\tflight\tdest\t\n0\tAA\t1\tLAX\tx\n\t\t\t\t\n \n"
    rows = read(tmp_path / "a.tsv", text, sep="\\t")
    assert [row["carrier"] for row in rows] == ["AA", None]
    assert json.loads(rows[0]["_extra"]) == {"": "0", " (2)": "x"}


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize(
    "encoding",
    ["UTF-8", "UTF8", "utf-8-sig", "UTF-16", "windows-1252", "latin1", "ISO-8859-15", "Shift_JIS"],
)
def test_every_encoding_and_end_of_line_is_read_by_the_one_reader(
    tmp_path: Path, encoding: str, end: str
) -> None:
    name = "ソ|表" if encoding == "Shift_JIS" else "é"
    text = end.join(["carrier,flight,dest", f"{name},1,LAX", f'"{name}",2,"S{end}F"', ""])
    rows = read(tmp_path / "a.csv", text.encode(encoding), encoding=encoding)
    assert [row["carrier"] for row in rows] == [name, name]
    assert rows[1]["dest"] == f"S{end}F"


def test_comments_are_no_rows_before_the_header_or_after_it(tmp_path: Path) -> None:
    text = '# made by x\n\ncarrier,flight,dest\n# one\nAA,1,"L\n# A"\n'
    [row] = read(tmp_path / "a.csv", text, comment="#")
    assert row["dest"] == "L\n# A"


def test_other_dialects_are_read_to_the_letter(tmp_path: Path) -> None:
    text = 'carrier||flight||dest\n"A \\"x\\" || \\\\ \\y"||C:\\d||NA\n'
    [row] = read(tmp_path / "a.csv", text, sep="||", escape="\\", nullValue="NA")
    assert row["carrier"] == 'A "x" || \\ \\y'
    assert (row["flight"], row["dest"]) == ("C:\\d", None)
    [row] = read(tmp_path / "b.csv", 'carrier,flight,dest\n"A",1 , LAX\n', quote="\0")
    assert (row["carrier"], row["flight"]) == ('"A"', "1 ")
    [row] = read(
        tmp_path / "c.csv",
        "carrier,flight,dest\n A ,1 ,\t\n",
        ignoreLeadingWhiteSpace="true",
        ignoreTrailingWhiteSpace="true",
    )
    assert (row["carrier"], row["flight"], row["dest"]) == ("A", "1", None)


def test_records_that_lie_across_the_pieces_of_a_large_file_are_whole(tmp_path: Path) -> None:
    long = "x" * 300_000 + "\n" + "y" * 300_000
    lines = [f'AA,{i},"{long}"' for i in range(8)]
    rows = read(tmp_path / "a.csv", "carrier,flight,dest\n" + "\r\n".join(lines))
    assert [row["flight"] for row in rows] == [str(i) for i in range(8)]
    assert all(row["dest"] == long for row in rows)


def test_json_values_stay_as_they_are_written(tmp_path: Path) -> None:
    lines = [
        '{"carrier": 1.50, "flight": 20240310.0, "dest": 1234567890123456789012, "x": [1.0, "a"]}',
        '{"carrier": "AA", "carrier": "UA", "flight": 1}',
        "[" * 100_000,
        '{"carrier": "\\ud800", "flight": 1e400, "dest": NaN}',
    ]
    rows = read(tmp_path / "a.json", "\n".join(lines), "json")
    first = rows[0]
    assert (first["carrier"], first["flight"]) == ("1.50", "20240310.0")
    assert first["dest"] == "1234567890123456789012"
    assert json.loads(first["_extra"]) == {"x": '[1.0, "a"]'}
    assert [row["_malformed"] for row in rows] == [None, lines[1], lines[2], None]
    assert (rows[3]["carrier"], rows[3]["flight"]) == ("\ufffd", "1e400")


def test_parquet_values_keep_their_digits_and_odd_columns_stop_nothing(tmp_path: Path) -> None:
    columns = {
        "flight": pa.array([1234567890123456.0, 2.0**53, 2.0**53 + 2]),
        "dest": pa.array([2**63 - 1, -(2**63), 2**53 + 1]),
        "carrier": pa.array([b"AA", b"UA", b"\xff"]),
        "blob": pa.array([b"\x00\xff", None, b"text"]),
        "took": pa.array([1, 2, 3], pa.duration("us")),
        "at": pa.array([1, 2, 3], pa.time64("ns")),
    }
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table(columns), path)
    rows = read(path, path.read_bytes(), "parquet")
    assert [row["flight"] for row in rows] == [
        "1234567890123456",
        "9007199254740992",
        "9.007199254740994e+15",
    ]
    assert [row["dest"] for row in rows] == [str(2**63 - 1), str(-(2**63)), str(2**53 + 1)]
    assert json.loads(rows[0]["_extra"])["blob"] == "AP8="
    assert "\ufffd" not in str(rows)
