from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given

from ml_platform.core.decision import Action, Cause
from ml_platform.core.facts import CheckFact, CheckName, Facts, Request
from ml_platform.core.partition_verdict import judge_partition
from ml_platform.core.retraining import decide
from ml_platform.core.retraining_spec import RetrainingSpec
from ml_platform.core.verdict import Verdict
from ml_platform_tests.core.situations import POLICY, champion, day, seen
from ml_platform_tests.core.test_retraining import histories, history, policies

DRIFT, PERFORMANCE = CheckName.DRIFT, CheckName.PERFORMANCE
ESTIMATED, CONTRACT = CheckName.ESTIMATED_PERFORMANCE, CheckName.CONTRACT


def told(name: CheckName, verdict: Verdict, summary: str) -> tuple[CheckFact, ...]:
    return (CheckFact(name, day(5), verdict, {"x": 1.0}, summary),)


def test_drift_without_a_loss_reads_as_one_line() -> None:
    facts = champion(
        told(DRIFT, Verdict.FAILED, "covariate drift in 3 of 16 columns (precip, visib, gust)"),
        told(ESTIMATED, Verdict.PASSED, "estimated AUC .66 -> .65 within band"),
    )
    verdict = judge_partition(POLICY, facts, day(5), [])
    assert verdict.sentence == (
        "covariate drift in 3 of 16 columns (precip, visib, gust); "
        "estimated AUC .66 -> .65 within band: no retraining"
    )
    assert (verdict.cause, verdict.action) == (Cause.COVARIATE_DRIFT, Action.ALERT)
    assert (verdict.verdict, verdict.model_version) == (Verdict.WARNED, "2")
    assert set(verdict.evidence) == {"drift", "estimated_performance"}


def test_findings_are_told_in_brief_where_they_have_a_brief_form() -> None:
    [drift] = told(DRIFT, Verdict.PASSED, "no drift in 16 columns; weekdays not told apart")
    [performance] = told(PERFORMANCE, Verdict.PASSED, "performance within its limits: AUC .7")
    facts = champion((replace(drift, brief="no drift in 16 columns"),), (performance,))
    verdict = judge_partition(POLICY, replace(facts, watched=(DRIFT, PERFORMANCE)), day(5), [])
    assert verdict.sentence == (
        "no drift in 16 columns; performance within its limits: AUC .7: nothing to do"
    )


def test_a_loss_calls_for_a_retraining_before_any_brake() -> None:
    facts = champion(seen(PERFORMANCE, "----f"))
    verdict = judge_partition(POLICY, facts, day(5), [])
    assert verdict.action is Action.RETRAIN
    assert verdict.sentence == "performance as measured: calls for a retraining"
    assert decide(POLICY, facts, []).verdict is Action.WAIT


def test_broken_data_fail() -> None:
    verdict = judge_partition(POLICY, champion(seen(CONTRACT, "----f")), day(5), [])
    assert (verdict.verdict, verdict.cause) == (Verdict.FAILED, Cause.DATA_QUALITY)


def test_a_calm_day_passes_and_says_what_was_seen_and_what_was_not() -> None:
    facts = replace(
        champion(
            told(DRIFT, Verdict.PASSED, "no covariate drift in 16 columns"),
            told(ESTIMATED, Verdict.PASSED, "estimated AUC .66 within band"),
        ),
        watched=(DRIFT, ESTIMATED, PERFORMANCE, CheckName.CONCEPT_DRIFT),
    )
    verdict = judge_partition(POLICY, facts, day(5), [])
    assert (verdict.verdict, verdict.action) == (Verdict.PASSED, Action.NOTHING)
    assert verdict.sentence == (
        "no covariate drift in 16 columns; estimated AUC .66 within band: nothing to do; "
        "not evaluated: performance, concept drift"
    )


def test_what_an_earlier_day_found_does_not_pass_this_one() -> None:
    verdict = judge_partition(POLICY, champion(seen(DRIFT, "ppp")), day(5), [])
    assert verdict.verdict is Verdict.NOT_EVALUATED
    assert verdict.sentence == "not evaluated: drift, score drift, unseen, performance"
    nothing = judge_partition(POLICY, champion(), day(5), [])
    assert nothing.verdict is Verdict.NOT_EVALUATED
    assert nothing.sentence == "not evaluated: drift, score drift, unseen, performance"


