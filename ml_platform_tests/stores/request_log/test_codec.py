"""What is logged comes back bit for bit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.stores.request_log.codec import decode, encode
from ml_platform_tests.stores.request_log.records import a_record

finite = st.floats(allow_nan=False, allow_infinity=False)
cells = st.one_of(
    st.none(),
    finite,
    st.integers(-(2**63), 2**63 - 1),
    st.text(st.characters(exclude_categories=("Cs",))),
)


@given(st.lists(finite, min_size=1, max_size=5), st.lists(cells, max_size=5))
def test_every_number_and_text_comes_back_as_it_was(scores: list[float], found: list[Any]) -> None:
    record = a_record(columns={"a": found}, scores=scores, decisions=None, threshold=None)

    assert decode(encode(record).body) == record
    assert math.copysign(1, scores[0]) == math.copysign(1, decode(encode(record).body).scores[0])


def test_numpy_columns_are_logged_like_lists() -> None:
    columns = {
        "distance": np.array([0.1, math.nan]),
        "carrier": np.array(["AA", None], dtype=object),
    }
    record = a_record(2, columns=columns, scores=np.array([0.25, 1 / 3]))

    back = decode(encode(record).body)

    assert back.columns == {"distance": [0.1, None], "carrier": ["AA", None]}
    assert back.scores == [0.25, 1 / 3]


def test_the_number_of_rows_stands_beside_the_bytes() -> None:
    assert encode(a_record(7)).rows == 7


def test_what_has_no_json_is_refused_before_anything_is_written() -> None:
    with pytest.raises(TypeError):
        encode(a_record(columns={"a": [object()]}))
