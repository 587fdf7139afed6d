import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logit
from scipy.stats import norm

from ml_platform.core.drift.multivariate import (
    FALSE_ALARM_RATE,
    FEWEST_BLOCKS,
    FLOOR,
    DomainAuc,
    DomainThreshold,
    multivariate_outcome,
    stretch_length,
    stretches,
)
from ml_platform.core.verdict import Verdict

CALIBRATED = DomainThreshold((0.55, 0.6, 0.65, 0.58, 0.62, 0.57), 7)


def told(auc: float) -> DomainAuc:
    return DomainAuc(auc, 0.012, {"pressure": 0.6, "temp": 0.3, "dewp": 0.08, "day": 0.02}, 2000)


def test_a_window_beyond_the_references_own_stretches_is_warned_of_with_its_columns() -> None:
    found = multivariate_outcome(told(0.84), CALIBRATED)
    assert found.verdict is Verdict.WARNED
    assert (
        "told from the reference's by pressure, temp, dewp (AUC .84 ± .012, over" in found.sentence
    )
    assert "its own 6 stretches: .55 to .65" in found.sentence
    assert found.numbers["threshold"] == CALIBRATED.limit
    assert found.table[0] == {"column": "pressure", "gain_share": 0.6}


def test_a_window_like_the_references_own_stretches_passes() -> None:
    found = multivariate_outcome(told(0.64), CALIBRATED)
    assert found.verdict is Verdict.PASSED
    assert found.sentence.startswith("rows as a whole look like the reference's (AUC .64")


def test_a_short_reference_has_no_limit_and_nothing_is_judged() -> None:
    short = DomainThreshold((0.5,) * (FEWEST_BLOCKS - 1), 7)
    assert short.limit is None
    found = multivariate_outcome(told(0.99), short)
    assert found.verdict is Verdict.NOT_EVALUATED
    assert "holds 3 stretches of 7 partitions with 200 rows; 4 are needed" in found.sentence


def test_it_is_said_how_long_a_reference_of_few_rows_has_to_be() -> None:
    found = multivariate_outcome(told(0.99), DomainThreshold((), 7, 24.0))
    assert found.sentence.endswith("without drift, which takes 36 partitions at about 24 rows each")


def test_a_threshold_of_before_has_no_rate() -> None:
    assert DomainThreshold.from_json({"aucs": [0.5], "partitions": 7}) == DomainThreshold((0.5,), 7)


@pytest.mark.parametrize(
    ("rows", "days", "length"), [(900, 50, 7), (24, 50, 9), (24, 35, 7), (1, 9_000, 7), (0, 50, 7)]
)
def test_a_stretch_is_as_long_as_it_takes_to_hold_enough_rows(
    rows: int, days: int, length: int
) -> None:
    assert stretch_length([rows] * days, 7) == length


@given(st.lists(st.floats(0, 1), min_size=FEWEST_BLOCKS, max_size=50))
def test_the_limit_lies_between_the_floor_and_1(aucs: list[float]) -> None:
    limit = DomainThreshold(tuple(aucs), 7).limit
    assert limit is not None
    assert FLOOR <= limit <= 1


def test_alike_stretches_leave_the_floor() -> None:
    assert DomainThreshold((0.5,) * 8, 7).limit == FLOOR


def test_many_stretches_give_the_quantile_of_their_distribution() -> None:
    drawn = np.random.default_rng(0).normal(1.0, 0.3, 4000)
    limit = DomainThreshold(tuple(1 / (1 + np.exp(-drawn))), 7).limit
    assert limit is not None
    assert logit(limit) == pytest.approx(norm.ppf(1 - FALSE_ALARM_RATE, 1.0, 0.3), abs=0.02)


def test_the_limit_of_few_stretches_is_crossed_as_rarely_as_declared() -> None:
    rng = np.random.default_rng(1)
    drawn = 1 / (1 + np.exp(-rng.normal(1.0, 0.3, (4000, 7))))
    crossed = [float(row[6]) > (DomainThreshold(tuple(row[:6]), 7).limit or 0) for row in drawn]
    assert np.mean(crossed) == pytest.approx(FALSE_ALARM_RATE, abs=0.003)


def test_a_threshold_survives_being_stored() -> None:
    assert DomainThreshold.from_json(CALIBRATED.to_json()) == CALIBRATED


@given(st.sets(st.integers(0, 500), max_size=60), st.integers(1, 20))
def test_stretches_are_whole_and_end_with_the_newest_partition(days: set[int], length: int) -> None:
    partitions = [f"{day:03}" for day in days]
    cut = stretches(partitions, length)
    kept = [day for stretch in cut for day in stretch]
    assert {len(stretch) for stretch in cut} <= {length}
    assert kept == sorted(partitions)[len(partitions) % length :]
