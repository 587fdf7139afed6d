"""Who meets the canary: a stable share, the same everywhere, that only grows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2_contingency

from ml_platform.core.rollout.routing import takes_canary

PERCENT = st.floats(0, 100)


@given(st.text(), st.text(), PERCENT, PERCENT)
def test_who_was_in_stays_in_as_the_share_grows(
    key: str, salt: str, one: float, other: float
) -> None:
    small, large = sorted((one, other))
    assert takes_canary(key, salt, large) or not takes_canary(key, salt, small)


@given(st.text(), st.text())
def test_none_is_none_and_all_is_all(key: str, salt: str) -> None:
    assert not takes_canary(key, salt, 0)
    assert takes_canary(key, salt, 100)


def test_a_key_is_drawn_the_same_in_every_process() -> None:
    drawn = [str(k) for k in range(200) if takes_canary(str(k), "a rollout", 5)]
    known = ["0", "8", "39", "57", "59", "76", "136", "144", "168", "177", "194", "197"]
    assert drawn == known


@pytest.mark.parametrize("percent", [1, 5, 25, 50])
def test_the_share_of_keys_is_the_percent(percent: float) -> None:
    keys = 40_000
    taken = sum(takes_canary(f"customer-{k}", "r", percent) for k in range(keys))
    assert binomtest(taken, keys, percent / 100).pvalue > 1e-6


def test_another_rollout_draws_other_keys() -> None:
    table = [[0, 0], [0, 0]]
    for k in range(20_000):
        table[takes_canary(str(k), "one", 30)][takes_canary(str(k), "two", 30)] += 1
    assert chi2_contingency(table).pvalue > 1e-6


def test_a_key_that_is_no_proper_text_is_drawn_too() -> None:
    assert takes_canary("\ud800", "salt", 100)
