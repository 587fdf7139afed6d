from __future__ import annotations

import numpy as np

from ml_platform.core.metric_names import BINARY_METRICS
from ml_platform.core.monitoring_spec import PerformanceSpec
from ml_platform.core.performance.bootstrap import bootstrap_intervals
from ml_platform.core.performance.segment_report import judge_segments
from ml_platform.core.verdict import Verdict
from ml_platform_tests.core.performance.scored import flights

LABEL, SCORE = flights(900)
ORIGIN = np.array(["JFK"] * 500 + ["EWR"] * 300 + ["LGA"] * 100)
LIMITS = PerformanceSpec(max_drop={"brier": 0.02}, min_labels=200)
REFERENCE = {("origin", "JFK"): {"brier": 0.15}, ("origin", "EWR"): {"brier": 0.01}}


def test_each_value_has_every_metric_with_its_interval() -> None:
    jfk, ewr, lga = judge_segments("origin", ORIGIN, LABEL, SCORE, 0.25, REFERENCE, LIMITS)

    assert [(s.value, s.rows, s.evaluated) for s in (jfk, ewr, lga)] == [
        ("JFK", 500, True),
        ("EWR", 300, True),
        ("LGA", 100, False),
    ]
    assert [line.metric for line in jfk.lines] == list(BINARY_METRICS)
    measured = bootstrap_intervals(LABEL[500:800], SCORE[500:800], 0.25)
    for line in ewr.lines:
        assert (line.low, line.value, line.high) == (
            measured[line.metric].low,
            measured[line.metric].value,
            measured[line.metric].high,
        )


def test_each_value_is_held_against_itself_on_the_hold_out() -> None:
    jfk, ewr, lga = judge_segments("origin", ORIGIN, LABEL, SCORE, 0.25, REFERENCE, LIMITS)

    assert (jfk.verdict, ewr.verdict) == (Verdict.PASSED, Verdict.FAILED)
    assert lga.verdict is Verdict.NOT_EVALUATED


def test_a_value_that_the_hold_out_did_not_have_is_not_evaluated() -> None:
    [jfk, *_] = judge_segments("origin", ORIGIN, LABEL, SCORE, 0.25, {}, LIMITS)
    assert jfk.verdict is Verdict.NOT_EVALUATED
    assert "no reference value" in next(x.reason for x in jfk.lines if x.metric == "brier")
