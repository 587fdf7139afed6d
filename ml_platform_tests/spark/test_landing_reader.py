"""Landed files become raw rows: nothing lost, every row numbered, columns matched by name."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ml_platform.core.errors import LandingError
from ml_platform.core.landing import LandedFile
from ml_platform.core.source_spec import Landing
from ml_platform.spark.landing_inspection import inspect_landed
from ml_platform.spark.landing_reader import read_landed

COLUMNS = ("carrier", "flight", "dest")


def landed(path: Path, content: bytes | str) -> LandedFile:
    """Write a file as its producer would."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return LandedFile("flights", "2013-01-07", str(path), path.stat().st_size, 0.0, "abc")


def landing(kind: str = "csv", **options: str) -> Landing:
    """How the file is declared."""
    return Landing.model_validate(
        {"format": kind, "path": "flights/{partition}", "options": options}
    )


def rows_of(frame: Any) -> list[dict[str, Any]]:
    """The frame's rows in file order."""
    return [row.asDict() for row in frame.orderBy("_row_number").collect()]


def test_columns_are_matched_by_header_name_and_carry_where_they_came_from(
    spark: Any, tmp_path: Path
) -> None:
    file = landed(tmp_path / "a.csv", "dest,carrier,flight\nLAX,AA,1\n,UA,\n")
    rows = rows_of(read_landed(spark, [file], landing(), COLUMNS))
    assert [(r["carrier"], r["flight"], r["dest"]) for r in rows] == [
        ("AA", "1", "LAX"),
        ("UA", None, None),
    ]
    assert rows[0]["_source_file"] == file.path
    assert rows[0]["_source_sha256"] == "abc"
    assert rows[0]["partition"] == "2013-01-07"
    assert [r["_row_number"] for r in rows] == [1, 2]
    assert rows[0]["_ingested_at"] is not None
    assert rows[0]["_extra"] is None
    assert rows[0]["_malformed"] is None


def test_extra_columns_are_kept_as_json(spark: Any, tmp_path: Path) -> None:
    text = 'gate "x",carrier,flight,dest,Carrier\nB1,AA,1,LAX,\n'
    [row] = rows_of(read_landed(spark, [landed(tmp_path / "a.csv", text)], landing(), COLUMNS))
    assert json.loads(row["_extra"]) == {'gate "x"': "B1", "Carrier": None}


def test_lines_that_do_not_fit_the_header_are_kept_whole(spark: Any, tmp_path: Path) -> None:
    text = "carrier,flight,dest\nAA,1\nAA,1,LAX,7\n\nAA,2,LAX\n"
    rows = rows_of(read_landed(spark, [landed(tmp_path / "a.csv", text)], landing(), COLUMNS))
    assert [r["_malformed"] for r in rows] == ["AA,1", "AA,1,LAX,7", None]
    assert [r["carrier"] for r in rows] == [None, None, "AA"]
    assert [r["_row_number"] for r in rows] == [1, 2, 3]


def test_quotes_may_be_doubled_and_empty_quotes_are_null(spark: Any, tmp_path: Path) -> None:
    text = 'carrier,flight,dest\n"A ""1"", b","",LAX\n'
    [row] = rows_of(read_landed(spark, [landed(tmp_path / "a.csv", text)], landing(), COLUMNS))
    assert row["carrier"] == 'A "1", b'
    assert row["flight"] is None


def test_a_quoted_field_may_hold_a_line_break_if_declared(spark: Any, tmp_path: Path) -> None:
    file = landed(tmp_path / "a.csv", 'carrier,flight,dest\n"A\nB",1,LAX\nUA,2,SFO\n')
    rows = rows_of(read_landed(spark, [file], landing(multiLine="true"), COLUMNS))
    assert [(r["_row_number"], r["carrier"]) for r in rows] == [(1, "A\nB"), (2, "UA")]


