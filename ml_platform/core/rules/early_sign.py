"""Signs that come before the proof: the estimate, the scores or the labels' rate have moved."""

from dataclasses import replace

from ml_platform.core.alerts import Severity
from ml_platform.core.decision import Action, Brake, Cause, Decision
from ml_platform.core.estimation.report import SURELY_BEYOND
from ml_platform.core.facts import CheckName, Facts
from ml_platform.core.ledger import Past
from ml_platform.core.retraining_spec import RetrainingSpec
from ml_platform.core.rules.seen import (
    evidence,
    missing_labels,
    realised_since,
    violation,
    watched,
)


def score_drift(policy: RetrainingSpec, facts: Facts, past: Past) -> Decision | None:
    """Scores drifted and labels are not in yet: wait for them, say what is missing."""
    return _await_labels(Cause.SCORE_DRIFT, CheckName.SCORE_DRIFT, facts)


def expected_label_shift(policy: RetrainingSpec, facts: Facts, past: Past) -> Decision | None:
    """The scores let expect another rate of labels: wait for the labels, which may bear it out.

    A changed mix of cases is no loss, so it is told at the lowest severity and never retrains.
    """
    awaited = _await_labels(Cause.EXPECTED_LABEL_SHIFT, CheckName.EXPECTED_LABEL_RATE, facts)
    if awaited is None or awaited.held_back_by is None:
        return awaited
    return replace(awaited, severity=Severity.INFO)


def label_drift(policy: RetrainingSpec, facts: Facts, past: Past) -> Decision | None:
    """The labels' rate moved, and too few have matured to judge by: wait for more of them."""
    return _await_labels(Cause.LABEL_DRIFT, CheckName.LABEL_DRIFT, facts)


def estimated_loss(policy: RetrainingSpec, facts: Facts, past: Past) -> Decision | None:
    """The estimate says that performance is lost, labels are not in yet: wait for them.

    An estimate beyond its limit by no more than its own error is no sign by itself.
    """
    fact = violation(facts, CheckName.ESTIMATED_PERFORMANCE)
    # A fact that was recorded before this was counted may be meant for sure.
    if fact is None or not fact.evidence.get(SURELY_BEYOND, 1):
        return None
    return _await_labels(Cause.ESTIMATED_LOSS, CheckName.ESTIMATED_PERFORMANCE, facts)


def _await_labels(cause: Cause, check: CheckName, facts: Facts) -> Decision | None:
    fact = violation(facts, check)
    if fact is None:
        return None
    realised = realised_since(facts, check)
    if realised is not None:
        return watched(cause, fact, realised)
    return Decision(
        Action.ALERT,
        cause,
        f"{fact.said}; wait for labels: {missing_labels(facts)}",
        evidence(fact),
        Brake.IMMATURE_LABELS,
        Severity.WARNING,
    )
