import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.metric_names import (
    HIGHER_IS_BETTER,
    LOWER_IS_BETTER,
    METRICS,
    ZERO_IS_BEST,
    gain,
    goodness,
    unit_of_harm,
)

NUMBERS = st.floats(-1e6, 1e6)


def test_every_metric_has_a_better_direction() -> None:
    assert set(HIGHER_IS_BETTER) == set(METRICS)
    assert set(METRICS) >= LOWER_IS_BETTER >= ZERO_IS_BEST


def test_a_gain_is_positive_whichever_way_is_better() -> None:
    assert gain("recall", 0.6, 0.5) > 0
    assert gain("brier", 0.15, 0.17) > 0
    assert gain("rmse", 2.0, 3.0) > 0


@given(NUMBERS, NUMBERS)
def test_of_two_biases_the_one_nearer_to_zero_is_better(first: float, second: float) -> None:
    assert (gain("bias", first, second) > 0) == (abs(first) < abs(second))
    assert goodness("bias", first) == goodness("bias", -first)


@pytest.mark.parametrize("metric", METRICS)
def test_the_unit_of_harm_is_a_metric_of_the_same_unit(metric: str) -> None:
    unit = unit_of_harm(metric)
    assert unit is None or unit_of_harm(unit) == unit
