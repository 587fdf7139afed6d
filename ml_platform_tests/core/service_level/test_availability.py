import math
from datetime import timedelta

import pytest

from ml_platform.core.service_level.availability import availability_outcome, budget_left
from ml_platform.core.verdict import Verdict

MONTH = timedelta(days=30)


@pytest.mark.parametrize(
    ("probes", "failed", "expected"),
    [
        (0, 0, Verdict.NOT_EVALUATED),
        (999, 0, Verdict.NOT_EVALUATED),
        (999, 1, Verdict.NOT_EVALUATED),
        (1000, 0, Verdict.PASSED),
        (1000, 1, Verdict.PASSED),
        (1500, 2, Verdict.WARNED),
        (10, 2, Verdict.FAILED),
        (1000, 10, Verdict.FAILED),
        (86_400, 86, Verdict.PASSED),
        (86_400, 120, Verdict.FAILED),
    ],
)
def test_probes_are_judged_where_they_can_tell(probes: int, failed: int, expected: Verdict) -> None:
    assert availability_outcome(probes, failed, 0.999, MONTH).verdict is expected


def test_the_interval_is_said() -> None:
    found = availability_outcome(1500, 2, 0.999, MONTH)
    assert found.sentence == (
        "99.87% of 1,500 probes were answered rightly (99.52% to 99.98%), "
        "99.9% over 30 days is promised"
    )
    assert found.numbers["low"] < found.numbers["availability"] < found.numbers["high"]


def test_a_budget_is_spent_by_failures_and_can_be_overdrawn() -> None:
    assert budget_left(1000, 0, 0.999) == 1
    assert budget_left(1000, 1, 0.999) == pytest.approx(0)
    assert budget_left(1000, 3, 0.999) == pytest.approx(-2)
    assert math.isnan(budget_left(0, 0, 0.999))
