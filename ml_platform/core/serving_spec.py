"""What a team writes about the online endpoint: objectives, limits, log and rollout."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from ml_platform.core.declared_types import Columns, Count, Duration, Positive, Share
from ml_platform.core.spec_errors import Declared, refuse

Percent = Annotated[float, Field(strict=True, gt=0, lt=100, allow_inf_nan=False)]
Probability = Annotated[float, Field(strict=True, gt=0, lt=1, allow_inf_nan=False)]


Engine = Literal["xgboost", "onnx"]

SIGNALS: Final = ("max_error_rate", "max_slow_share", "max_divergence", "max_loss")
"""What can end a rollout: a limit is declared for at least one of them."""


class ObjectivesSpec(Declared):
    """What the endpoint promises: 99% of answers within `p99_ms`, and how often it answers."""

    p99_ms: Positive = 25.0
    availability: Probability = 0.999
    window: Duration = timedelta(days=30)


class LimitsSpec(Declared):
    """Requests beyond these are refused, each with its reason; none is cut short."""

    rows: Count = Field(10_000, description="Rows in one request.")
    body_mb: Positive = Field(16.0, description="Size of one request's body.")
    in_flight: Count = Field(256, description="Requests a worker holds at once.")
    timeout_seconds: Positive = 10.0


class LogSpec(Declared):
    """How requests are logged: which share, what is left out, and for how long."""

    sample: Annotated[float, Field(strict=True, gt=0, le=1, allow_inf_nan=False)] = 1.0
    redact: Columns = Field((), description="Inputs of persons: logged as a keyed digest.")
    retention: Duration = timedelta(days=400)
    move_every: Duration = Field(
        timedelta(minutes=1), description="How often answered requests are moved to the lake."
    )


class RolloutSpec(Declared):
    """How a version that passed the gate takes over from the champion.

    First in the shadow: it scores what the champion answered, and nobody sees it. Then as a
    canary: a stable share of the requests gets its answers, in the declared steps. Each step
    lasts until it has `step_requests` and `step_minutes` of requests behind it. A sequential test
    at level `false_rollbacks` watches the declared alarm signals all the time.
    """

    shadow: bool = True
    canary: tuple[Percent, ...] = Field((5.0, 25.0), description="Percent of requests, rising.")
    key: Columns = Field((), description="Requests equal in these get answers of one version.")
    step_requests: Count = Field(1000, description="Requests of the new version in each step.")
    step_minutes: Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)] = 10.0
    step_labels: Count = Field(
        200, description="Labelled requests before the promotion, where max_loss is declared."
    )
    longest: Duration = Field(
        timedelta(days=7), description="A rollout that is not through by then is given up."
    )
    false_rollbacks: Probability = Field(0.01, description="Share of sound versions rolled back.")
    max_error_rate: Share | None = Field(0.01, description="Answers that may fail.")
    max_slow_share: Share | None = Field(
        0.05,
        description="Answers that may take longer than objectives.p99_ms; in the shadow its "
        "scoring alone counts.",
    )
    max_divergence: Share | None = Field(
        None,
        description="Mean absolute difference to the champion's score on the same rows, in the "
        "shadow.",
    )
    max_loss: Share | None = Field(
        None,
        description="By how much the loss on matured labels may exceed the champion's: the mean "
        "squared error of a probability, the mean absolute error of a regression.",
    )
    score_scale: Positive | None = Field(
        None,
        description="Of a regression: the difference of scores that counts as 1 in max_divergence "
        "and max_loss, and beyond which differences count no more.",
    )

    @model_validator(mode="after")
    def _steps_rise(self) -> Self:
        if list(self.canary) != sorted(set(self.canary)):
            refuse("canary: each step must be larger than the one before", self.canary, "canary")
        if not self.shadow and not self.canary:
            refuse("canary: a rollout needs shadow: true or a canary step", self.canary, "canary")
        return self

    @model_validator(mode="after")
    def _something_can_raise_an_alarm(self) -> Self:
        if not self.signals:
            refuse(f"no alarm signal is configured; declare one of {', '.join(SIGNALS)}", None)
        if self.signals == ("max_divergence",) and self.canary:
            of_canaries = ", ".join(name for name in SIGNALS if name != "max_divergence")
            refuse(
                "max_divergence: it compares scores in the shadow only; a canary step needs an "
                f"alarm signal of its own: one of {of_canaries}",
                self.max_divergence,
                "max_divergence",
            )
        if self.max_divergence is not None and not self.shadow:
            refuse(
                "max_divergence: it compares scores in the shadow, which is switched off; "
                "write shadow: true or leave it out",
                self.max_divergence,
                "max_divergence",
            )
        return self

    @property
    def signals(self) -> tuple[str, ...]:
        """The alarm signals that are declared, in the order they are looked at."""
        return tuple(name for name in SIGNALS if getattr(self, name) is not None)


class ServingSpec(Declared):
    """The online endpoint of a model.

    Without `rollout` a version that passed the gate takes over at once, as in batch.
    """

    engine: Engine = Field(
        "xgboost",
        description="What scores requests of few rows: onnx takes less time for them and must "
        "give the very bits of xgboost, which scores all others and the batches.",
    )
    objectives: ObjectivesSpec = Field(default_factory=ObjectivesSpec)
    limits: LimitsSpec = Field(default_factory=LimitsSpec)
    log: LogSpec = Field(default_factory=LogSpec)
    rollout: RolloutSpec | None = None


def declared_engine(spec: Mapping[str, Any]) -> str:
    """The engine of a model's declaration as an artifact keeps it.

    An artifact that says nothing of serving is of the time before there was a choice.

    >>> declared_engine({"serving": {"engine": "onnx"}}), declared_engine({"name": "flight_delay"})
    ('onnx', 'xgboost')
    """
    serving = spec.get("serving") or {}
    return str(serving.get("engine", "xgboost"))
