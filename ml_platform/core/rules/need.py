"""A model is needed: a person asks for it, there is none, or the one there is has aged."""

from ml_platform.core.decision import Action, Brake, Cause, Decision
from ml_platform.core.duration import format_duration
from ml_platform.core.facts import Facts
from ml_platform.core.figures import counted
from ml_platform.core.ledger import Past
from ml_platform.core.partition_time import moment_of
from ml_platform.core.retraining_spec import RetrainingSpec


def requested(policy: RetrainingSpec, facts: Facts, past: Past) -> Decision | None:
    """A person asked for a retraining that no decision has answered yet."""
    answered = {e.refers_to for e in past if e.verdict == Action.RETRAIN}
    waiting = [request for request in facts.requests if request.entry_id not in answered]
    if not waiting:
        return None
    request = waiting[0]
    return Decision(
        Action.RETRAIN,
        Cause.REQUESTED,
        f"{request.by} asked for it: {request.why}",
        {"by": request.by, "why": request.why, "params": dict(request.params)},
        refers_to=request.entry_id,
        params=request.params,
    )


def no_champion(policy: RetrainingSpec, facts: Facts, past: Past) -> Decision | None:
    """There is no model yet: train the first as soon as there are rows enough."""
    if facts.champion_version is not None:
        return None
    evidence = {"labelled_rows": facts.labelled_rows, "min_rows": facts.min_rows}
    missing = facts.min_rows - facts.labelled_rows
    if missing > 0:
        return Decision(
            Action.WAIT,
            Cause.NO_CHAMPION,
            f"no champion yet; to train the first needs {counted(missing, 'more labelled row')} "
            f"({facts.labelled_rows:,} of {facts.min_rows:,}){_but(facts)}",
            evidence,
            Brake.IMMATURE_LABELS,
        )
    return Decision(
        Action.RETRAIN,
        Cause.NO_CHAMPION,
        f"no champion yet, and {facts.labelled_rows:,} labelled rows suffice for the first"
        f"{_but(facts)}",
        evidence,
    )


def _but(facts: Facts) -> str:
    return f"; but {facts.obstacle}" if facts.obstacle else ""


def new_data(policy: RetrainingSpec, facts: Facts, past: Past) -> Decision | None:
    """The champion learned from data older than the declared age: retrain."""
    if policy.max_age is None or facts.champion_trained_through is None:
        return None
    age = moment_of(facts.as_of) - moment_of(facts.champion_trained_through)
    if age <= policy.max_age:
        return None
    return Decision(
        Action.RETRAIN,
        Cause.NEW_DATA,
        f"the champion learned from data through {facts.champion_trained_through}, "
        f"{format_duration(age)} before {facts.as_of}",
        {"trained_through": facts.champion_trained_through},
    )
