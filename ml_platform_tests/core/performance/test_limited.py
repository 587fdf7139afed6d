from __future__ import annotations

import pytest

from ml_platform.core.performance.limited import verdict_of
from ml_platform.core.performance.metric_line import MetricLine
from ml_platform.core.verdict import Verdict

PASSED, WARNED, FAILED, BLIND = (
    Verdict.PASSED,
    Verdict.WARNED,
    Verdict.FAILED,
    Verdict.NOT_EVALUATED,
)


@pytest.mark.parametrize(
    ("lines", "together"),
    [
        ((), BLIND),
        ((PASSED, PASSED), PASSED),
        ((PASSED, BLIND), BLIND),
        ((WARNED, BLIND), WARNED),
        ((PASSED, WARNED, FAILED), FAILED),
    ],
)
def test_a_limit_that_was_not_judged_is_not_kept_and_hides_no_loss(
    lines: tuple[Verdict, ...], together: Verdict
) -> None:
    given = [MetricLine("brier", 0.2, 0.1, 0.3, None, 0.2, each, "") for each in lines]
    assert verdict_of(given) is together
