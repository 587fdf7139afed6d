from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ml_platform.core.errors import LandingError
from ml_platform.core.landing import LandedFile
from ml_platform.core.source_spec import Landing
from ml_platform.spark.landed_schema import is_complete, landed_schema

COLUMNS = ("carrier", "flight")


def _schema(path: Path, kind: str, **options: str) -> dict[str, str]:
    landing = Landing.model_validate({"format": kind, "path": "{partition}", "options": options})
    return landed_schema(LandedFile("t", "p", str(path), 1, 0.0), landing, COLUMNS)


def test_of_csv_every_column_is_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("carrier;flight;gate\nAA;1;B7\n")

    assert _schema(path, "csv", sep=";") == dict.fromkeys(("carrier", "flight", "gate"), "text")
    assert list(_schema(path, "csv", header="false")) == list(COLUMNS)


def test_of_parquet_the_types_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"carrier": ["AA"], "flight": pa.array([1], pa.int32())}), path)

    assert _schema(path, "parquet") == {"carrier": "string", "flight": "int32"}


def test_of_json_the_types_are_those_of_its_values(tmp_path: Path) -> None:
    path = tmp_path / "a.json.gz"
    lines = (
        '{"carrier": "AA", "flight": 1, "late": true, "stops": ["x"], "crew": null, "at": {}}\n'
        '{"carrier": null, "flight": "1"}\n'
        "[1]\nno json\n"
    )
    path.write_bytes(gzip.compress(lines.encode()))

    assert _schema(path, "json") == {
        "carrier": "text",
        "flight": "number|text",
        "late": "boolean",
        "stops": "list",
        "crew": "null",
        "at": "object",
    }


def test_a_file_without_text_has_no_columns_to_tell(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("")

    with pytest.raises(LandingError, match="holds no text"):
        _schema(path, "csv")


def test_only_the_first_lines_of_json_are_known() -> None:
    of = {kind: Landing(format=kind, path="{partition}") for kind in ("csv", "json", "parquet")}

    assert {kind: is_complete(each) for kind, each in of.items()} == {
        "csv": True,
        "json": False,
        "parquet": True,
    }
