"""A digest tells equal from unequal, and nothing else without the key."""

from __future__ import annotations

from hashlib import blake2b
from math import nan

from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.feature_digest import cell_bytes
from ml_platform.core.redaction import Redaction

cells = st.one_of(st.text(max_size=5), st.integers(-5, 5), st.floats(-5, 5, width=16))


@given(st.lists(cells, max_size=6))
def test_equal_values_stay_equal_and_different_ones_different(values: list[str | float]) -> None:
    found = Redaction(("a",), b"key").of({"a": values, "b": values})

    assert found["b"] == values
    for value, digest in zip(values, found["a"], strict=True):
        same = [cell_bytes(other) == cell_bytes(value) for other in values]
        assert [other == digest for other in found["a"]] == same


def test_a_digest_is_keyed_blake2b_so_that_guesses_cannot_be_checked_without_the_key() -> None:
    plain = cell_bytes("1970-01-01")

    [digest] = Redaction(("born",), b"key").of({"born": ["1970-01-01"]})["born"]
    [other] = Redaction(("born",), b"another").of({"born": ["1970-01-01"]})["born"]

    assert digest == blake2b(plain, key=b"key", digest_size=16).hexdigest()
    assert digest not in (other, blake2b(plain, digest_size=16).hexdigest())


def test_a_missing_value_stays_missing_so_that_its_share_can_be_watched() -> None:
    found = Redaction(("age",), b"key").of({"age": [None, nan, 7]})

    assert found["age"][:2] == [None, None]
    assert found["age"][2] is not None


def test_a_column_that_was_not_sent_is_not_made_up() -> None:
    assert Redaction(("age",), b"key").of({"a": [1]}) == {"a": [1]}
