from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.distinct_count import (
    NOTHING,
    REGISTERS,
    estimate,
    merged,
    packed,
    sketch_numbers,
    sketch_texts,
    unpacked,
)

numbers = st.lists(st.floats(allow_nan=False), max_size=40).map(np.array).map(np.float64)
texts = st.lists(st.text(max_size=3), max_size=40)


@pytest.mark.parametrize("distinct", [1, 10, 100, 1_000, 5_000, 50_000, 1_000_000])
def test_the_estimate_lies_within_three_standard_errors(distinct: int) -> None:
    """Source of the bound: Flajolet et al. 2007, theorem 1."""
    repeated = np.concatenate([np.arange(distinct)] * 2).astype(float)

    for values in (repeated, repeated / 7, np.sqrt(repeated)):
        assert estimate(sketch_numbers(values)) == pytest.approx(distinct, rel=3 * 1.04 / 32)


def test_texts_are_counted_as_well_as_numbers() -> None:
    sketch = sketch_texts(f"name {i}" for i in range(20_000))

    assert estimate(sketch) == pytest.approx(20_000, rel=3 * 1.04 / 32)


def test_the_error_over_many_samples_is_the_stated_one() -> None:
    generator = np.random.default_rng(5)
    errors = [estimate(sketch_numbers(generator.random(20_000))) / 20_000 - 1 for _ in range(60)]

    assert np.std(errors) == pytest.approx(1.04 / 32, rel=0.35)
    assert abs(np.mean(errors)) < 0.015


@given(numbers, numbers, numbers)
def test_sketches_of_numbers_merge_in_any_order(
    a: np.ndarray, b: np.ndarray, c: np.ndarray
) -> None:
    x, y, z = map(sketch_numbers, (a, b, c))

    assert merged([x, y]) == merged([y, x])
    assert merged([merged([x, y]), z]) == merged([x, merged([y, z])]) == merged([x, y, z])
    assert merged([x, y, z]) == sketch_numbers(np.concatenate([a, b, c]))
    assert merged([x, x]) == x


@given(texts, texts)
def test_sketches_of_texts_merge(a: list[str], b: list[str]) -> None:
    both = sketch_texts([*a, *b])

    assert merged([sketch_texts(a), sketch_texts(b)]) == both
    assert unpacked(packed(both)) == both


def test_zero_has_no_sign() -> None:
    assert sketch_numbers(np.array([0.0])) == sketch_numbers(np.array([-0.0]))


def test_nothing_is_counted_as_nothing() -> None:
    assert sketch_numbers(np.array([])) == sketch_texts([]) == NOTHING
    assert merged([NOTHING, NOTHING]) == merged([]) == NOTHING
    assert estimate(NOTHING) == estimate(bytes(REGISTERS)) == 0
    assert packed(NOTHING) == ""
    assert unpacked("") == NOTHING


def test_few_values_are_stored_in_few_characters() -> None:
    assert len(packed(sketch_numbers(np.arange(3.0)))) < 60
    assert len(packed(sketch_numbers(np.random.default_rng(0).random(1_000_000)))) < 800
