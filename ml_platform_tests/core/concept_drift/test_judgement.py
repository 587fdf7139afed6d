from __future__ import annotations

from ml_platform.core.concept_drift.judgement import judge_cusum, judge_detected
from ml_platform.core.concept_drift.matured_days import ErrorCount, ErrorSize, MaturedDay
from ml_platform.core.monitoring_spec import ConceptDriftSpec
from ml_platform.core.verdict import Verdict

SPEC = ConceptDriftSpec()


def days(*harm: float) -> list[MaturedDay]:
    """Days that were so many deviations worse than estimated."""
    return [
        MaturedDay(f"2013-01-{n + 1:02d}", "brier", 0.15 + 0.02 * z, 0.15, 0.02)
        for n, z in enumerate(harm)
    ]


def test_days_like_their_estimates_show_no_drift() -> None:
    found = judge_cusum(days(0.5, -1.0, 0.8, 0.1), SPEC, 365)
    assert found.verdict is Verdict.PASSED
    assert found.sentence == (
        "no concept drift: realised brier .152 where .15 was estimated; CUSUM .3 of 4.1 over "
        "4 days, mean error of the estimate .012"
    ).replace("CUSUM .3", f"CUSUM {found.numbers['cusum']:.1f}")
    assert len(found.table) == 4


def test_a_lasting_shift_is_drift_and_a_gain_is_none() -> None:
    worse = judge_cusum(days(*[2.0] * 5), SPEC, 365)
    assert worse.verdict is Verdict.WARNED
    assert worse.sentence.startswith("concept drift: realised brier .19 where .15")
    assert judge_cusum(days(*[-2.0] * 5), SPEC, 365).verdict is Verdict.PASSED


def test_a_larger_budget_alarms_sooner() -> None:
    often = ConceptDriftSpec(false_alarms_per_year=50)
    assert judge_cusum(days(2.0, 2.0), SPEC, 365).verdict is Verdict.PASSED
    assert judge_cusum(days(2.0, 2.0), often, 365).verdict is Verdict.WARNED


def test_one_day_is_not_judged() -> None:
    found = judge_cusum(days(3.0), SPEC, 365)
    assert found.verdict is Verdict.NOT_EVALUATED
    assert "1 day with both an estimate and matured labels, 2 needed" in found.sentence
    assert judge_detected("ddm", [], []).verdict is Verdict.NOT_EVALUATED


def test_a_change_that_a_detector_found_lately_is_drift() -> None:
    counts = [ErrorCount(f"2013-01-{n + 1:02d}", 40, 200) for n in range(6)]
    late = judge_detected("adwin", counts, [False] * 3 + [True] + [False] * 2)
    assert late.verdict is Verdict.WARNED
    assert late.sentence == (
        "concept drift: adwin found 1 change of the error rate on 2013-01-04 over 6 days; .2 of "
        "the last day's decisions were wrong"
    )
    old = judge_detected("adwin", counts, [True] + [False] * 5)
    assert old.verdict is Verdict.PASSED
    none = judge_detected("adwin", counts, [False] * 6)
    assert "found 0 changes of the error rate over 6 days" in none.sentence


def test_sizes_of_errors_are_told_as_multiples_of_the_hold_outs() -> None:
    sizes = [ErrorSize(f"2013-01-{n + 1:02d}", 1.25, 1.0, 200) for n in range(6)]
    found = judge_detected("adwin", sizes, [False] * 5 + [True])
    assert found.sentence == (
        "concept drift: adwin found 1 change of the error size on 2013-01-06 over 6 days; 1.25 of "
        "the hold-out's mean error was the last day's"
    )
    assert found.numbers["error_size"] == 1.25
