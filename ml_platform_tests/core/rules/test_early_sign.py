from dataclasses import replace

import pytest

from ml_platform.core.alerts import Severity
from ml_platform.core.decision import Action, Brake, Cause
from ml_platform.core.estimation.report import SURELY_BEYOND
from ml_platform.core.facts import CheckName
from ml_platform.core.rules import Rule
from ml_platform.core.rules.early_sign import (
    estimated_loss,
    expected_label_shift,
    label_drift,
    score_drift,
)
from ml_platform_tests.core.situations import POLICY, champion, seen

SIGNS = [
    (score_drift, CheckName.SCORE_DRIFT, Cause.SCORE_DRIFT),
    (label_drift, CheckName.LABEL_DRIFT, Cause.LABEL_DRIFT),
    (expected_label_shift, CheckName.EXPECTED_LABEL_RATE, Cause.EXPECTED_LABEL_SHIFT),
    (estimated_loss, CheckName.ESTIMATED_PERFORMANCE, Cause.ESTIMATED_LOSS),
]


@pytest.mark.parametrize(("rule", "check", "cause"), SIGNS)
def test_a_sign_without_labels_waits_for_them_and_says_so(
    rule: Rule, check: CheckName, cause: Cause
) -> None:
    decision = rule(POLICY, champion(seen(check, "f")), [])
    assert decision is not None
    assert (decision.verdict, decision.cause) == (Action.ALERT, cause)
    assert decision.held_back_by is Brake.IMMATURE_LABELS
    assert "wait for labels: too few labels" in decision.reason


@pytest.mark.parametrize(("rule", "check", "cause"), SIGNS)
@pytest.mark.parametrize(("realised", "severity"), [("p", Severity.INFO), ("f", Severity.WARNING)])
def test_a_sign_with_known_performance_is_recorded(
    rule: Rule, check: CheckName, cause: Cause, realised: str, severity: Severity
) -> None:
    facts = champion(seen(check, "f"), seen(CheckName.PERFORMANCE, realised))
    decision = rule(POLICY, facts, [])
    assert decision is not None
    assert (decision.verdict, decision.cause) == (Action.ALERT, cause)
    assert (decision.severity, decision.held_back_by) == (severity, None)


@pytest.mark.parametrize(("rule", "check", "cause"), SIGNS)
@pytest.mark.parametrize("verdicts", ["", "p", "fp", "-"])
def test_without_the_sign_nothing_is_called_for(
    rule: Rule, check: CheckName, cause: Cause, verdicts: str
) -> None:
    assert rule(POLICY, champion(seen(check, verdicts)), []) is None


def test_an_estimate_that_may_be_beyond_its_limit_by_chance_calls_for_nothing() -> None:
    [fact] = seen(CheckName.ESTIMATED_PERFORMANCE, "w")
    by_chance = replace(fact, evidence={SURELY_BEYOND: 0.0})
    for_sure = replace(fact, evidence={SURELY_BEYOND: 1.0})
    assert estimated_loss(POLICY, champion((by_chance,)), []) is None
    assert estimated_loss(POLICY, champion((for_sure,)), []) is not None


def test_an_expected_shift_is_told_more_quietly_than_a_drifted_score() -> None:
    waiting = expected_label_shift(POLICY, champion(seen(CheckName.EXPECTED_LABEL_RATE, "w")), [])
    louder = score_drift(POLICY, champion(seen(CheckName.SCORE_DRIFT, "w")), [])
    assert waiting is not None
    assert louder is not None
    assert (waiting.severity, louder.severity) == (Severity.INFO, Severity.WARNING)
