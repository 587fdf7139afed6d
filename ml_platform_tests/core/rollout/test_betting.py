"""The sequential test: false alarms at most as often as declared, however often one looks."""

from math import exp, inf, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.rollout.betting import STAKES, log_capital, refutes
from ml_platform.core.rollout.value_counts import NOTHING, ValueCounts

ALPHA = 0.05
RUNS, LOOKS, EACH = 400, 40, 25


def alarms(hits: np.ndarray, limit: float) -> float:
    """The share of runs that are ever rejected, looking after every 25 values."""
    so_far = np.cumsum(hits, axis=1)
    loud = [
        any(
            refutes(log_capital(ValueCounts.of_share(k, (i + 1) * EACH), limit), ALPHA)
            for i, k in enumerate(run)
        )
        for run in so_far
    ]
    return float(np.mean(loud))


def naive_alarms(hits: np.ndarray, limit: float) -> float:
    """The same with a one-sided z-test at each look."""
    n = np.arange(1, LOOKS + 1) * EACH
    z = (np.cumsum(hits, axis=1) - n * limit) / np.sqrt(n * limit * (1 - limit))
    return float((z > 1.6449).any(axis=1).mean())


@pytest.mark.parametrize("limit", [0.01, 0.05, 0.5])
def test_a_rate_at_its_limit_is_rejected_no_more_often_than_declared(limit: float) -> None:
    hits = np.random.default_rng(7).binomial(EACH, limit, (RUNS, LOOKS))
    # 400 runs at 5%: 99.9% of such experiments find at most 34, 8.5%.
    assert alarms(hits, limit) <= 0.085
    assert naive_alarms(hits, limit) > 0.1


def test_a_mean_that_wavers_with_the_past_is_rejected_no_more_often_either() -> None:
    # After a run of hits the next ones are rarer, so that the conditional mean never exceeds it.
    chance, limit = np.random.default_rng(3), 0.1
    hits = np.zeros((RUNS, LOOKS))
    rate = np.full(RUNS, limit)
    for look in range(LOOKS):
        hits[:, look] = chance.binomial(EACH, rate)
        rate = np.where(hits[:, look] > EACH * limit, limit / 4, limit)
    assert alarms(hits, limit) <= 0.085


def test_bounded_values_at_their_limit_are_rejected_no_more_often_than_declared() -> None:
    values = np.random.default_rng(5).beta(0.4, 7.6, (RUNS, 800))  # mean .05
    loud = 0
    for run in values:
        looks = [log_capital(ValueCounts.of(run[:n]), 0.05) for n in range(50, 801, 50)]
        loud += any(refutes(each, ALPHA) for each in looks)
    assert loud / RUNS <= 0.085


@pytest.mark.parametrize(("rate", "within"), [(0.02, 3000), (0.05, 350), (0.2, 60)])
def test_a_rate_beyond_its_limit_is_found_in_half_of_the_runs(rate: float, within: int) -> None:
    chance = np.random.default_rng(11)
    runs = chance.binomial(within, rate, 201)
    found = [refutes(log_capital(ValueCounts.of_share(k, within), 0.01), 0.01) for k in runs]
    assert np.mean(found) > 0.5


@given(st.lists(st.floats(0, 1), max_size=30), st.floats(0.001, 1))
def test_the_capital_is_the_mean_of_the_games(values: list[float], limit: float) -> None:
    games = [np.prod(1 + c / limit * (np.array(values) - limit)) for c in STAKES]
    # Split on the grid the values are more spread out, so the capital is less, never more.
    assert exp(log_capital(ValueCounts.of(values), limit)) <= np.mean(games) * (1 + 1e-9)


def test_on_points_of_the_grid_the_capital_is_exactly_the_mean_of_the_games() -> None:
    values = [0.25, 0.5, 0.0, 1.0]
    games = [np.prod(1 + c / 0.3 * (np.array(values) - 0.3)) for c in STAKES]
    assert log_capital(ValueCounts.of(values), 0.3) == pytest.approx(log(np.mean(games)))


def test_without_values_nothing_is_won() -> None:
    assert log_capital(NOTHING, 0.1) == pytest.approx(0)
    assert log_capital(NOTHING, 0) == 0


def test_against_a_limit_of_zero_one_positive_value_is_enough() -> None:
    assert log_capital(ValueCounts.of_share(0, 100), 0) == 0
    assert log_capital(ValueCounts.of_share(1, 100), 0) == inf


def test_a_limit_of_one_is_never_refuted() -> None:
    assert log_capital(ValueCounts.of_share(1000, 1000), 1) <= 0


def test_the_capital_must_reach_one_over_alpha() -> None:
    assert refutes(log(100), 0.01)
    assert not refutes(log(99), 0.01)
