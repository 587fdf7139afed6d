"""What a team writes about watching a model: drift, performance, segments, severity."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from ml_platform.core.declared_types import (
    Columns,
    Count,
    Duration,
    Positive,
    Share,
    distinct,
    read_duration,
    write_duration,
)
from ml_platform.core.drift.effect_floor import MIN_EFFECT
from ml_platform.core.drift.statistics import STATISTICS
from ml_platform.core.metric_names import Metric
from ml_platform.core.promotion_spec import Floors
from ml_platform.core.spec_errors import Declared, SpecMistake, not_among, refuse

MaxDrops = dict[Metric, Positive]
UNSEEN_RATE = "unseen_rate"
"""The drift statistic that estimated performance asks whether it may be estimated at all."""


def _known_statistics(given: tuple[str, ...]) -> tuple[str, ...]:
    for name in given:
        _known_statistic(name)
    return distinct(given)


def _known_statistic(name: str) -> str:
    if name not in STATISTICS:
        raise SpecMistake(not_among(name, STATISTICS, "statistic"))
    return name


StatisticNames = Annotated[
    tuple[str, ...],
    Field(min_length=1),
    AfterValidator(_known_statistics),
    WithJsonSchema(
        {"type": "array", "items": {"type": "string", "enum": list(STATISTICS)}, "minItems": 1}
    ),
]
ByStatistic = dict[Annotated[str, AfterValidator(_known_statistic)], Positive]


class DriftSpec(Declared):
    """When the inputs and the score count as drifted from the reference.

    Thresholds are calibrated on the reference's own partitions, so that a year without drift has
    at most `false_alarms_per_year` partitions in alarm, over all columns. `min_effect` is what a
    statistic must exceed besides, and `thresholds` fixes a threshold instead of calibrating it.
    """

    window: Duration = timedelta(days=7)
    statistics: StatisticNames = (
        "wasserstein",
        "psi",
        "l_infinity",
        "missing_rate",
        UNSEEN_RATE,
    )
    false_alarms_per_year: Positive = Field(
        2.0, description="Partitions a year that may be in alarm without drift."
    )
    min_effect: ByStatistic = Field(
        default_factory=dict, description="By statistic, the least that counts as drift."
    )
    thresholds: ByStatistic = Field(
        default_factory=dict, description="By statistic, declared instead of calibrated."
    )
    min_rows: Count = Field(500, description="Rows both sides need to be judged.")

    @model_validator(mode="after")
    def _only_what_is_measured_has_a_bound(self) -> Self:
        for key, bounds in (("min_effect", self.min_effect), ("thresholds", self.thresholds)):
            for name, bound in bounds.items():
                if name not in self.statistics:
                    refuse(f'{key}: "{name}" is not among the statistics', bound, key, name)
        for name in self.min_effect.keys() & self.thresholds.keys():
            message = f'min_effect: "{name}" has a declared threshold, which is all that counts'
            refuse(message, self.min_effect[name], "min_effect", name)
        return self

    def floor_of(self, statistic: str) -> float:
        """The least value of a statistic that counts as drift, however sure one is of it."""
        return self.min_effect.get(statistic, MIN_EFFECT[statistic])


class PerformanceSpec(Declared):
    """When realised performance counts as lost: below a floor, or too far below the reference."""

    floors: Floors = Field(default_factory=dict)
    max_drop: MaxDrops = Field(
        default_factory=dict, description="Harm allowed against the champion's hold-out."
    )
    window: Duration = timedelta(days=7)
    min_labels: Count = Field(200, description="Matured labels a window needs to be judged.")


class EstimationSpec(Declared):
    """When performance can be estimated before its labels come.

    A column of which more than `max_unseen` of the values are none that the reference had says
    that the calibration is used where it was never checked.
    """

    max_unseen: Share = 0.2
    min_rows: Count = Field(200, description="Scored rows a window needs to be estimated.")


Detector = Literal["cusum", "adwin", "ddm", "hddm_w", "page_hinkley"]


class ConceptDriftSpec(Declared):
    """When labels depend on the inputs otherwise than they did.

    `cusum` adds up how much worse than its estimate the realised metric was, and keeps the budget
    of false alarms. The other detectors are those of the library `river`, fed with the shares of
    wrong decisions day by day; they keep no budget. Each sees the days of `history` alone.
    """

    detector: Detector = "cusum"
    metric: Metric | None = Field(
        None, description="Compared by cusum; that of promotion unless given."
    )
    shift: Positive = Field(1.0, description="Lasting shift to find, in deviations of a day.")
    false_alarms_per_year: Positive = 1.0
    history: Duration = timedelta(days=30)


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
    estimated_performance: EstimationSpec = Field(default_factory=EstimationSpec)
    concept_drift: ConceptDriftSpec = Field(default_factory=ConceptDriftSpec)
    segments: Columns = ()
    severity: Literal["WARN", "ERROR"] = "WARN"

    @model_validator(mode="after")
    def _what_estimates_rest_on_is_measured(self) -> Self:
        if UNSEEN_RATE not in self.drift.statistics:
            message = (
                f'drift.statistics: "{UNSEEN_RATE}" is missing. Performance before its labels come '
                "is estimated only while the inputs hold few values that the reference never had, "
                "and this statistic tells how many: add it"
            )
            refuse(message, list(self.drift.statistics), "drift", "statistics")
        return self
