"""The steps of a rollout, in their order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ml_platform.core.serving_spec import RolloutSpec


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a rollout stands.

    Attributes:
        role: shadow scores what the champion answered; canary answers a share.
        percent: share of the requests that a canary answers; 0 in the shadow.
    """

    role: Literal["shadow", "canary"]
    percent: float = 0.0

    def __str__(self) -> str:
        """As people say it.

        >>> str(Stage("canary", 5.0)), str(Stage("shadow"))
        ('canary 5%', 'shadow')
        """
        return "shadow" if self.role == "shadow" else f"canary {self.percent:g}%"


def stages(spec: RolloutSpec) -> tuple[Stage, ...]:
    """All stages before the promotion.

    >>> [str(stage) for stage in stages(RolloutSpec(canary=(5, 25)))]
    ['shadow', 'canary 5%', 'canary 25%']
    """
    shadow = (Stage("shadow"),) if spec.shadow else ()
    return (*shadow, *(Stage("canary", percent) for percent in spec.canary))


def next_stage(spec: RolloutSpec, present: Stage) -> Stage | None:
    """The stage after this one, or None where the promotion is next.

    A declaration that changed meanwhile is followed: the next stage is the first larger share.
    """
    larger = (stage for stage in stages(spec) if stage.percent > present.percent)
    return next(larger, None)
