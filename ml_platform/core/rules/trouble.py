"""Trouble that no retraining mends: broken input."""

from ml_platform.core.alerts import Severity
from ml_platform.core.decision import Action, Cause, Decision
from ml_platform.core.facts import DATA_QUALITY, Facts
from ml_platform.core.ledger import Past
from ml_platform.core.retraining_spec import RetrainingSpec
from ml_platform.core.rules.seen import evidence
from ml_platform.core.verdict import Verdict


def data_quality(policy: RetrainingSpec, facts: Facts, past: Past) -> Decision | None:
    """Broken input (a file, its rows, how many and which, or none): page, never retrain on it.

    The newest evaluated fact of each check and table counts: one that could not be evaluated
    does not make up for an earlier failure. A warning does not count: a few quarantined rows are
    what quarantine is for.
    """
    newest = {
        (fact.name, fact.subject): fact
        for name in sorted(DATA_QUALITY)
        for fact in facts.history(name)
        if fact.verdict.evaluated
    }
    broken = [fact for fact in newest.values() if fact.verdict is Verdict.FAILED]
    if not broken:
        return None
    said = "; ".join(f"{fact.partition}: {fact.said}" for fact in broken)
    return Decision(
        Action.PAGE,
        Cause.DATA_QUALITY,
        f"{said}; broken data are never retrained on",
        evidence(*broken),
        severity=Severity.CRITICAL,
    )
