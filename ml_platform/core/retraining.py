"""The retraining policy: from recorded facts to one decision, the same one at every replay."""

from collections.abc import Sequence
from datetime import datetime

from ml_platform.core.decision import Action, Cause, Decision
from ml_platform.core.facts import CheckName, Facts
from ml_platform.core.ledger import EntryKind, LedgerEntry, Past
from ml_platform.core.retraining_brakes import hold_back
from ml_platform.core.retraining_spec import RetrainingSpec
from ml_platform.core.rules import RULES


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
    held = [hold_back(proposal, policy, facts, own) for proposal in _proposals(policy, facts, own)]
    return _foremost(held, facts)


def called_for(policy: RetrainingSpec, facts: Facts, past: Past) -> Decision:
    """Say what the facts call for by themselves, before patience, cooldown or budget hold it back.

    The same rules on the same facts as `decide`, whose answer differs only where a brake holds.
    """
    own = [entry for entry in past if entry.model == facts.model]
    return _foremost(_proposals(policy, facts, own), facts)


def _proposals(policy: RetrainingSpec, facts: Facts, own: Past) -> list[Decision]:
    proposals = (rule(policy, facts, own) for rule in RULES)
    return [proposal for proposal in proposals if proposal is not None]


def _foremost(proposals: Sequence[Decision], facts: Facts) -> Decision:
    """Return the first that acts, else the first there is, else that nothing is due."""
    acting = [decision for decision in proposals if decision.verdict.acts]
    return (*acting, *proposals, _nothing(facts))[0]


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
    newest = {name: facts.newest(name) for name in facts.watched}
    fine = [name for name, fact in newest.items() if fact and not fact.verdict.violated]
    parts = [f"within limits: {_named(fine)}"] if fine else []
    # What no rule takes for a sign by itself is still told.
    parts += [fact.said for fact in newest.values() if fact and fact.verdict.violated]
    blind = facts.never_evaluated()
    parts += [f"not evaluated: {_named(blind)}"] if blind else []
    return Decision(Action.NOTHING, Cause.NONE, "; ".join(parts))


def _named(checks: Sequence[CheckName]) -> str:
    return ", ".join(name.value.replace("_", " ") for name in checks)
