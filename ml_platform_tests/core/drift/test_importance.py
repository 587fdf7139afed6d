import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.drift.importance import (
    ColumnImportance,
    from_json,
    importance_shares,
    to_json,
)

found = st.lists(
    st.builds(
        ColumnImportance,
        st.sampled_from("abcdefgh"),
        st.floats(-1, 1),
        st.floats(0, 0.1),
    ),
    unique_by=lambda each: each.column,
)


@given(found)
def test_shares_lie_within_0_and_1_and_add_up_to_1_or_0(given_ones: list[ColumnImportance]) -> None:
    shares = importance_shares(given_ones)
    assert set(shares) == {each.column for each in given_ones}
    assert all(0 <= share <= 1 for share in shares.values())
    total = sum(shares.values())
    assert total == pytest.approx(1) or total == 0
    assert list(shares.values()) == sorted(shares.values(), reverse=True)


def test_an_increase_within_its_noise_counts_for_nothing() -> None:
    shares = importance_shares(
        [ColumnImportance("a", 0.03, 0.001), ColumnImportance("b", 0.02, 0.015)]
    )
    assert shares == {"a": 1.0, "b": 0.0}


@given(found)
def test_importances_survive_being_stored(given_ones: list[ColumnImportance]) -> None:
    assert from_json(json.loads(json.dumps(to_json(given_ones)))) == given_ones