def test_a_day_is_not_told_by_what_others_found_on_earlier_ones() -> None:
    """Drift was evaluated on this day, the other inputs' checks on the one before."""
    facts = replace(
        champion(seen(DRIFT, "ppppp"), seen(CheckName.UNSEEN, "pppp"), seen(ESTIMATED, "pppp")),
        watched=(DRIFT, CheckName.UNSEEN, ESTIMATED),
    )
    verdict = judge_partition(POLICY, facts, day(5), [])
    assert verdict.verdict is Verdict.PASSED
    assert verdict.sentence == (
        "drift as measured: nothing to do; not evaluated: unseen, estimated performance"
    )


def test_performance_whose_labels_are_late_is_told_with_its_date() -> None:
    facts = replace(
        champion(seen(DRIFT, "ppppp"), seen(PERFORMANCE, "ppp"), seen(CheckName.LABEL_DRIFT, "p")),
        watched=(DRIFT, PERFORMANCE, CheckName.LABEL_DRIFT),
    )
    assert judge_partition(POLICY, facts, day(5), []).sentence == (
        f"drift as measured; performance as measured as of {day(3)}: nothing to do; "
        "not evaluated: label drift"
    )


def test_an_expected_shift_of_the_label_rate_reads_as_one_line() -> None:
    rate = "expected label rate .45 over 3 days has left the hold-out's .2"
    own = told(CheckName.EXPECTED_LABEL_RATE, Verdict.WARNED, rate)
    verdict = judge_partition(POLICY, champion(own), own[0].partition, [])
    assert (verdict.verdict, verdict.action) == (Verdict.WARNED, Action.ALERT)
    assert verdict.sentence.startswith(f"{rate}; wait for labels: ")


def test_everything_judged_and_calm_has_no_second_half() -> None:
    facts = replace(champion(seen(DRIFT, "ppppp")), watched=(DRIFT,))
    verdict = judge_partition(POLICY, facts, day(5), [])
    assert verdict.sentence == "drift as measured: nothing to do"


def test_without_a_champion_nothing_is_judged() -> None:
    facts = replace(champion(seen(DRIFT, "f")), champion_version=None)
    verdict = judge_partition(POLICY, facts, day(5), [])
    assert (verdict.verdict, verdict.cause) == (Verdict.NOT_EVALUATED, Cause.NO_CHAMPION)
    assert verdict.model_version is None


def test_a_request_is_no_finding_about_a_partition() -> None:
    facts = replace(champion(seen(DRIFT, "ppppp")), requests=(Request("r1", "Ada", "why not"),))
    assert judge_partition(POLICY, facts, day(5), []).action is Action.NOTHING
    assert decide(POLICY, facts, []).cause is Cause.REQUESTED


@given(policies, histories)
def test_the_policy_decides_the_same_of_the_newest_day_unless_a_brake_holds(
    policy: RetrainingSpec, drawn: Sequence[dict]
) -> None:
    for facts in history([{**each, "request": False} for each in drawn]):
        verdict, decision = _both(policy, facts)
        if verdict != decision:
            assert verdict[0] in (Action.RETRAIN, Action.ROLL_BACK)


def _both(
    policy: RetrainingSpec, facts: Facts
) -> tuple[tuple[Action, Cause], tuple[Action, Cause]]:
    verdict = judge_partition(policy, facts, facts.as_of, [])
    decision = decide(policy, facts, [])
    return (verdict.action, verdict.cause), (decision.verdict, decision.cause)


@pytest.mark.parametrize("later", ["f", "p", "w"])
def test_later_days_change_nothing(later: str) -> None:
    facts = champion(seen(DRIFT, "pf"))
    with_later = replace(facts, checks=(*facts.checks, *seen(PERFORMANCE, later, first=3)))
    assert judge_partition(POLICY, facts, day(2), []) == judge_partition(
        POLICY, with_later, day(2), []
    )
