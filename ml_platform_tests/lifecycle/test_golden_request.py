"""The probe's request is a golden row that the live version's contract takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ml_platform.core.errors import StoreError
from ml_platform.core.golden_rows import GoldenRows
from ml_platform.lifecycle.golden_request import golden_request
from ml_platform.stores.deployment import LiveVersion
from ml_platform_tests.serving.toy_endpoint import MODEL, make_live

INPUTS = {"distance": "float64", "carrier": "string", "at": "datetime64[us]"}


def published(root: Path, distances: list[float]) -> None:
    count = len(distances)
    columns: dict[str, Any] = {
        "distance": np.array(distances),
        "carrier": np.array(["abc", None, *["AA"] * count][:count], dtype=object),
        "at": np.array(["2013-01-01T05:00", "NaT", *["2013-01-02"] * count][:count], "M8[us]"),
    }
    golden = GoldenRows(columns, np.linspace(0.1, 0.9, count))
    written(root, {"golden": golden.to_json(INPUTS), "input_columns": INPUTS})
    make_live(root, LiveVersion(7, "versions/7", "abc"))


def written(root: Path, spec: dict[str, Any]) -> None:
    folder = root / MODEL / "versions" / "7"
    folder.mkdir(parents=True)
    (folder / "spec.json").write_text(json.dumps(spec))


def row(body: bytes) -> dict[str, Any]:
    split = json.loads(body)["dataframe_split"]
    return dict(zip(split["columns"], split["data"][0], strict=True))


def test_a_row_is_sent_as_it_is(tmp_path: Path) -> None:
    published(tmp_path, [0.1 + 0.2, 2.0])
    found = golden_request(tmp_path, MODEL)
    assert found is not None
    assert (found.version, found.score) == (7, 0.1)
    sent = {"distance": 0.1 + 0.2, "carrier": "abc", "at": "2013-01-01T05:00:00.000000"}
    assert row(found.body) == sent


def test_what_json_cannot_carry_is_passed_over_and_what_is_missing_is_null(tmp_path: Path) -> None:
    published(tmp_path, [np.inf, np.nan])
    found = golden_request(tmp_path, MODEL)
    assert found is not None
    assert found.score == 0.9
    assert row(found.body) == {"distance": None, "carrier": None, "at": None}


def test_rows_none_of_which_can_be_sent_are_told(tmp_path: Path) -> None:
    published(tmp_path, [np.inf, -np.inf])
    with pytest.raises(StoreError, match="none of the golden rows"):
        golden_request(tmp_path, MODEL)


def test_a_version_without_golden_rows_is_told(tmp_path: Path) -> None:
    written(tmp_path, {"input_columns": INPUTS})
    make_live(tmp_path, LiveVersion(7, "versions/7", "abc"))
    with pytest.raises(StoreError, match="no golden rows to probe with"):
        golden_request(tmp_path, MODEL)


def test_nothing_published_is_nothing_to_ask_for(tmp_path: Path) -> None:
    assert golden_request(tmp_path, MODEL) is None
    make_live(tmp_path, None)
    assert golden_request(tmp_path, MODEL) is None
