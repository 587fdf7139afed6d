from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from ml_platform.core.concept_drift.matured_days import ErrorCount, ErrorSize
from ml_platform.core.errors import ConfigError
from ml_platform.core.monitoring_spec import Detector
from ml_platform.detectors.river_detectors import DECISIONS_A_DAY, DETECTORS, detected_changes


def days(*rates: float, rows: int = 900) -> list[ErrorCount]:
    generator = np.random.default_rng(0)
    return [
        ErrorCount(f"day {n:03d}", int(generator.binomial(rows, rate)), rows)
        for n, rate in enumerate(rates)
    ]


def test_every_declared_detector_but_our_own_is_there() -> None:
    assert {*DETECTORS, "cusum"} == set(get_args(Detector))


@pytest.mark.parametrize("detector", DETECTORS)
def test_a_jump_of_the_error_rate_is_found_and_a_steady_one_is_not(detector: str) -> None:
    found = detected_changes(detector, days(*[0.2] * 15, *[0.5] * 10))
    assert not any(found[:15])
    assert any(found[15:])
    assert not any(detected_changes(detector, days(*[0.2] * 25)))


@pytest.mark.parametrize("detector", DETECTORS)
def test_fewer_errors_are_no_alarm_and_more_after_that_are(detector: str) -> None:
    found = detected_changes(detector, days(*[0.5] * 15, *[0.2] * 15, *[0.5] * 10))
    assert not any(found[:30])
    assert any(found[30:])


@pytest.mark.parametrize("detector", DETECTORS)
def test_the_same_days_give_the_same_answer_however_often_they_are_asked(detector: str) -> None:
    given = days(*[0.2] * 10, *[0.6] * 5)
    first = detected_changes(detector, given)
    assert detected_changes(detector, given) == first
    assert detected_changes(detector, given[:12]) == first[:12]


def test_a_day_stands_for_few_decisions_in_its_own_proportion() -> None:
    shown = list(ErrorCount("", 300_000, 1_000_000).values(DECISIONS_A_DAY))
    assert (len(shown), sum(shown)) == (DECISIONS_A_DAY, 75)
    assert sum(list(ErrorCount("", 1, 4).values(DECISIONS_A_DAY))) == 1
    assert list(ErrorCount("", 0, 0).values(DECISIONS_A_DAY)) == []


def sizes(*means: float) -> list[ErrorSize]:
    """Days of 900 rows whose errors have about the deviation of their mean, as real ones do."""
    generator = np.random.default_rng(0)
    drawn = [generator.exponential(mean, 900) for mean in means]
    return [
        ErrorSize(f"day {n:03d}", float(each.mean()), float(each.std()), 900)
        for n, each in enumerate(drawn)
    ]


@pytest.mark.parametrize("detector", ["adwin", "page_hinkley"])
def test_a_jump_of_the_size_of_errors_is_found_and_a_steady_one_is_not(detector: str) -> None:
    found = detected_changes(detector, sizes(*[1.0] * 15, *[1.6] * 10))
    assert not any(found[:15])
    assert any(found[15:])
    assert not any(detected_changes(detector, sizes(*[1.0] * 25)))


def test_an_unknown_name_is_told_with_the_valid_ones() -> None:
    with pytest.raises(ConfigError, match=r"adwin, ddm, hddm_w, page_hinkley"):
        detected_changes("eddm", days(0.2))
