import numpy as np
import pytest

from ml_platform.core.service_level.latency import Latencies, latency_outcome
from ml_platform.core.verdict import Verdict


def latencies(quick: int, slow: int, weight: float = 1.0) -> Latencies:
    values = np.array([5.0] * quick + [80.0] * slow)
    return Latencies.of(values, np.full(quick + slow, weight), 25.0)


@pytest.mark.parametrize(
    ("quick", "slow", "expected"),
    [
        (99, 0, Verdict.NOT_EVALUATED),
        (100, 0, Verdict.PASSED),
        (99, 1, Verdict.PASSED),
        (98, 2, Verdict.WARNED),
        (90, 10, Verdict.FAILED),
        (9_900, 100, Verdict.PASSED),
        (9_800, 200, Verdict.FAILED),
    ],
)
def test_more_slow_answers_than_promised_fail_where_that_is_no_chance(
    quick: int, slow: int, expected: Verdict
) -> None:
    assert latency_outcome(latencies(quick, slow), 25.0).verdict is expected


def test_without_requests_nothing_is_judged() -> None:
    found = latency_outcome(None, 25.0)
    assert found.verdict is Verdict.NOT_EVALUATED
    assert found.sentence.startswith("0 requests logged")


def test_percentiles_are_of_the_requests_that_the_logged_ones_stand_for() -> None:
    values, weights = np.array([1.0, 2.0, 100.0]), np.array([1.0, 98.0, 1.0])
    found = Latencies.of(values, weights, 25.0)
    assert (found.logged, found.requests) == (3, 100)
    assert (found.p50, found.p95, found.p99) == (2, 2, 2)
    assert found.slow == pytest.approx(0.01)


def test_the_sentence_has_the_numbers() -> None:
    found = latency_outcome(latencies(90, 10), 25.0)
    assert found.sentence == (
        "p99 80 ms of 100 logged requests, 25 ms is promised; 10% were slower"
    )


def test_an_endpoint_that_is_slow_by_its_own_count_is_warned_of() -> None:
    """The log's time is in that count, and not in what is logged."""
    quick = latencies(1000, 0)
    assert latency_outcome(quick, 25.0, 25.0).verdict is Verdict.PASSED
    found = latency_outcome(quick, 25.0, 40.0)
    assert found.verdict is Verdict.WARNED
    assert found.sentence.endswith("with the time of the log p99 is 40 ms by its histogram")
    assert found.numbers["counted_p99_ms"] == 40.0
    assert latency_outcome(latencies(900, 100), 25.0, 40.0).verdict is Verdict.FAILED
    assert latency_outcome(latencies(9, 0), 25.0, 40.0).verdict is Verdict.NOT_EVALUATED
