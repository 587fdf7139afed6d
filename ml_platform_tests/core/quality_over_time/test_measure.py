from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.quality_over_time.measure import (
    CATEGORY_EXPLOSION,
    MEASURES,
    NULL_SPIKE,
    VOLUME,
    Measure,
)


@given(st.sampled_from(MEASURES), st.floats(0, 1))
def test_a_value_comes_back_from_the_even_scale(measure: Measure, share: float) -> None:
    value = share if measure.unit == "share" else round(share * 1e9)

    assert measure.back(measure.even(value)) == pytest.approx(value, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("measure", "even", "value"),
    [(NULL_SPIKE, -0.2, 0.0), (NULL_SPIKE, 3.0, 1.0), (VOLUME, -0.2, 0.0)],
)
def test_beyond_its_range_the_nearest_value_is_given(
    measure: Measure, even: float, value: float
) -> None:
    assert measure.back(even) == value


def test_a_count_without_bounds_stays_a_number() -> None:
    assert np.isfinite(VOLUME.back(1e9))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.8])
def test_the_noise_of_a_share_does_not_depend_on_it(share: float) -> None:
    drawn = np.random.default_rng(0).binomial(2_000, share, 4_000) / 2_000
    spread = np.std([NULL_SPIKE.even(each) for each in drawn])

    assert spread == pytest.approx(NULL_SPIKE.noise(2_000), rel=0.05)


def test_a_few_new_categories_are_no_explosion() -> None:
    assert CATEGORY_EXPLOSION.smallest_change(3, 0.25) == 5
    assert CATEGORY_EXPLOSION.smallest_change(400, 0.25) == 100
    assert VOLUME.smallest_change(4, 0.25) == 1
    assert NULL_SPIKE.smallest_change(0.4, 0.05) == 0.05
