"""What a client sent becomes what the lake has a type for, or null, and never an error."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.stores.request_log.log_schema import INSTANT
from ml_platform.stores.request_log.typed_cells import typed_column

KINDS = [pa.string(), pa.int32(), pa.int64(), pa.float64(), pa.bool_(), pa.date32(), INSTANT]
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.dates().map(str)
)


@pytest.mark.parametrize(
    ("sent", "kind", "kept"),
    [
        (7, pa.int32(), 7),
        (7.0, pa.int32(), 7),
        (7.5, pa.int32(), None),
        ("7", pa.int32(), 7),
        (2**40, pa.int32(), None),
        ("many", pa.int32(), None),
        (7, pa.string(), "7"),
        (7, pa.float64(), 7.0),
        ("0.5", pa.float64(), 0.5),
        (True, pa.bool_(), True),
        ("yes", pa.bool_(), None),
        ("2013-01-02", pa.date32(), date(2013, 1, 2)),
        ("2013-01-02T23:30:00-05:00", pa.date32(), date(2013, 1, 3)),
        ("2013-13-02", pa.date32(), None),
        (3, pa.date32(), None),
        (3, INSTANT, None),
        ("2013-01-02T05:00:00Z", INSTANT, datetime(2013, 1, 2, 5, tzinfo=UTC)),
        ("2013-01-02T05:00:00-05:00", INSTANT, datetime(2013, 1, 2, 10, tzinfo=UTC)),
        ("2013-01-02 05:00:00", INSTANT, datetime(2013, 1, 2, 5, tzinfo=UTC)),
        ("noon", INSTANT, None),
    ],
)
def test_a_value_that_means_something_in_the_type_is_kept(
    sent: Any, kind: pa.DataType, kept: Any
) -> None:
    # Beside text and a gap, so that the quick way is not taken.
    assert typed_column([sent, None, "?"], kind).to_pylist()[:2] == [kept, None]


@given(st.lists(ANYTHING, max_size=6), st.sampled_from(KINDS))
def test_whatever_comes_gives_a_column_of_the_type(values: list[Any], kind: pa.DataType) -> None:
    column = typed_column(values, kind)

    assert column.type == kind
    assert len(column) == len(values)
    gaps = [found for sent, found in zip(values, column.to_pylist(), strict=True) if sent is None]
    assert gaps == [None] * values.count(None)
