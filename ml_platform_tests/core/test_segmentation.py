from __future__ import annotations

import numpy as np

from ml_platform.core.segmentation import Segmentation, segmentation_of


def test_the_most_frequent_values_have_segments_of_their_own() -> None:
    origin = np.array(["JFK", "EWR", None, "JFK", "LGA", "EWR", "JFK", float("nan")], dtype=object)

    assert segmentation_of("origin", origin, most=2) == Segmentation("origin", ("JFK", "EWR"))


def test_no_column_has_more_than_twenty_segments_beside_the_rest() -> None:
    found = segmentation_of("tail", np.array([f"N{i}" for i in range(5_000)]))

    assert len(found.values) == 20
    assert found.segments[-2:] == ("tail=(other)", "tail=(missing)")
