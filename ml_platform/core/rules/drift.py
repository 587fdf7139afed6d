"""Inputs are not what they were, and no loss of performance is seen."""

from ml_platform.core.alerts import Severity
from ml_platform.core.decision import Action, Brake, Cause, Decision
from ml_platform.core.facts import CheckName, Facts
from ml_platform.core.figures import counted
from ml_platform.core.ledger import Past
from ml_platform.core.retraining_spec import RetrainingSpec
from ml_platform.core.rules.seen import (
    estimated_at,
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


def covariate_drift(policy: RetrainingSpec, facts: Facts, past: Past) -> Decision | None:
    """Columns drifted: no retraining while performance is fine; wait where it is not known yet."""
    return _recorded(Cause.COVARIATE_DRIFT, CheckName.DRIFT, facts)


def multivariate_drift(policy: RetrainingSpec, facts: Facts, past: Past) -> Decision | None:
    """Rows as a whole can be told from the reference's: recorded, like drift of columns."""
    return _recorded(Cause.MULTIVARIATE_DRIFT, CheckName.MULTIVARIATE_DRIFT, facts)


def _recorded(cause: Cause, check: CheckName, facts: Facts) -> Decision | None:
    fact = violation(facts, check)
    if fact is None:
        return None
    found = (estimated_at(facts, fact), realised_since(facts, check))
    known = [performance for performance in found if performance is not None]
    if known:
        return watched(cause, fact, *known)
    return Decision(
        Action.WAIT,
        cause,
        f"{fact.said}; whether performance suffers is not known yet: {missing_labels(facts)}",
        evidence(fact),
        Brake.IMMATURE_LABELS,
    )
