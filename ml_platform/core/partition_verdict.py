"""What is the matter with a model on one partition: a cause, what it calls for, one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ml_platform.core.decision import Action, Cause, Decision
from ml_platform.core.facts import CheckFact, CheckName, Facts
from ml_platform.core.ledger import Past
from ml_platform.core.partition_facts import facts_of_partition, past_of_partition
from ml_platform.core.retraining import called_for
from ml_platform.core.retraining_spec import RetrainingSpec
from ml_platform.core.verdict import Verdict

# What a calm day is told by, where it was judged.
_TOLD = (
    CheckName.DRIFT,
    CheckName.MULTIVARIATE_DRIFT,
    CheckName.ESTIMATED_PERFORMANCE,
    CheckName.PERFORMANCE,
)
# Labels come after the day is told of: the newest that is known of them is told with its date.
_LATE = frozenset({CheckName.PERFORMANCE})


@dataclass(frozen=True)
class PartitionVerdict:
    """The verdict on one partition.

    Attributes:
        cause: What was seen.
        action: What it calls for, before patience, cooldown and budget are asked.
        verdict: PASSED when nothing is called for, FAILED on broken data, NOT_EVALUATED when
            there is no champion or no check of the partition was evaluated, WARNED otherwise.
        sentence: The same for a person, in one line. A calm day's tells what was found on it, the
            newest realised performance with its date, and what was not evaluated on it.
        evidence: What the checks measured, by check.
        model_version: The version that was judged, None without one.
    """

    cause: Cause
    action: Action
    verdict: Verdict
    sentence: str
    evidence: Mapping[str, Any]
    model_version: str | None


def judge_partition(
    policy: RetrainingSpec, facts: Facts, partition: str, past: Past
) -> PartitionVerdict:
    """Judge one partition by the rules that also decide about retraining.

    The policy, asked about the same partition, decides the same unless a brake holds it back or a
    person has asked for a retraining.

    Args:
        policy: The model's declared retraining policy.
        facts: Those of this partition and of the ones before; later ones are ignored.
        partition: The one to judge.
        past: The ledger of the model.
    """
    own = _in_brief(facts_of_partition(facts, partition, past))
    decision = called_for(policy, own, past_of_partition(past, partition))
    return PartitionVerdict(
        decision.cause,
        decision.verdict,
        _verdict(decision, own),
        _sentence(decision, own),
        decision.evidence,
        own.champion_version,
    )


def _in_brief(facts: Facts) -> Facts:
    """The facts in the fewest words: a line is to hold all of them."""
    checks = tuple(replace(fact, summary=fact.brief or fact.summary) for fact in facts.checks)
    return replace(facts, checks=checks)


def _verdict(decision: Decision, facts: Facts) -> Verdict:
    if decision.verdict is Action.PAGE:
        return Verdict.FAILED
    if decision.cause is Cause.NO_CHAMPION:
        return Verdict.NOT_EVALUATED
    if decision.verdict is Action.NOTHING:
        newest = (facts.newest(name) for name in facts.watched)
        judged = any(fact is not None and fact.partition == facts.as_of for fact in newest)
        return Verdict.PASSED if judged else Verdict.NOT_EVALUATED
    return Verdict.WARNED


def _sentence(decision: Decision, facts: Facts) -> str:
    if decision.verdict is Action.RETRAIN:
        return f"{decision.reason}: calls for a retraining"
    if decision.verdict is Action.NOTHING:
        return _calm(facts)
    return decision.reason


def _calm(facts: Facts) -> str:
    found = {name: _of_the_day(facts, name) for name in dict.fromkeys((*_TOLD, *facts.watched))}
    told = "; ".join(_dated(fact, facts.as_of) for name in _TOLD if (fact := found[name]))
    blind = ", ".join(name.value.replace("_", " ") for name in facts.watched if not found[name])
    missing = f"not evaluated: {blind}" if blind else ""
    return "; ".join(part for part in (f"{told}: nothing to do" if told else "", missing) if part)


def _of_the_day(facts: Facts, name: CheckName) -> CheckFact | None:
    """What a check found on this partition; of a late one, what it found last."""
    fact = facts.newest(name)
    if fact is None or fact.partition == facts.as_of or name in _LATE:
        return fact
    return None


def _dated(fact: CheckFact, as_of: str) -> str:
    return fact.said if fact.partition == as_of else f"{fact.said} as of {fact.partition}"
