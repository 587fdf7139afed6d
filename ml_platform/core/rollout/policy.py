"""The policy of a rollout: from recorded facts to one step, the same one at every replay.

In this order: a rollout whose ground is gone ends; an alarm rolls it back; one that takes too long
is given up; an alarm that the champion shares holds it; then requests and minutes must suffice, all
that is needed must have been measured, and labels must suffice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from ml_platform.core.duration import format_duration
from ml_platform.core.figures import counted, short
from ml_platform.core.rollout.betting import log_capital, refutes
from ml_platform.core.rollout.facts import RolloutFacts
from ml_platform.core.rollout.plan import next_stage
from ml_platform.core.rollout.running import Rollout
from ml_platform.core.rollout.signal import (
    Reading,
    Signal,
    declared,
    evidence,
    level,
    limit_of,
    needed,
    sentence,
)
from ml_platform.core.rollout.step import Cause, Move, Step
from ml_platform.core.serving_spec import RolloutSpec

Rule = Callable[[RolloutSpec, Rollout, RolloutFacts], Step | None]


def decide(spec: RolloutSpec, rollout: Rollout, facts: RolloutFacts) -> Step:
    """Decide what to do with a running rollout; the first rule that says something is followed.

    Args:
        spec: as declared.
        rollout: as it stands.
        facts: what is known.
    """
    steps = (rule(spec, rollout, facts) for rule in _RULES)
    step = next((step for step in steps if step is not None), None) or _advance(
        spec, rollout, facts
    )
    told: dict[str, Any] = {
        "signals": {each.value: evidence(spec, facts.reading(each)) for each in declared(spec)},
        "facts": facts.to_json(),
    }
    return Step(step.move, step.cause, step.reason, step.stage, told)


def _groundless(spec: RolloutSpec, rollout: Rollout, facts: RolloutFacts) -> Step | None:
    if facts.champion != rollout.champion:
        now = f"version {facts.champion}" if facts.champion else "nobody"
        reason = f"it was compared with champion {rollout.champion}; the champion is now {now}"
        return Step(Move.END, Cause.CHAMPION_MOVED, reason)
    if not facts.role_held:
        reason = f"version {rollout.version} is no longer {rollout.stage.role} in the registry"
        return Step(Move.END, Cause.ROLE_TAKEN, reason)
    return None


def _alarm(spec: RolloutSpec, rollout: Rollout, facts: RolloutFacts) -> Step | None:
    """Roll back where a signal's limit is refuted, unless the champion is no better.

    What makes both fail, such as a busy machine, is not the version's fault. Not to roll back then
    can only lower the share of false rollbacks.
    """
    blamed = [each for each in _loud(spec, facts) if not _champion_alike(spec, each)]
    if not blamed:
        return None
    told = "; ".join(sentence(spec, each) for each in blamed)
    return Step(
        Move.ROLL_BACK, Cause.ALARM, f"version {rollout.version} in {rollout.stage}: {told}"
    )


def _shared_alarm(spec: RolloutSpec, rollout: Rollout, facts: RolloutFacts) -> Step | None:
    """Hold while a signal is loud that the champion raises as well."""
    loud = _loud(spec, facts)
    if not loud:
        return None
    told = "; ".join(
        f"{sentence(spec, each)}, but the champion's is {short(each.champion.mean, 4)}"
        for each in loud
    )
    return Step(Move.HOLD, Cause.CHAMPION_ALIKE, told, rollout.stage)


def _loud(spec: RolloutSpec, facts: RolloutFacts) -> list[Reading]:
    """The declared signals whose limit is refuted."""
    readings = map(facts.reading, declared(spec))
    return [
        each
        for each in readings
        if refutes(log_capital(each.challenger, limit_of(spec, each.signal)), level(spec))
    ]


def _champion_alike(spec: RolloutSpec, reading: Reading) -> bool:
    return reading.champion.mean > limit_of(spec, reading.signal)


def _too_long(spec: RolloutSpec, rollout: Rollout, facts: RolloutFacts) -> Step | None:
    if facts.looked_at - rollout.started_at <= spec.longest:
        return None
    reason = (
        f"not through after {format_duration(spec.longest)}: in {rollout.stage} with "
        f"{counted(facts.step_requests, 'request')}"
    )
    return Step(Move.GIVE_UP, Cause.TOO_LONG, reason)


def _too_few_requests(spec: RolloutSpec, rollout: Rollout, facts: RolloutFacts) -> Step | None:
    if facts.step_requests == 0 or facts.newest_request is None:
        return _no_requests(spec, rollout, facts)
    minutes = max((facts.newest_request - rollout.since) / timedelta(minutes=1), 0.0)
    if facts.step_requests >= spec.step_requests and minutes >= spec.step_minutes:
        return None
    reason = (
        f"{rollout.stage}: {facts.step_requests:,} of {counted(spec.step_requests, 'request')}, "
        f"{minutes:.1f} of {spec.step_minutes:g} minutes"
    )
    return Step(Move.HOLD, Cause.FEW_REQUESTS, reason, rollout.stage)


def _no_requests(spec: RolloutSpec, rollout: Rollout, facts: RolloutFacts) -> Step:
    """In its first minutes a stage has none as a matter of course; later that is to be known."""
    new = facts.looked_at - rollout.since < timedelta(minutes=max(spec.step_minutes, 1))
    answered = counted(facts.champion_requests, "request")
    reason = (
        f"no requests for version {rollout.version} in {rollout.stage} yet; the champion had "
        f"{answered}"
    )
    return Step(Move.HOLD, Cause.FEW_REQUESTS if new else Cause.NO_REQUESTS, reason, rollout.stage)


def _not_evaluated(spec: RolloutSpec, rollout: Rollout, facts: RolloutFacts) -> Step | None:
    readings = [facts.reading(signal) for signal in needed(spec, rollout.stage)]
    missing = [each for each in readings if each.missing or not each.challenger.total]
    if not missing:
        return None
    told = "; ".join(
        f"{each.signal.said} not evaluated: {each.missing or 'no values'}" for each in missing
    )
    return Step(Move.HOLD, Cause.NOT_EVALUATED, told, rollout.stage)


def _too_few_labels(spec: RolloutSpec, rollout: Rollout, facts: RolloutFacts) -> Step | None:
    if spec.max_loss is None or next_stage(spec, rollout.stage) is not None:
        return None
    reading = facts.reading(Signal.LOSS)
    known = reading.requests
    if known >= spec.step_labels:
        return None
    why = f" ({reading.missing})" if reading.missing else ""
    reason = f"waits for labels: {known:,} of {spec.step_labels:,} compared{why}"
    return Step(Move.HOLD, Cause.FEW_LABELS, reason, rollout.stage)


def _advance(spec: RolloutSpec, rollout: Rollout, facts: RolloutFacts) -> Step:
    following = next_stage(spec, rollout.stage)
    readings = [facts.reading(signal) for signal in declared(spec)]
    told = "; ".join(sentence(spec, each) for each in readings if each.challenger.total)
    reason = f"{rollout.stage} done after {counted(facts.step_requests, 'request')}: {told}"
    if following is None:
        return Step(
            Move.PROMOTE,
            Cause.STEP_DONE,
            f"version {rollout.version} replaces version {rollout.champion}; {reason}",
        )
    return Step(Move.ADVANCE, Cause.STEP_DONE, f"{reason}; next: {following}", following)


_RULES: tuple[Rule, ...] = (
    _groundless,
    _alarm,
    _too_long,
    _shared_alarm,
    _too_few_requests,
    _not_evaluated,
    _too_few_labels,
)
