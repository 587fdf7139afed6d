"""How many workers answer: more when requests pile up, fewer when they have long not.

The rule is that of Kubernetes' HorizontalPodAutoscaler
(https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/): wanted are
ceil(requests in flight / target) workers, a tolerance leaves small differences alone, and a
stabilisation window holds on to the lowest wish of the recent past before growing, to the highest
before shrinking. Unlike there a window must be full before it counts, and one look makes one step.
"""

from __future__ import annotations

from dataclasses import dataclass

from ml_platform.core.errors import ConfigError

GROW, STAY, SHRINK = 1, 0, -1


@dataclass(frozen=True, slots=True)
class ScalingPolicy:
    """Bounds and pace.

    Attributes:
        least: workers there are always, 1 or more.
        most: workers there are never more of, `least` or more.
        target: requests in flight that one worker is to have on average, above 0.
        tolerance: share of the target by which the average may differ without a step, in [0, 1).
        up_seconds: so long there must have been too many requests before a worker comes.
        down_seconds: so long there must have been few enough before one goes.
    """

    least: int = 1
    most: int = 1
    target: float = 8.0
    tolerance: float = 0.1
    up_seconds: float = 2.0
    down_seconds: float = 60.0

    def __post_init__(self) -> None:
        """Refuse bounds that cannot be.

        Raises:
            ConfigError: naming the option.
        """
        if self.least < 1:
            raise ConfigError(f"--workers must be 1 or more; given {self.least}.")
        if self.most < self.least:
            raise ConfigError(
                f"--max-workers must be --workers or more: {self.most} is below {self.least}."
            )
        if not 0 < self.target < float("inf"):
            raise ConfigError(f"--target-in-flight must be above 0; given {self.target}.")
        if not 0 <= self.tolerance < 1 or self.up_seconds < 0 or self.down_seconds < 0:
            raise ValueError("tolerance is a share below 1, and no time is below 0")


@dataclass(frozen=True, slots=True)
class Look:
    """The load at one time.

    Attributes:
        at: seconds on a clock that never goes back.
        in_flight: mean number of requests being answered, over all workers.
    """

    at: float
    in_flight: float


def step(policy: ScalingPolicy, looks: tuple[Look, ...], workers: int) -> int:
    """Say whether a worker is to come, to go, or neither.

    It never does both in turn on a constant load: a worker goes only where those that stay would
    be below the target by the tolerance.

    >>> busy = (Look(0.0, 40.0), Look(1.0, 36.0), Look(2.0, 44.0))
    >>> step(ScalingPolicy(least=2, most=8, target=8, up_seconds=2), busy, 2)
    1

    Args:
        policy: bounds and pace.
        looks: the recent past, oldest first, as `remembered` keeps it.
        workers: there are now.

    Returns:
        `GROW`, `STAY` or `SHRINK`.
    """
    if workers < policy.least:
        return GROW
    if workers > policy.most:
        return SHRINK
    held = _within(looks, policy.up_seconds)
    above = workers * policy.target * (1 + policy.tolerance)
    if workers < policy.most and held and min(held) > above:
        return GROW
    held = _within(looks, policy.down_seconds)
    below = (workers - 1) * policy.target * (1 - policy.tolerance)
    if workers > policy.least and held and max(held) <= below:
        return SHRINK
    return STAY


def remembered(policy: ScalingPolicy, looks: tuple[Look, ...], new: Look) -> tuple[Look, ...]:
    """Add a look, and forget those that no window reaches back to any more."""
    start = new.at - max(policy.up_seconds, policy.down_seconds)
    # The newest one that is old enough stays: it shows that the window is full.
    reached = sum(look.at <= start for look in looks)
    return (*looks[max(0, reached - 1) :], new)


def _within(looks: tuple[Look, ...], seconds: float) -> list[float]:
    """The loads of a window that ends with the last look; empty where the past is shorter."""
    if not looks:
        return []
    start = looks[-1].at - seconds
    if looks[0].at > start:
        return []
    return [look.in_flight for look in looks if look.at >= start]
