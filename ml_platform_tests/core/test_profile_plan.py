from __future__ import annotations

import numpy as np

from ml_platform.core.edges import Edges
from ml_platform.core.profile import ColumnProfile
from ml_platform.core.profile_columns import profile_columns
from ml_platform.core.profile_plan import PartitionProfile, ProfilePlan, ProfileSums
from ml_platform.core.segmentation import Segmentation

TEMP = Edges("temp", "numeric", edges=(0.0,))
ORIGIN = Edges("origin", "categorical", categories=("JFK",))


def _temp(*values: float) -> ColumnProfile:
    return profile_columns({"temp": np.array(values)}, [TEMP])[0]


def test_each_column_is_read_once() -> None:
    plan = ProfilePlan((TEMP, ORIGIN), (Segmentation("origin", ()), Segmentation("carrier", ())))

    assert plan.columns == ("temp", "origin", "carrier")


def test_parts_add_up_by_partition_segment_and_column() -> None:
    sums = ProfileSums([PartitionProfile("2", "", _temp(1.0))])
    sums.add("1", _temp(-1.0), "origin=JFK")
    sums.add("2", _temp(2.0, -3.0))
    sums.add("1", _temp(5.0))

    assert sums.found() == [
        PartitionProfile("1", "", _temp(5.0)),
        PartitionProfile("1", "origin=JFK", _temp(-1.0)),
        PartitionProfile("2", "", _temp(1.0, 2.0, -3.0)),
    ]


def test_no_rows_leave_no_trace() -> None:
    sums = ProfileSums()
    sums.add("1", _temp())

    assert sums.found() == []
