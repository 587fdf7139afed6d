"""Performance on matured labels was lost: since the last promotion, or for another reason."""

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
    """Performance was lost with the last promotion: put the previous champion back first.

    Not twice in a row: a champion that is itself the product of a roll-back stays.
    """
    before = facts.before_champion(CheckName.PERFORMANCE)
    since = facts.of_champion(CheckName.PERFORMANCE)
    if not (before and since and _began_with(before, since)):
        return None
    if facts.previous_champion_version is None or _rolled_back(facts, past):
        return None
    return Decision(
        Action.ROLL_BACK,
        Cause.PERFORMANCE_LOSS_AFTER_PROMOTION,
        f"{since[-1].said}; it began with version {facts.champion_version}, promoted as of "
        f"{facts.champion_since}: back to version {facts.previous_champion_version}",
        evidence(since[-1]) | {"before": evidence(before[-1])},
        severity=Severity.ERROR,
        patience=CheckName.PERFORMANCE,
    )


def _began_with(before: Sequence[CheckFact], since: Sequence[CheckFact]) -> bool:
    """Tell whether it was fine until the promotion, was lost at once, and still is."""
    return before[-1].verdict.passed and since[0].verdict.violated and since[-1].verdict.violated


def performance_loss(policy: RetrainingSpec, facts: Facts, past: Past) -> Decision | None:
    """Performance on matured labels was lost: retrain."""
    fact = violation(facts, CheckName.PERFORMANCE)
    if fact is None:
        return None
    if "degradation" in policy.on:
        return retraining(Cause.PERFORMANCE_LOSS, fact.said, CheckName.PERFORMANCE, fact)
    return not_listed(Cause.PERFORMANCE_LOSS, fact, "degradation")


def _rolled_back(facts: Facts, past: Past) -> bool:
    since = facts.champion_since or ""
    return any(
        e.kind is EntryKind.DECISION and e.verdict == Action.ROLL_BACK and e.as_of >= since
        for e in past
    )
