"""What a team writes about watching a model: drift, performance, segments, severity."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from ml_platform.core.declared_types import (
    Columns,
    Count,
    Duration,
    Positive,
    Share,
    read_duration,
    write_duration,
)
from ml_platform.core.metric_names import Metric
from ml_platform.core.promotion_spec import Floors
from ml_platform.core.spec_errors import Declared

MaxDrops = dict[Metric, Positive]


class DriftSpec(Declared):
    """When the inputs count as drifted from the reference.

    `psi` bounds the population stability index of a column, `missing` the rise of its share of
    missing values and `unseen` its share of values that the reference never had. Drift is found
    when more than `columns_share` of the evaluated columns are beyond a bound.
    """

    window: Duration = timedelta(days=7)
    psi: Positive = 0.2
    missing: Share = 0.1
    unseen: Share = 0.05
    min_rows: Count = Field(500, description="Rows a window needs to be judged.")
    columns_share: Share = 0.0


class PerformanceSpec(Declared):
    """When realised performance counts as lost: below a floor, or too far below the reference."""

    floors: Floors = Field(default_factory=dict)
    max_drop: MaxDrops = Field(
        default_factory=dict, description="Harm allowed against the champion's hold-out."
    )
    window: Duration = timedelta(days=7)
    min_labels: Count = Field(200, description="Matured labels a window needs to be judged.")


class MonitoringSpec(Declared):
    """What is watched after promotion, and how loudly it is said."""

    reference: Annotated[
        timedelta | Literal["training"],
        BeforeValidator(lambda given: given if given == "training" else read_duration(given)),
        PlainSerializer(write_duration, return_type=str),
        WithJsonSchema({"type": "string", "examples": ["training", "4 weeks"]}),
    ] = Field("training", description='"training", or a rolling window such as "4 weeks".')
    drift: DriftSpec = Field(default_factory=DriftSpec)
    performance: PerformanceSpec = Field(default_factory=PerformanceSpec)
    segments: Columns = ()
    severity: Literal["WARN", "ERROR"] = "WARN"
