"""The retraining policy: from recorded facts to one decision, the same one at every replay."""

from datetime import datetime

from ml_platform.core.decision import Action, Cause, Decision
from ml_platform.core.facts import CheckName, Facts
from ml_platform.core.ledger import EntryKind, LedgerEntry, Past
from ml_platform.core.retraining_brakes import hold_back
from ml_platform.core.retraining_spec import RetrainingSpec
from ml_platform.core.rules import RULES

# What a calm day is judged by; each that could not be evaluated is named in the reason.
_WATCHED = (CheckName.DRIFT, CheckName.SCORE_DRIFT, CheckName.UNSEEN, CheckName.PERFORMANCE)


def decide(policy: RetrainingSpec, facts: Facts, past: Past) -> Decision:
    """Decide what to do about a model, by the rules of "Cause before action".

    Every rule proposes, every proposal passes the brakes. The first that acts (pages, rolls back,
    retrains) is taken; if none does, the first there is; if there is none, nothing is due.

    Args:
        policy: The model's declared retraining policy.
        facts: What is known as of one partition.
        past: The ledger of this model; entries of other models are ignored.

    Raises:
        ConfigError: A partition in the facts or the ledger is neither a day nor an hour.
    """
    own = [entry for entry in past if entry.model == facts.model]
    proposals = (rule(policy, facts, own) for rule in RULES)
    held = [hold_back(p, policy, facts, own) for p in proposals if p is not None]
    acting = [decision for decision in held if decision.verdict.acts]
    return (acting or held or [_nothing(facts)])[0]


def recorded(
    decision: Decision, facts: Facts, *, entry_id: str, decided_at: datetime
) -> LedgerEntry:
    """Return the ledger's line for a decision; the facts go with it, so that it can be replayed."""
    return LedgerEntry(
        entry_id=entry_id,
        model=facts.model,
        decided_at=decided_at,
        as_of=facts.as_of,
        kind=EntryKind.DECISION,
        verdict=decision.verdict.value,
        cause=decision.cause.value,
        reason=decision.reason,
        held_back_by=decision.held_back_by.value if decision.held_back_by else None,
        evidence={**decision.evidence, "facts": facts.to_json()},
        model_version=facts.champion_version,
        by=decision.evidence["by"] if decision.cause is Cause.REQUESTED else None,
        refers_to=decision.refers_to,
    )


def _nothing(facts: Facts) -> Decision:
    newest = {name: facts.of_champion(name)[-1:] for name in _WATCHED}
    fine = [name.value.replace("_", " ") for name, seen in newest.items() if seen]
    blind = [name.value.replace("_", " ") for name, seen in newest.items() if not seen]
    parts = [f"within limits: {', '.join(fine)}"] if fine else []
    parts += [f"not evaluated: {', '.join(blind)}"] if blind else []
    return Decision(Action.NOTHING, Cause.NONE, "; ".join(parts))
