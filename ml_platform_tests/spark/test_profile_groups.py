from __future__ import annotations

import numpy as np
import pyarrow as pa

from ml_platform.spark.profile_groups import Groups


def _parts(groups: Groups, column: pa.Array) -> dict[str, list]:
    return {name: part.to_pylist() for name, part in groups.parts(column)}


def test_rows_of_one_group_stay_where_they_are() -> None:
    groups = Groups.of_values(pa.array(["2013-01-01"] * 3))

    assert groups.order is None
    assert _parts(groups, pa.array([7, 8, 9])) == {"2013-01-01": [7, 8, 9]}


def test_many_groups_of_unequal_size_keep_every_row_once() -> None:
    generator = np.random.default_rng(2)
    days = np.array([f"day {i}" for i in range(400)])[generator.geometric(0.05, 5_000)]
    groups = Groups.of_values(pa.array(days))

    parts = _parts(groups, pa.array(range(5_000)))

    assert sorted(row for part in parts.values() for row in part) == list(range(5_000))
    assert all((days[part] == day).all() for day, part in parts.items())


def test_no_rows_have_no_parts() -> None:
    empty = pa.array([], pa.string())

    assert _parts(Groups.of_values(empty), empty) == {}
