"""Inputs or scores are not what they were, with or without a loss of performance."""

from ml_platform.core.alerts import Severity
from ml_platform.core.decision import Action, Brake, Cause, Decision
from ml_platform.core.facts import CheckName, Facts
from ml_platform.core.figures import counted
from ml_platform.core.ledger import Past
from ml_platform.core.retraining_spec import RetrainingSpec
from ml_platform.core.rules.seen import (
    evidence,
    missing_labels,
    not_listed,
    realised_since,
    retraining,
    violation,
    watched,
)

# A boosted tree splits off a value only where a leaf can hold some dozens of its rows.
ROWS_TO_LEARN_A_VALUE = 50


def unseen(policy: RetrainingSpec, facts: Facts, past: Past) -> Decision | None:
    """Values that training never had: retrain if labels cover them, else ask for labels."""
    fact = violation(facts, CheckName.UNSEEN)
    if fact is None:
        return None
    labelled = f"they are in {counted(facts.unseen_labelled_rows, 'labelled row')}"
    if facts.unseen_labelled_rows < ROWS_TO_LEARN_A_VALUE:
        return Decision(
            Action.ASK_FOR_LABELS,
            Cause.UNSEEN,
            f"{fact.said}; {labelled}, {ROWS_TO_LEARN_A_VALUE} are needed to learn them",
            evidence(fact),
            severity=Severity.WARNING,
        )
    if "drift" not in policy.on:
        return not_listed(Cause.UNSEEN, fact, "drift")
    return retraining(Cause.UNSEEN, f"{fact.said}; {labelled}", CheckName.UNSEEN, fact)


def drift_with_loss(policy: RetrainingSpec, facts: Facts, past: Past) -> Decision | None:
    """Covariate drift, and performance lost: retrain."""
    fact = violation(facts, CheckName.DRIFT)
    loss = violation(facts, CheckName.PERFORMANCE)
    if fact is None or loss is None:
        return None
    if "drift" not in policy.on:
        return not_listed(Cause.COVARIATE_DRIFT, fact, "drift")
    said = f"{fact.said}, {loss.said}"
    return retraining(Cause.COVARIATE_DRIFT, said, CheckName.DRIFT, fact, loss)


def score_drift(policy: RetrainingSpec, facts: Facts, past: Past) -> Decision | None:
    """Scores drifted and labels are not in yet: wait for them, say what is missing."""
    fact = violation(facts, CheckName.SCORE_DRIFT)
    if fact is None:
        return None
    realised = realised_since(facts, CheckName.SCORE_DRIFT)
    if realised is None:
        return Decision(
            Action.ALERT,
            Cause.SCORE_DRIFT,
            f"{fact.said}; wait for labels: {missing_labels(facts)}",
            evidence(fact),
            Brake.IMMATURE_LABELS,
            Severity.WARNING,
        )
    return watched(Cause.SCORE_DRIFT, fact, realised)


def covariate_drift(policy: RetrainingSpec, facts: Facts, past: Past) -> Decision | None:
    """Inputs drifted: no retraining while performance is fine; wait where it is not known yet."""
    fact = violation(facts, CheckName.DRIFT)
    if fact is None:
        return None
    realised = realised_since(facts, CheckName.DRIFT)
    if realised is None:
        return Decision(
            Action.WAIT,
            Cause.COVARIATE_DRIFT,
            f"{fact.said}; whether performance suffers is not known yet: {missing_labels(facts)}",
            evidence(fact),
            Brake.IMMATURE_LABELS,
        )
    return watched(Cause.COVARIATE_DRIFT, fact, realised)