def test_a_range_of_files_is_read_as_one_frame_and_each_is_numbered_for_itself(
    spark: Any, tmp_path: Path
) -> None:
    files = []
    for day in range(1, 41):
        header = "carrier,flight,dest" if day % 2 else "dest,carrier,gate,flight"
        line = "AA,{},LAX" if day % 2 else "LAX,AA,B7,{}"
        lines = [header, *(line.format(i) for i in range(1, day + 1))]
        file = landed(tmp_path / f"{day}.csv", "\n".join(lines))
        files.append(replace(file, partition=f"day {day}", sha256=f"sha {day}"))
    rows = read_landed(spark, files, landing(), COLUMNS).collect()
    assert len(rows) == sum(range(1, 41))
    assert all(int(row["flight"]) == row["_row_number"] for row in rows)
    for row in rows:
        day = row["partition"].removeprefix("day ")
        assert row["_source_sha256"] == f"sha {day}"
        assert Path(row["_source_file"]).stem == day
        assert (row["carrier"], row["dest"]) == ("AA", "LAX")
        assert (row["_extra"] is None) == (int(day) % 2 == 1)


def test_unpacked_on_the_way_with_names_that_look_like_patterns(spark: Any, tmp_path: Path) -> None:
    packed = gzip.compress(b"carrier,flight,dest\nAA,1,LAX\n")
    file = landed(tmp_path / "a [1]*.csv.gz", packed)
    assert len(rows_of(read_landed(spark, [file], landing(), COLUMNS))) == 1


def test_other_delimiters_and_files_without_a_header(spark: Any, tmp_path: Path) -> None:
    file = landed(tmp_path / "a.csv", "AA;1;LAX\n")
    [row] = rows_of(read_landed(spark, [file], landing(sep=";", header="false"), COLUMNS))
    assert (row["carrier"], row["flight"], row["dest"]) == ("AA", "1", "LAX")


def test_bytes_that_are_not_utf8_still_arrive_as_a_row(spark: Any, tmp_path: Path) -> None:
    file = landed(tmp_path / "a.csv", b"carrier,flight,dest\nA\xff,1,LAX\n")
    [row] = rows_of(read_landed(spark, [file], landing(), COLUMNS))
    assert row["carrier"] == "A\ufffd"


def test_json_lines_keep_what_is_extra_and_what_is_broken(spark: Any, tmp_path: Path) -> None:
    lines = [
        '{"carrier": "AA", "flight": 1, "gate": {"t": 4}}',
        '{"carrier": "AA", ',
        "",
        '{"dest": null, "flight": 2.5}x',
        "[1]",
        '{"flight": true}',
    ]
    file = landed(tmp_path / "a.json", "\n".join(lines))
    rows = rows_of(read_landed(spark, [file], landing("json"), COLUMNS))
    assert [r["_malformed"] for r in rows] == [None, lines[1], lines[3], "[1]", None]
    assert (rows[0]["carrier"], rows[0]["flight"], rows[0]["dest"]) == ("AA", "1", None)
    assert json.loads(rows[0]["_extra"]) == {"gate": '{"t": 4}'}
    assert rows[4]["flight"] == "true"
    assert [r["_row_number"] for r in rows] == [1, 2, 3, 4, 5]


