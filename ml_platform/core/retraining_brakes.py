"""What holds a proposed action back: patience, single flight, cooldown, budget.

Cooldown and budget are counted in data time (`as_of`), over the decisions in the ledger, so that
a restart forgets nothing and a replay decides the same. Distances are taken both ways: decisions
made for earlier partitions after later ones, as in a backfill, hold to the same limits.
"""

from dataclasses import replace
from datetime import timedelta

from ml_platform.core.decision import Action, Brake, Cause, Decision
from ml_platform.core.duration import format_duration
from ml_platform.core.facts import Facts
from ml_platform.core.figures import counted
from ml_platform.core.ledger import EntryKind, Past
from ml_platform.core.partition_time import moment_of
from ml_platform.core.retraining_spec import RetrainingSpec

BUDGET_WINDOW = timedelta(days=30)


def hold_back(proposed: Decision, policy: RetrainingSpec, facts: Facts, past: Past) -> Decision:
    """Return the proposal as it is, or as a WAIT that says what holds it back."""
    if proposed.verdict not in (Action.RETRAIN, Action.ROLL_BACK):
        return proposed
    for brake, why in (
        (Brake.SINGLE_FLIGHT, in_flight(facts)),
        (Brake.PATIENCE, impatient(proposed, policy, facts)),
        (Brake.COOLDOWN, too_soon(proposed, policy, facts, past)),
        (Brake.BUDGET, over_budget(proposed, policy, facts, past)),
    ):
        if why:
            reason = f"{proposed.reason}; {why}"
            return replace(proposed, verdict=Action.WAIT, reason=reason, held_back_by=brake)
    return proposed


def in_flight(facts: Facts) -> str | None:
    """Say that a retraining of this model is not over; nobody's request overrides that.

    It is over once its version is champion or is not to become it: a rollout belongs to it.
    """
    if facts.retraining_running:
        return "waits for the retraining that is running"
    if facts.rollout_running is not None:
        return f"waits for the rollout of version {facts.rollout_running}"
    return None


def impatient(proposed: Decision, policy: RetrainingSpec, facts: Facts) -> str | None:
    """Say that too few of the last evaluated partitions were violations.

    Partitions that were not evaluated count neither way, nor do the champion's predecessor's.
    """
    if proposed.patience is None:
        return None
    patience = policy.violations
    last = facts.of_champion(proposed.patience)[-patience.of :]
    violated = sum(fact.verdict.violated for fact in last)
    if violated >= patience.count:
        return None
    return (
        f"waits for {counted(patience.count, 'violation')} among the last "
        f"{counted(patience.of, 'partition')}, {violated} so far"
    )


def too_soon(proposed: Decision, policy: RetrainingSpec, facts: Facts, past: Past) -> str | None:
    """Say that the last retraining is within the cooldown; a person's request is not held."""
    if proposed.verdict is not Action.RETRAIN or proposed.cause is Cause.REQUESTED:
        return None
    near = retrainings_within(policy.cooldown, facts, past)
    if not near:
        return None
    return f"waits out the cooldown of {format_duration(policy.cooldown)} since {near[-1]}"


def over_budget(proposed: Decision, policy: RetrainingSpec, facts: Facts, past: Past) -> str | None:
    """Say that the retrainings of any 30 days are spent; requests count and are held too."""
    if proposed.verdict is not Action.RETRAIN:
        return None
    spent = len(retrainings_within(BUDGET_WINDOW, facts, past))
    if spent < policy.max_per_30_days:
        return None
    return f"the budget of {counted(policy.max_per_30_days, 'retraining')} in 30 days is spent"


def retrainings_within(length: timedelta, facts: Facts, past: Past) -> list[str]:
    """Return the partitions as of which the model was retrained, closer than `length`, sorted."""
    now = moment_of(facts.as_of)
    return sorted(
        entry.as_of
        for entry in past
        if entry.kind is EntryKind.DECISION
        and entry.verdict == Action.RETRAIN
        and abs(now - moment_of(entry.as_of)) < length
    )
