"""A CSV body is read cell by cell, as its columns ask for."""

from typing import Any

import pytest

from ml_platform.serving.csv_body import read_columns
from ml_platform.serving.errors import InvalidRequest
from ml_platform_tests.serving.contracts import CONTRACT

HEADER = b"distance,sched_dep_time,carrier,holiday,at\r\n"


def cells(line: bytes) -> list[Any]:
    read = read_columns(HEADER + line, CONTRACT.inputs)
    return [values[0] for values in read.values()]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"1.5,1745,AA,true,2013-01-07", [1.5, 1745, "AA", True, "2013-01-07"]),
        (b",,,,", [None] * 5),
        (b'"","","","",""', [None] * 5),
        (b"NaN,nan,NaN,False,x", [None, None, "NaN", False, "x"]),
        (b"-1e-3,+7.0,null,1,", [-0.001, 7.0, "null", 1, None]),
        (b'.5,5.,"a,""b""\nc",0,', [0.5, 5.0, 'a,"b"\nc', 0, None]),
        (b"inf,-Infinity,NA,yes,", [float("inf"), float("-inf"), "NA", "yes", None]),
        (b"1_000,0x10, 5,1 ,1", ["1_000", "0x10", " 5", "1 ", "1"]),
        ("\u0661,1,\u00e9,1,1".encode(), ["\u0661", 1, "\u00e9", 1, "1"]),
        (b"9" * 400 + b",1,a,1,1", [float("inf"), 1, "a", 1, "1"]),
    ],
)
def test_a_cell_is_a_number_only_where_it_is_written_as_one(
    line: bytes, expected: list[Any]
) -> None:
    assert cells(line) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ([b"1", b"22"], [1, 22]),
        ([b"1.5", b"-2e3"], [1.5, -2000.0]),
        ([b"1.5", b'""'], [1.5, None]),
        ([b"1.5", b"+-2"], [1.5, "+-2"]),
        ([b"1", b"1e", b"e"], [1, "1e", "e"]),
        ([b"9" * 5000, b"1"], [float("inf"), 1]),
    ],
)
def test_a_column_is_read_as_its_cells_are(written: list[bytes], expected: list[Any]) -> None:
    read = read_columns(b"distance\n" + b"\n".join(written), CONTRACT.inputs)
    assert read == {"distance": expected}


def test_the_index_that_pandas_writes_is_left_out() -> None:
    read = read_columns(b",carrier,zzz\n0,AA,5\n1,UA,6\n", CONTRACT.inputs)
    assert read == {"carrier": ["AA", "UA"], "zzz": ["5", "6"]}


def test_a_byte_order_mark_and_blank_lines_are_no_data() -> None:
    assert read_columns(b"\xef\xbb\xbfcarrier\n\nAA\n\n", CONTRACT.inputs) == {"carrier": ["AA"]}


def test_a_header_alone_has_no_rows() -> None:
    assert read_columns(b",carrier\n", CONTRACT.inputs) == {"carrier": []}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        *((b"", 400), (b"\n", 400), (b"carrier\n\xff", 400), (b'carrier\n"AA', 400)),
        *((b'carrier\n"A"A\n', 400), (b"carrier\n" + b"x" * 200_000, 400)),
        *((b"carrier,carrier\nAA,UA\n", 422), (b"carrier,at\nAA\n", 422), (b"at\n1,2\n", 422)),
    ],
)
def test_what_is_no_table_is_refused(body: bytes, status: int) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_columns(body, CONTRACT.inputs)
    assert refused.value.status == status


def test_a_name_twice_among_very_many_is_found_in_one_pass() -> None:
    header = ",".join(f"c{number}" for number in range(300_000)) + ",c299999\n"
    with pytest.raises(InvalidRequest, match="names the column more than once") as refused:
        read_columns(header.encode(), {})
    assert refused.value.field == "c299999"
