from __future__ import annotations

import numpy as np

from ml_platform.core.grouping import Grouping

BY_ORIGIN = Grouping(("JFK", "EWR", "LGA"), np.array([0, 1, 0, 1, 0]))


def test_every_group_has_its_rows_one_without_any_none() -> None:
    assert BY_ORIGIN.rows.tolist() == [3, 2, 0]


def test_a_mask_chooses_rows_and_none_chooses_all() -> None:
    assert BY_ORIGIN.codes_of(None).tolist() == [0, 1, 0, 1, 0]
    assert BY_ORIGIN.codes_of(np.array([True, True, False, False, True])).tolist() == [0, 1, 0]


def test_rows_are_counted_by_group_and_place() -> None:
    table = BY_ORIGIN.tabulate(BY_ORIGIN.codes, np.array([1, 0, 1, 1, 0]), 2)

    assert table.tolist() == [[1, 2], [1, 1], [0, 0]]


def test_no_places_have_no_counts() -> None:
    nothing = np.array([], dtype=np.intp)

    assert BY_ORIGIN.tabulate(nothing, nothing, 0).shape == (3, 0)
