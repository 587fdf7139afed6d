from __future__ import annotations

from dataclasses import replace

import pytest

from ml_platform.core.concept_drift.expected_shift import judge_expected_rate
from ml_platform.core.concept_drift.mean_reference import MeanReference
from ml_platform.core.estimation.expected import Expected
from ml_platform.core.verdict import Verdict

KNOWN = MeanReference(
    mean=0.2,
    row_variance=0.01,
    rows=2_800,
    days=7,
    day_variance=0.0025,
    correlation=0.0,
    known_days=40,
)


def window(rate: float, rows: int = 1_000) -> Expected:
    return Expected(rows, {}, {}, rate, 0.0)


def test_a_rate_within_what_days_vary_passes() -> None:
    found = judge_expected_rate(window(0.24), 3, KNOWN, 3.0, None)
    assert found.verdict is Verdict.PASSED
    assert found.sentence == (
        "expected label rate .24 over 3 days is .04 above the hold-out's .2 (1.2 deviations of "
        "its days, 3.0 allowed)"
    )
    assert found.brief == "expected label rate .24 over 3 days is .04 above the hold-out's .2"
    assert found.numbers["expected_label_rate"] == 0.24


@pytest.mark.parametrize("rate", [0.02, 0.5])
def test_a_rate_far_from_the_hold_outs_warns_in_both_directions(rate: float) -> None:
    found = judge_expected_rate(window(rate), 3, KNOWN, 3.0, None)
    assert found.verdict is Verdict.WARNED
    assert "has left the hold-out's .2" in found.sentence
    assert (found.numbers["deviations"] > 0) == (rate > 0.2)


def test_a_shift_of_no_size_is_none_however_sure() -> None:
    still = replace(KNOWN, row_variance=1e-6, day_variance=0.0)
    for rate, verdict in ((0.215, Verdict.PASSED), (0.225, Verdict.WARNED)):
        found = judge_expected_rate(window(rate), 3, still, 3.0, None)
        assert abs(found.numbers["deviations"]) > 3
        assert found.verdict is verdict
        assert ("less than .02 is no matter" in found.sentence) == (verdict is Verdict.PASSED)


def test_what_cannot_be_judged_says_what_is_missing() -> None:
    doubted = judge_expected_rate(window(0.5), 3, KNOWN, 3.0, "10 scored rows, 200 needed")
    unknown = judge_expected_rate(window(0.5), 3, None, 3.0, None)
    few = judge_expected_rate(window(0.5), 3, replace(KNOWN, known_days=13), 3.0, None)
    assert {doubted.verdict, unknown.verdict, few.verdict} == {Verdict.NOT_EVALUATED}
    assert doubted.sentence.endswith("not evaluated: 10 scored rows, 200 needed")
    assert "no rate was kept with the version" in unknown.sentence
    assert "takes 14 days to tell, the training set has 13" in few.sentence