def test_parquet_values_become_text_that_reads_back_as_the_same_value(
    spark: Any, tmp_path: Path
) -> None:
    table = pa.table(
        {
            "flight": pa.array([15_000_000.0, None, 0.1]),
            "carrier": ["AA", None, ""],
            "dest": pa.array([1, 2, 3], pa.timestamp("us")),
            "legs": [[1], [2], None],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    file = landed(tmp_path / "a.parquet", (tmp_path / "a.parquet").read_bytes())
    rows = rows_of(read_landed(spark, [file], landing("parquet"), COLUMNS))
    assert [r["flight"] for r in rows] == ["15000000", None, "0.1"]
    assert rows[0]["dest"] == "1970-01-01 00:00:00.000001"
    assert json.loads(rows[0]["_extra"]) == {"legs": "[1]"}
    assert [r["_row_number"] for r in rows] == [1, 2, 3]


def test_an_optional_column_that_does_not_land_is_null(spark: Any, tmp_path: Path) -> None:
    file = landed(tmp_path / "a.csv", "carrier,flight\nAA,1\n")
    [row] = rows_of(read_landed(spark, [file], landing(), COLUMNS))
    assert row["dest"] is None


BROKEN = {
    "empty": (b"", "the file is empty"),
    "blank": (b"\n\n", "holds no text"),
    "header only": (b"carrier,flight,dest\n\n", "a header and no rows"),
    "wrong delimiter": (b"carrier;flight;dest\nAA;1;LAX\n", "separated by ';'"),
    "no header": (b"AA,1,LAX\nUA,2,SFO\n", "names none of the contract's columns"),
    "missing column": (b"carrier,flght,dest\nAA,1,LAX\n", "no column flight; is it .* flght"),
    "doubled column": (b"carrier,flight,dest,dest\nAA,1,LAX,LAX\n", "column dest 2 times"),
    "UTF-16": ("carrier,flight,dest\n".encode("utf-16"), "not utf-8 text"),
    "zero bytes": (b"c\0a,flight,dest\nAA,1,LAX\n", "zero bytes"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_csv_file_broken_as_a_whole_is_refused_in_plain_words(tmp_path: Path, name: str) -> None:
    content, expected = BROKEN[name]
    file = landed(tmp_path / "a.csv", content)
    [problem] = inspect_landed(file, landing(), COLUMNS).problems
    assert re.search(expected, problem)


@pytest.mark.parametrize(
    ("kind", "content", "expected"),
    [
        ("parquet", b"PAR1 and then nothing", "not a readable Parquet file"),
        ("json", b"\n \n", "holds no rows"),
        ("json", b'[{"carrier": "AA"}]', "one JSON object per line"),
        ("json", b'{"x": 1}', "none of the contract's columns"),
    ],
)
def test_other_files_broken_as_a_whole_are_refused_in_plain_words(
    tmp_path: Path, kind: str, content: bytes, expected: str
) -> None:
    file = landed(tmp_path / "a", content)
    [problem] = inspect_landed(file, landing(kind), COLUMNS).problems
    assert expected in problem


def test_parquet_without_rows_is_refused_and_nanoseconds_are_read(
    spark: Any, tmp_path: Path
) -> None:
    none = {"carrier": pa.array([], pa.timestamp("ns")), "flight": [], "dest": []}
    some = {"carrier": pa.array([1, 10**9], pa.timestamp("ns")), "flight": [1, 2], "dest": [1, 2]}
    for name, columns in (("none", none), ("some", some)):
        pq.write_table(pa.table(columns), tmp_path / name)
    empty = LandedFile("flights", "2013-01-07", str(tmp_path / "none"), 1, 0.0)
    file = LandedFile("flights", "2013-01-07", str(tmp_path / "some"), 1, 0.0)
    assert inspect_landed(empty, landing("parquet"), COLUMNS).problems == (
        "the file holds no rows",
    )
    assert inspect_landed(file, landing("parquet"), COLUMNS).rows == 2
    rows = rows_of(read_landed(spark, [file], landing("parquet"), COLUMNS))
    assert [r["carrier"] for r in rows] == ["1970-01-01 00:00:00.000000001", "1970-01-01 00:00:01"]


def test_absent_files_and_folders_are_refused_and_any_name_can_be_opened(
    spark: Any, tmp_path: Path
) -> None:
    absent = LandedFile("flights", "2013-01-07", str(tmp_path / "no.csv"), 0, 0.0)
    folder = LandedFile("flights", "2013-01-07", str(tmp_path), 0, 0.0)
    colon = landed(tmp_path / "2013-01-07-13:00.csv", "carrier,flight,dest\nAA,1,LAX\n")
    assert inspect_landed(absent, landing(), COLUMNS).problems == ("the file does not exist",)
    assert inspect_landed(folder, landing(), COLUMNS).problems == ("it is not a file",)
    assert inspect_landed(colon, landing(), COLUMNS).rows == 1
    assert len(rows_of(read_landed(spark, [colon], landing(), COLUMNS))) == 1


def test_reading_nothing_is_refused(spark: Any) -> None:
    with pytest.raises(LandingError, match="no landed file"):
        read_landed(spark, [], landing(), COLUMNS)
