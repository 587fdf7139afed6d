from __future__ import annotations

from dataclasses import replace

import pytest

from ml_platform.core.concept_drift.label_drift import judge_label_rate
from ml_platform.core.concept_drift.label_rate import LabelReference
from ml_platform.core.verdict import Verdict

KNOWN = LabelReference(0.2, 2_800, 7, 0.0025, 0.0, 40)


def test_a_rate_within_what_days_vary_passes() -> None:
    found = judge_label_rate(240, 1_000, 3, KNOWN, 3.0, 200)
    assert found.verdict is Verdict.PASSED
    assert found.sentence == (
        "label rate .24 over 3 days is .04 above the hold-out's .2, no more than its days vary "
        "(1.1 deviations of its days, 3.0 allowed)"
    )
    assert found.numbers["label_rate"] == 0.24


@pytest.mark.parametrize("ones", [20, 600])
def test_a_rate_far_from_the_hold_outs_is_drift_in_both_directions(ones: int) -> None:
    found = judge_label_rate(ones, 1_000, 3, KNOWN, 3.0, 200)
    assert found.verdict is Verdict.WARNED
    assert found.sentence.startswith("label drift: label rate .")
    assert (found.numbers["deviations"] > 0) == (ones > 200)


def test_a_rate_far_off_that_days_reach_by_themselves_is_told_as_far_off_as_it_is() -> None:
    unsteady = LabelReference(0.28, 336, 7, 0.05, 0.0, 40)
    found = judge_label_rate(503, 1_000, 3, unsteady, 3.0, 200)
    assert found.verdict is Verdict.PASSED
    assert "label rate .503 over 3 days is .223 above the hold-out's .28" in found.sentence
    assert "near" not in found.sentence


def test_what_cannot_be_judged_says_what_is_missing() -> None:
    few = judge_label_rate(1, 10, 1, KNOWN, 3.0, 200)
    unknown = judge_label_rate(100, 1_000, 3, None, 3.0, 200)
    short = judge_label_rate(100, 1_000, 3, replace(KNOWN, known_days=2), 3.0, 200)
    assert {few.verdict, unknown.verdict, short.verdict} == {Verdict.NOT_EVALUATED}
    assert "10 of 200 labels matured" in few.sentence
    assert "no rate was kept" in unknown.sentence
    assert "takes 3 labelled days to tell, the training set has 2" in short.sentence
