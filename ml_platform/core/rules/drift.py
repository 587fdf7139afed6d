"""Inputs, scores or labels are not what they were, with or without a loss of performance."""

from ml_platform.core.alerts import Severity
from ml_platform.core.decision import Action, Brake, Cause, Decision
from ml_platform.core.facts import CheckName, Facts
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
    labelled = f"{facts.unseen_labelled_rows:,} labelled rows hold them"
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
    """Covariate drift, and estimated or realised performance lost: retrain."""
    fact = violation(facts, CheckName.DRIFT)
    loss = violation(facts, CheckName.ESTIMATED_PERFORMANCE) or violation(
        facts, CheckName.PERFORMANCE
    )
    if fact is None or loss is None:
        return None
    if "drift" not in policy.on:
        return not_listed(Cause.COVARIATE_DRIFT, fact, "drift")
    said = f"{fact.said}, {loss.said}"
    return retraining(Cause.COVARIATE_DRIFT, said, CheckName.DRIFT, fact, loss)


def output_drift(policy: RetrainingSpec, facts: Facts, past: Past) -> Decision | None:
    """Labels or scores drifted and labels are not in yet: wait for them, say what is missing."""
    drifted = {
        Cause.LABEL_DRIFT: violation(facts, CheckName.LABEL_DRIFT),
        Cause.SCORE_DRIFT: violation(facts, CheckName.SCORE_DRIFT),
    }
    found = [(cause, fact) for cause, fact in drifted.items() if fact is not None]
    if not found:
        return None
    cause, fact = found[0]
    realised = realised_since(facts, fact.name)
    if realised is None:
        return Decision(
            Action.ALERT,
            cause,
            f"{fact.said}; wait for labels: {missing_labels(facts)}",
            evidence(fact),
            Brake.IMMATURE_LABELS,
            Severity.WARNING,
        )
    return watched(cause, fact, realised)


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
