from __future__ import annotations

import numpy as np

from ml_platform.core.edges import edges_from_values
from ml_platform.core.profile_columns import profile_columns
from ml_platform.core.profile_line import profile_line

WIND = np.array([1.0, 2.0, 2.0, 9.0])
ORIGIN = np.array(["JFK", "EWR", "JFK", "EWR"], dtype=object)
EDGES = [edges_from_values("wind", WIND), edges_from_values("origin", ORIGIN)]


def test_a_line_says_how_a_column_is_filled() -> None:
    values = {
        "wind": np.ma.MaskedArray([1.0, np.nan, 40.0, np.inf, 0.0], mask=[0, 0, 0, 0, 1]),
        "origin": np.array(["JFK", "LGA", "LGA", "BOS", None], dtype=object),
    }
    wind, origin = (profile_line(each) for each in profile_columns(values, EDGES))
    assert wind == {
        "column": "wind",
        "rows": 5,
        "missing": 1,
        "nan": 1,
        "infinite": 1,
        "distinct": 2,
        "unseen": 1,
        "minimum": 1.0,
        "maximum": 40.0,
    }
    assert (origin["distinct"], origin["unseen"], origin["missing"]) == (3, 3, 1)
    assert (origin["minimum"], origin["maximum"]) == (None, None)


def test_a_column_of_many_values_is_counted_to_a_few_percent() -> None:
    many = np.arange(20_000.0)
    [found] = profile_columns({"wind": many}, EDGES[:1])
    assert abs(profile_line(found)["distinct"] - 20_000) < 2_000
