"""What the rules share: the newest finding about the champion, and the words for a proposal."""

from itertools import takewhile

from ml_platform.core.alerts import Severity
from ml_platform.core.decision import Action, Cause, Decision
from ml_platform.core.facts import CheckFact, CheckName, Facts


def violation(facts: Facts, name: CheckName) -> CheckFact | None:
    """Return the newest evaluated fact about the champion if it is a violation."""
    history = facts.of_champion(name)
    return history[-1] if history and history[-1].verdict.violated else None


def realised_since(facts: Facts, check: CheckName) -> CheckFact | None:
    """Return the newest realised performance, if it covers any of a check's present violations."""
    newest_first = reversed(facts.of_champion(check))
    run = list(takewhile(lambda fact: fact.verdict.violated, newest_first))
    realised = facts.of_champion(CheckName.PERFORMANCE)
    return realised[-1] if realised and realised[-1].partition >= run[-1].partition else None


def estimated_at(facts: Facts, drift: CheckFact) -> CheckFact | None:
    """Return the estimate of performance without labels, if it covers the newest drift."""
    estimated = facts.of_champion(CheckName.ESTIMATED_PERFORMANCE)
    return estimated[-1] if estimated and estimated[-1].partition >= drift.partition else None


def missing_labels(facts: Facts) -> str:
    """Say which labels are awaited."""
    realised = facts.of_champion(CheckName.PERFORMANCE)
    if realised:
        return f"labels have matured through {realised[-1].partition} only, not {facts.as_of}"
    since = facts.champion_since or "its promotion"
    return f"too few labels of the champion's predictions after {since} have matured"


def retraining(cause: Cause, said: str, patience: CheckName, *seen: CheckFact) -> Decision:
    """Propose a retraining, once the named check has been violated often enough."""
    return Decision(
        Action.RETRAIN,
        cause,
        said,
        evidence(*seen),
        severity=Severity.WARNING,
        patience=patience,
    )


def not_listed(cause: Cause, fact: CheckFact, word: str) -> Decision:
    """Tell of a finding that the declared policy does not retrain on."""
    return Decision(
        Action.ALERT,
        cause,
        f'{fact.said}: no retraining, as retraining.on does not list "{word}"',
        evidence(fact),
        severity=Severity.WARNING,
    )


def watched(cause: Cause, fact: CheckFact, *known: CheckFact) -> Decision:
    """Tell of a drift that is only recorded, with what is known of performance beside it."""
    lost = any(performance.verdict.violated for performance in known)
    return Decision(
        Action.ALERT,
        cause,
        f"{'; '.join(each.said for each in (fact, *known))}: no retraining",
        evidence(fact, *known),
        severity=Severity.WARNING if lost else Severity.INFO,
    )


def evidence(*facts: CheckFact) -> dict[str, object]:
    """Return what the checks measured, by check and table, with the partition."""
    return {
        f"{fact.name}.{fact.subject}" if fact.subject else fact.name.value: {
            "partition": fact.partition,
            "verdict": fact.verdict.value,
            **fact.evidence,
        }
        for fact in facts
    }
