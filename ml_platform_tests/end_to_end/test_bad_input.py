"""Everything that comes in badly: told in plain words, nothing lost, other days untouched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ml_platform_tests.end_to_end import surroundings
from ml_platform_tests.end_to_end.bad_input import (
    Case,
    Declaration,
    Labels,
    Landed,
    Surroundings,
    having,
    without,
)
from ml_platform_tests.end_to_end.ground import Ground
from ml_platform_tests.stores.small_disk import mounted

FLIGHTS, MODEL = "sources/flights", "models/flight_delay"
PARQUET = {"landing": {"format": "parquet", "path": "parquet/{partition}.parquet"}}
SHORT = "2013-01-01,AA,7"

CASES: dict[str, Case] = {
    # --- declarations: file, key and what would do -------------------------------------------
    "a misspelt key": Declaration(
        FLIGHTS, "contract:", "contrct:", ('"contrct"', 'did you mean "contract"?', "Valid keys")
    ),
    "a misspelt key further in": Declaration(
        MODEL, "cooldown:", "cooldwn:", ("retraining", 'did you mean "cooldown"?', "Valid keys")
    ),
    "a misspelt parameter": Declaration(
        MODEL, "max_depth:", "max_dept:", ("estimator.params", 'did you mean "max_depth"?')
    ),
    "an absent key": Declaration(
        FLIGHTS, "  partitions:", "  # partitions:", ("partitions: this key is missing",)
    ),
    "a word out of the choices": Declaration(
        FLIGHTS, "format: csv", "format: cvs", ("landing.format", "Valid choices: csv, parquet")
    ),
    "a number out of range": Declaration(
        MODEL, "confidence: 0.95", "confidence: 95", ("promotion.confidence", "given 95")
    ),
    "a duration nobody can read": Declaration(
        MODEL, "cooldown: 3 days", "cooldown: soon", ("retraining.cooldown", '"7 days"')
    ),
    "a path without its partition": Declaration(
        FLIGHTS, "flights/{partition}.csv", "flights/all.csv", ("landing.path", "{partition}")
    ),
    "a contract that does not exist": Declaration(
        FLIGHTS, "contract.Flights", "contract.Flihts", ('"Flihts" is not in', "which has Flights")
    ),
    "a contract whose key is an absent column": Declaration(
        FLIGHTS, '"carrier", "flight",', '"carier", "flight",',
        ("contract", "Config.unique names carier; did you mean carrier?"), "contract.py",
    ),
    "a contract that no text can be held to": Declaration(
        FLIGHTS, "tailnum: T.StringType", "tailnum: T.IntegerType",
        ("contract Flights, column tailnum: str_matches", "does not apply to type int"),
        "contract.py",
    ),
    "a model of a table nobody declared": Declaration(
        MODEL, "primary: flights", "primary: flight",
        ("sources.primary", "declared under defs/sources are flights, outcomes, weather"),
    ),
    "a model named like a table": Declaration(
        MODEL, "name: flight_delay", "name: flights",
        ('"flights" is the name of a table too', f"{FLIGHTS}/defs.yaml, name"),
    ),
    "a module that is not there": Declaration(
        MODEL, "preprocess: preprocess", "preprocess: preproces", ("no preproces.py beside",)
    ),
    "a module without what it must have": Declaration(
        MODEL, "def transform(", "def transfrom(", ("must have transform",),
        "preprocess.py", "preprocess.py",
    ),
    # --- files refused as a whole ------------------------------------------------------------
    "an empty file": Landed(lambda lines: "", refused="the file is empty"),
    "a header only": Landed(lambda lines: lines[:1], refused="a header and no rows"),
    "no header": Landed(lambda lines: lines[1:], refused="names none of the contract's columns"),
    "a wrong delimiter": Landed(
        lambda lines: [line.replace(",", ";") for line in lines], refused="separated by ';'"
    ),
    "a contract for an absent column": Landed(without("dest"), refused="it has no column dest"),
    "a column under another name": Landed(
        lambda lines: [lines[0].replace("tailnum", "tailnr"), *lines[1:]],
        refused="is it the one named tailnr?",
    ),
    "a column twice": Landed(
        lambda lines: [lines[0].replace("dest", "origin"), *lines[1:]],
        refused="names column origin 2 times",
    ),
    "another encoding": Landed(
        lambda lines: "\n".join(lines).encode("utf-16"), refused="not utf-8 text"
    ),
    "bytes that are no text": Landed(
        lambda lines: b"\x7fELF\0\0\1" + bytes(range(256)), refused="csv was not taken in"
    ),
    "an unreadable Parquet file": Landed(
        lambda lines: b"PAR1 and then nothing", refused="not a readable Parquet file",
        declared=PARQUET,
    ),
    # --- rows set aside ----------------------------------------------------------------------
    "a truncated line": Landed(
        lambda lines: [*lines[:-1], SHORT], set_aside=1, reason=(None, "malformed_row")
    ),
    "a line with too many fields": Landed(
        lambda lines: [*lines[:-1], f"{lines[-1]},1"], set_aside=1, reason=(None, "malformed_row")
    ),
    "text in a numeric column": Landed(
        having("distance", "far", 3), set_aside=1, reason=("distance", "dtype(int)")
    ),
    "an infinite number": Landed(
        having("temp", "Infinity", 3), set_aside=1, reason=("temp", "finite"), table="weather"
    ),
    "a number that is none": Landed(
        having("temp", "NaN", 3), set_aside=1, reason=("temp", "finite"), table="weather"
    ),
    "a huge number": Landed(
        having("distance", "9" * 40, 3), set_aside=1, reason=("distance", "dtype(int)")
    ),
    "a number beyond its range": Landed(
        having("temp", "1e300", 3), set_aside=1, reason=("temp", "in_range(-30.0, 120.0)"),
        table="weather",
    ),
    "a row that is not UTF-8": Landed(
        lambda lines: "\n".join(lines).encode().replace(b"N003AA", b"N\xff03AA"),
        set_aside=1, reason=(None, "not_utf8"),
    ),
    "a duplicate key": Landed(
        lambda lines: [*lines[:-1], lines[1]], set_aside=1, reason=(None, "unique")
    ),
    "a date outside the partition": Landed(
        having("flight_date", "2012-02-29", 3),
        set_aside=1, reason=("flight_date", "outside_partition"),
    ),
    "a date that does not exist": Landed(
        having("flight_date", "2013-02-30", 3), set_aside=1, reason=("flight_date", "dtype(date)")
    ),
    "a required value left out": Landed(
        having("carrier", "", 3), set_aside=1, reason=("carrier", "not_nullable")
    ),
    "a required column all null": Landed(
        having("carrier", ""), set_aside=20, reason=("carrier", "not_nullable")
    ),
    "more bad rows than are allowed": Landed(
        having("origin", "ZRH", 3, 4), set_aside=2,
        reason=("origin", "isin(['EWR', 'JFK', 'LGA'])"),
    ),
    "one bad row where none is allowed": Landed(
        having("origin", "ZRH", 3), set_aside=1, reason=("origin", "isin(['EWR', 'JFK', 'LGA'])"),
        declared={"block_above": 0.0},
    ),
    # --- odd, and taken in -------------------------------------------------------------------
    "an extra column": Landed(
        lambda lines: [f"{line},{'gate' if not i else 'B7'}" for i, line in enumerate(lines)]
    ),
    "reordered columns": Landed(
        lambda lines: [",".join(reversed(line.split(","))) for line in lines]
    ),
    "an optional column all null": Landed(having("tailnum", "")),
    "Windows line ends and a byte order mark": Landed(
        lambda lines: b"\xef\xbb\xbf" + "\r\n".join(lines).encode()
    ),
    # --- labels ------------------------------------------------------------------------------
    "a label for an unknown key": Labels(
        having("flight", "4711", 3), told="labels for unknown events: 1", labels=20
    ),
    "conflicting labels": Labels(
        lambda lines: [*lines, lines[20].replace(",30,0", ",-30,0")],
        told="20 of 20 events labelled", labels=20, set_aside=1,
    ),
    "labels before their events": Labels(
        lambda lines: lines, told="20 labels came before the events", labels=20, with_events=False
    ),
    # --- surroundings ------------------------------------------------------------------------
    "a file that is still growing": Surroundings(surroundings.still_growing),
    "a file for a day that is no partition": Surroundings(surroundings.no_such_partition),
    "a file that never landed": Surroundings(surroundings.never_landed),
    "a correction worse than the original": Surroundings(surroundings.blocked_after_a_good_landing),
    "a full disk": Surroundings(surroundings.disk_full),
    "a registry that cannot be reached": Surroundings(surroundings.registry_unreachable),
    "an alert channel that is down": Surroundings(surroundings.alert_channel_down),
}  # fmt: skip


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "disk", megabytes=4) as disk:
        yield disk


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_told_and_harms_nothing_else(
    ground: Ground, request: pytest.FixtureRequest, name: str
) -> None:
    before = ground.neighbour()
    assert sum(map(len, before.values())) > 100
    CASES[name].check(ground, request)
    assert ground.neighbour() == before
