import numpy as np
import pytest

from ml_platform.core.drift.multivariate import FEWEST_ROWS
from ml_platform.estimators.domain_classifier import (
    ROWS_A_SIDE,
    DomainRows,
    calibrate,
    domain_auc,
)

DECLARED = {"temp": "double", "humid": "double", "dest": "string", "at": "timestamp"}


def rows(
    days: int, seed: int, *, warmer: float = 0.0, joint: float = 0.0, new: float = 0.0
) -> DomainRows:
    """Two hundred rows a day with a weather of its own each day."""
    rng, each = np.random.default_rng(seed), 200
    n = days * each
    weather = np.repeat(rng.normal(0, 0.3, days), each)
    temp = rng.normal(size=n) + weather + warmer
    humid = joint * (temp - weather) + np.sqrt(1 - joint**2) * rng.normal(size=n)
    dest = rng.choice(np.array(["LAX", "ORD", "ATL"], dtype=object), n)
    dest[rng.random(n) < new] = "XXX"
    dest[:3] = None
    at = np.arange(n).astype("datetime64[us]")
    days_of = np.repeat([f"day {seed}-{i:02}" for i in range(days)], each).astype(object)
    return DomainRows({"temp": temp, "humid": humid, "dest": dest, "at": at}, days_of)


def auc(reference: DomainRows, analysis: DomainRows) -> float:
    found = domain_auc(reference, analysis, DECLARED)
    assert found is not None
    return found.auc


def test_rows_of_one_source_cannot_be_told_apart() -> None:
    found = domain_auc(rows(30, 1), rows(7, 2), DECLARED)
    assert found is not None
    assert abs(found.auc - 0.5) < 4 * max(found.standard_error, 0.02)
    assert found.rows == 7 * 200


@pytest.mark.parametrize(
    ("moved", "column"),
    [({"warmer": 1.5}, "temp"), ({"new": 0.6}, "dest"), ({"joint": 0.95}, "temp")],
)
def test_rows_that_moved_are_told_apart_by_what_moved(moved: dict, column: str) -> None:
    found = domain_auc(rows(30, 1), rows(7, 2, **moved), DECLARED)
    assert found is not None
    assert found.auc > 0.7
    assert column in list(found.relied_on)[:2]
    assert sum(found.relied_on.values()) == pytest.approx(1)
    assert "at" not in found.relied_on


def test_it_gives_the_same_answer_each_time() -> None:
    reference, analysis = rows(30, 1), rows(7, 2, warmer=0.5)
    first, second = (domain_auc(reference, analysis, DECLARED) for _ in range(2))
    assert first == second


def test_days_with_a_weather_of_their_own_are_not_learned_by_heart() -> None:
    reference, analysis = rows(30, 1), rows(7, 2)
    for side in (reference, analysis):
        of_day = np.unique(side.partitions.astype(str), return_inverse=True)[1]
        side.columns["humid"][:] = np.random.default_rng(len(of_day)).normal(size=99)[of_day]
    assert auc(reference, analysis) < 0.75
    by_row = [DomainRows(s.columns, np.full(len(s.partitions), "")) for s in (reference, analysis)]
    assert auc(by_row[0], by_row[1]) > 0.8


def test_too_few_rows_or_no_column_give_no_answer() -> None:
    many, few = rows(5, 1), rows(5, 2).sample(FEWEST_ROWS - 1)
    assert domain_auc(many, few, DECLARED) is None
    assert domain_auc(few, many, DECLARED) is None
    assert domain_auc(many, many, {"at": "timestamp"}) is None


def test_a_sample_is_bounded_ordered_and_the_same_each_time() -> None:
    drawn = rows(30, 1).sample(ROWS_A_SIDE)
    assert len(drawn.partitions) == len(drawn.columns["temp"]) == ROWS_A_SIDE
    assert drawn.partitions.tolist() == sorted(drawn.partitions.tolist())
    assert np.array_equal(drawn.columns["temp"], rows(30, 1).sample(ROWS_A_SIDE).columns["temp"])


def test_the_threshold_comes_from_the_references_own_stretches() -> None:
    threshold = calibrate(rows(30, 1), DECLARED, 7)
    assert (len(threshold.aucs), threshold.partitions) == (4, 7)
    assert threshold.limit is not None
    assert (
        auc(rows(30, 1), rows(7, 2)) <= threshold.limit < auc(rows(30, 1), rows(7, 2, warmer=2.0))
    )


def test_stretches_of_few_rows_a_day_are_longer_and_so_is_the_window() -> None:
    few = rows(48, 1)
    few = few.where(np.arange(len(few.partitions)) % 200 < 24)

    threshold = calibrate(few, DECLARED, 7)

    assert (len(threshold.aucs), threshold.partitions, threshold.rate) == (5, 9, 24.0)
    assert threshold.limit is not None


def test_a_reference_of_one_stretch_has_nothing_to_compare_it_with() -> None:
    assert calibrate(rows(7, 1), DECLARED, 7).aucs == ()
