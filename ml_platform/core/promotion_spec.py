"""What a team writes about the gate that a candidate passes to become champion."""

from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from ml_platform.core.declared_types import Count, Share
from ml_platform.core.metric_names import BINARY_METRICS, Metric
from ml_platform.core.spec_errors import Declared, refuse

MetricBounds = dict[Metric, Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]]


_RANGE = MappingProxyType(
    {name: "lies between 0 and 1" for name in BINARY_METRICS if name != "log_loss"}
    | {"r2": "is at most 1"}
)


def _bounds_can_be_met(bounds: MetricBounds) -> MetricBounds:
    for metric, bound in bounds.items():
        if metric in _RANGE and bound > 1:
            raise ValueError(f"{metric} {_RANGE[metric]}; given {bound:g}")
    return bounds


# The worst value each metric may have: at least, or at most where lower is better; of bias, the
# furthest from 0.
Floors = Annotated[MetricBounds, AfterValidator(_bounds_can_be_met)]


class PromotionSpec(Declared):
    """The gate. Comparisons are paired: candidate and champion score the same held-out rows.

    With `mode: not_worse` a candidate passes when, at the stated confidence, it is worse than the
    champion by no more than `tolerance` (a test of non-inferiority, so the burden of proof lies
    with the candidate). With `mode: better` the whole interval must show it ahead. Each metric in
    `must_not_worsen` has a test of non-inferiority of its own, with `must_not_worsen_tolerance`.
    Harm is in the metric's own units, or a share of the champion's value where the metric is an
    error in the label's unit (see `unit_of_harm`). A regression has `metric: rmse` unless another
    is declared.
    """

    metric: Metric = "brier"
    mode: Literal["not_worse", "better"] = "not_worse"
    tolerance: Share = Field(0.01, description="Harm in `metric` that is still not worse.")
    must_not_worsen: tuple[Metric, ...] = ()
    must_not_worsen_tolerance: Share = 0.05
    confidence: Annotated[float, Field(strict=True, ge=0.5, lt=1)] = 0.95
    approval: Literal["automatic", "manual"] = "automatic"
    floors: Floors = Field(default_factory=dict)
    max_segment_drop: Share = Field(0.05, description="Harm in `metric` allowed to a segment.")
    segment_min_rows: Count = Field(200, description="Rows a segment needs to be judged.")

    @model_validator(mode="after")
    def _metric_is_not_listed_twice(self) -> Self:
        for metric in self.must_not_worsen:
            if metric == self.metric or self.must_not_worsen.count(metric) > 1:
                message = f'must_not_worsen: "{metric}" is named twice in this gate'
                refuse(message, metric, "must_not_worsen")
        return self
