"""Labels show a loss: since the last promotion, or for another reason.

Two checks look at labels. `PERFORMANCE` asks how good the decisions were; `CONCEPT_DRIFT` asks
whether they were worse than inputs and scores let one expect, which no drift of inputs explains.
"""

from collections.abc import Sequence

from ml_platform.core.alerts import Severity
from ml_platform.core.decision import Action, Cause, Decision
from ml_platform.core.facts import CheckFact, CheckName, Facts
from ml_platform.core.ledger import EntryKind, Past
from ml_platform.core.retraining_spec import RetrainingSpec
from ml_platform.core.rules.seen import evidence, not_listed, retraining, violation


def performance_loss_after_promotion(
    policy: RetrainingSpec, facts: Facts, past: Past
) -> Decision | None:
    """Performance was lost with the last promotion: put the previous champion back first."""
    cause = Cause.PERFORMANCE_LOSS_AFTER_PROMOTION
    return _roll_back(cause, CheckName.PERFORMANCE, facts, past)


def concept_drift_after_promotion(
    policy: RetrainingSpec, facts: Facts, past: Past
) -> Decision | None:
    """Only since the last promotion is the truth worse than expected: put the previous one back."""
    cause = Cause.CONCEPT_DRIFT_AFTER_PROMOTION
    return _roll_back(cause, CheckName.CONCEPT_DRIFT, facts, past)


def performance_loss(policy: RetrainingSpec, facts: Facts, past: Past) -> Decision | None:
    """Performance on matured labels was lost: retrain."""
    return _retrain(Cause.PERFORMANCE_LOSS, CheckName.PERFORMANCE, policy, facts)


def concept_drift(policy: RetrainingSpec, facts: Facts, past: Past) -> Decision | None:
    """What follows from the inputs has changed: retrain, as for a loss of performance."""
    return _retrain(Cause.CONCEPT_DRIFT, CheckName.CONCEPT_DRIFT, policy, facts)


def _retrain(
    cause: Cause, check: CheckName, policy: RetrainingSpec, facts: Facts
) -> Decision | None:
    fact = violation(facts, check)
    if fact is None:
        return None
    if "degradation" in policy.on:
        return retraining(cause, fact.said, check, fact)
    return not_listed(cause, fact, "degradation")


def _roll_back(cause: Cause, check: CheckName, facts: Facts, past: Past) -> Decision | None:
    """Not twice in a row: a champion that is itself the product of a roll-back stays."""
    before, since = facts.before_champion(check), facts.of_champion(check)
    if not (before and since and _began_with(before, since)):
        return None
    if facts.previous_champion_version is None or _rolled_back(facts, past):
        return None
    return Decision(
        Action.ROLL_BACK,
        cause,
        f"{since[-1].said}; it began with version {facts.champion_version}, promoted as of "
        f"{facts.champion_since}: back to version {facts.previous_champion_version}",
        evidence(since[-1]) | {"before": evidence(before[-1])},
        severity=Severity.ERROR,
        patience=check,
    )


def _began_with(before: Sequence[CheckFact], since: Sequence[CheckFact]) -> bool:
    """Tell whether it was fine until the promotion, was lost at once, and never fine again."""
    return before[-1].verdict.passed and all(fact.verdict.violated for fact in since)


def _rolled_back(facts: Facts, past: Past) -> bool:
    since = facts.champion_since or ""
    return any(
        e.kind is EntryKind.DECISION and e.verdict == Action.ROLL_BACK and e.as_of >= since
        for e in past
    )
