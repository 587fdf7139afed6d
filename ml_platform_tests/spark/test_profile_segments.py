from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from ml_platform.core.distinct_count import NOTHING
from ml_platform.core.edges import Edges
from ml_platform.core.segmentation import Segmentation
from ml_platform.spark.profile_arrow import arrow_profile, arrow_profiles
from ml_platform.spark.profile_segments import segments_of

ORIGIN = Segmentation("origin", ("JFK", "EWR"))
TEMP = Edges("temp", "numeric", edges=(0.0, 10.0, 20.0))
CARRIER = Edges("carrier", "categorical", categories=("AA", "UA"))


def _names(segmentation: Segmentation, column: pa.Array) -> list[str]:
    grouping = segments_of(segmentation, column)
    return [grouping.names[code] for code in grouping.codes]


@pytest.mark.parametrize("encode", [False, True])
def test_rows_are_told_apart_by_value_the_rest_and_the_missing(encode: bool) -> None:
    origin = pa.array(["EWR", "SFO", None, "JFK", "EWR"])

    assert _names(ORIGIN, origin.dictionary_encode() if encode else origin) == [
        "origin=EWR",
        "origin=(other)",
        "origin=(missing)",
        "origin=JFK",
        "origin=EWR",
    ]


def test_numbers_are_segments_by_their_text_and_nan_is_missing() -> None:
    engines = Segmentation("engines", ("2",))

    assert _names(engines, pa.array([2, 4, None], pa.int64())) == [
        "engines=2",
        "engines=(other)",
        "engines=(missing)",
    ]
    assert _names(engines, pa.array([np.nan])) == ["engines=(missing)"]


def test_no_rows_have_no_segments() -> None:
    assert segments_of(ORIGIN, pa.array([], pa.string())).rows.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("edges", "values"),
    [
        (TEMP, pa.array([5.0, None, np.nan, -np.inf, 25.0, 15.0, 15.5, -1.0])),
        (TEMP, pa.array([1, 2, 3, 4, 5, 6, 7, 8])),
        (TEMP, pa.nulls(8)),
        (CARRIER, pa.array(["AA", None, "UA", "XX", "XX", "AA", "YY", "AA"])),
        (CARRIER, pa.array(["AA"] * 4 + ["UA"] * 4).dictionary_encode()),
        (replace(CARRIER, categories=("1.5",)), pa.array([1.5, None, np.nan, 2.0] * 2)),
        (CARRIER, pa.nulls(8)),
        (CARRIER, pa.nulls(8, pa.dictionary(pa.int32(), pa.string()))),
    ],
)
def test_a_segment_has_the_profile_of_its_rows_alone(edges: Edges, values: pa.Array) -> None:
    origin = pa.array(["EWR", "EWR", "EWR", "JFK", "JFK", "SFO", None, "SFO"])
    half = pa.array(["JFK"] * 4 + ["EWR"] * 4)
    groupings = [segments_of(ORIGIN, origin), segments_of(replace(ORIGIN, column="to"), half)]

    found = list(arrow_profiles(values, edges, groupings))

    expected = [
        (name, replace(arrow_profile(values.filter(pa.array(inside)), edges), distinct=NOTHING))
        for each in groupings
        for name, inside in ((n, each.codes == i) for i, n in enumerate(each.names))
        if inside.any()
    ]
    assert found == expected
