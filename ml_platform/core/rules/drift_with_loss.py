"""Inputs drifted and performance was lost, on labels or by the estimate that needs none."""

from ml_platform.core.alerts import Severity
from ml_platform.core.decision import Action, Brake, Cause, Decision
from ml_platform.core.facts import CheckFact, CheckName, Facts
from ml_platform.core.figures import counted
from ml_platform.core.ledger import Past
from ml_platform.core.retraining_spec import RetrainingSpec
from ml_platform.core.rules.seen import (
    evidence,
    not_listed,
    realised_since,
    retraining,
    violation,
)


def drift_with_loss(policy: RetrainingSpec, facts: Facts, past: Past) -> Decision | None:
    """Covariate drift, and performance lost on matured labels: retrain."""
    fact = _drifted(facts)
    loss = violation(facts, CheckName.PERFORMANCE)
    if fact is None or loss is None:
        return None
    if "drift" not in policy.on:
        return not_listed(Cause.COVARIATE_DRIFT, fact, "drift")
    said = f"{fact.said}, {loss.said}"
    return retraining(Cause.COVARIATE_DRIFT, said, fact.name, fact, loss)


def drift_with_estimated_loss(policy: RetrainingSpec, facts: Facts, past: Past) -> Decision | None:
    """Covariate drift, and performance lost by the estimate: retrain if labels allow.

    The estimate gives way to the truth: where labels of the same days have matured and show no
    loss, nothing is proposed.
    """
    fact = _drifted(facts)
    loss = violation(facts, CheckName.ESTIMATED_PERFORMANCE)
    if fact is None or loss is None or _refuted(facts):
        return None
    if "drift" not in policy.on:
        return not_listed(Cause.COVARIATE_DRIFT, fact, "drift")
    said, missing = f"{fact.said}; {loss.said}", _nothing_to_learn(facts)
    if missing is None:
        return retraining(Cause.COVARIATE_DRIFT, said, loss.name, fact, loss)
    return Decision(
        Action.ASK_FOR_LABELS,
        Cause.COVARIATE_DRIFT,
        f"{said}; {missing}",
        evidence(fact, loss),
        Brake.IMMATURE_LABELS,
        Severity.WARNING,
    )


def _drifted(facts: Facts) -> CheckFact | None:
    """Return the finding on single columns, else the one on all of them together."""
    return violation(facts, CheckName.DRIFT) or violation(facts, CheckName.MULTIVARIATE_DRIFT)


def _refuted(facts: Facts) -> bool:
    realised = realised_since(facts, CheckName.ESTIMATED_PERFORMANCE)
    return realised is not None and not realised.verdict.violated


def _nothing_to_learn(facts: Facts) -> str | None:
    """Say why a retraining would make the same model again; none where it would not."""
    missing = facts.min_rows - facts.labelled_rows
    if missing > 0:
        return f"to retrain needs {counted(missing, 'more labelled row')}"
    learned, through = facts.champion_trained_through, facts.learnable_through
    if through is None or (learned is not None and through <= learned):
        known = f"through {learned}" if learned else "all there is"
        return f"the champion has learned {known} already, and later rows have no labels yet"
    return None
