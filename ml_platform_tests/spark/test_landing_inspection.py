"""What cannot be read is said of the file, in plain words and within bounds."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ml_platform.core.landing import LandedFile
from ml_platform.core.source_spec import Landing
from ml_platform.spark.landing_inspection import Inspected, inspect_landed

COLUMNS = ("nswprice", "vicprice")
ROWS = "nswprice,vicprice\n" + "".join(f"{i},{i * 7919}\n" for i in range(20_000))
PACKED = gzip.compress(ROWS.encode())


def inspected(path: Path, content: bytes | str, kind: str = "csv", **landing: object) -> Inspected:
    """What inspection says of a file."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    declared = Landing.model_validate({"format": kind, "path": "{partition}", **landing})
    return inspect_landed(LandedFile("t", "p", str(path), 1, 0.0), declared, COLUMNS)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PACKED[:-200], "not a whole .gz archive"),
        (PACKED[:500] + b"\x00\xff" * 20 + PACKED[540:], "archive"),
        (ROWS.encode(), "no sound archive: Not a gzipped file"),
    ],
    ids=["cut", "flipped", "plain text"],
)
def test_a_broken_archive_is_told_of(tmp_path: Path, content: bytes, expected: str) -> None:
    [problem] = inspected(tmp_path / "a.csv.gz", content).problems
    assert expected in problem


def test_a_sound_archive_is_counted(tmp_path: Path) -> None:
    assert inspected(tmp_path / "a.csv.gz", PACKED) == Inspected((), 20_000)


def test_a_long_field_is_read_and_a_longer_line_than_declared_is_not(tmp_path: Path) -> None:
    text = f"nswprice,vicprice,{'x' * 200_000}\n1,2,3\n"
    assert inspected(tmp_path / "a.csv", text) == Inspected((), 1)
    [problem] = inspected(tmp_path / "a.csv", text, longest_line=100_000).problems
    assert "line 1 is longer than 100,000 characters" in problem
    late = ROWS + "x" * 200_000
    [problem] = inspected(tmp_path / "a.csv", late, longest_line=100_000).problems
    assert "line 20,002 is longer" in problem


def test_an_archive_is_unpacked_no_further_than_declared(tmp_path: Path) -> None:
    [problem] = inspected(tmp_path / "a.csv.gz", PACKED, largest_unpacked=100_000).problems
    assert "unpacked it is larger than 100,000 bytes" in problem


def test_a_hint_names_no_column_that_is_there_in_its_own_right(tmp_path: Path) -> None:
    [problem] = inspected(tmp_path / "a.csv", "NSW Price,vicprice\n1,2\n").problems
    assert problem == "it has no column nswprice; is it the one named NSW Price?"
    [problem] = inspected(tmp_path / "a.csv", "day,vicprice\n1,2\n").problems
    assert problem == "it has no column nswprice"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"seperator": ";"}, "seperator is not an option of CSV files"),
        ({"encoding": "utf-88"}, "no known encoding"),
        ({"quote": "''"}, "expected one character or none"),
        ({"sep": ""}, "cannot part fields"),
    ],
)
def test_options_that_say_nothing_are_refused(
    tmp_path: Path, options: dict[str, str], expected: str
) -> None:
    [problem] = inspected(tmp_path / "a.csv", ROWS, options=options).problems
    assert expected in problem


def test_an_unclosed_quote_in_the_header_is_told_of(tmp_path: Path) -> None:
    [problem] = inspected(tmp_path / "a.csv", '"nswprice,vicprice\n1,2\n').problems
    assert "a quote in it does not close" in problem


def test_json_nested_too_deep_is_told_of(tmp_path: Path) -> None:
    [problem] = inspected(tmp_path / "a.json", '{"nswprice":' * 100_000, "json").problems
    assert problem == "it does not hold one JSON object per line"


def test_a_damaged_page_of_parquet_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    table = pa.table({"nswprice": list(range(1000)), "vicprice": list(range(1000))})
    pq.write_table(table, path, write_page_checksum=True)
    content = bytearray(path.read_bytes())
    assert inspected(path, bytes(content), "parquet") == Inspected((), 1000)
    content[300] ^= 0xFF
    [problem] = inspected(path, bytes(content), "parquet").problems
    assert problem.startswith("it is not a readable Parquet file:")


def test_an_error_that_nobody_thought_of_is_told_of(tmp_path: Path) -> None:
    file = LandedFile("t", "p", str(tmp_path / ("x" * 300)), 1, 0.0)
    landing = Landing(format="csv", path="{partition}")
    [problem] = inspect_landed(file, landing, COLUMNS).problems
    assert problem.startswith("it cannot be read: OSError: ")
