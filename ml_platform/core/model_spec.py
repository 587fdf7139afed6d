"""What a team writes about a model: its data, estimator, gate, monitoring and retraining.

The words are those of defs.yaml; defaults are the ones written here. What may be declared is
checked when it is loaded, and the resolved declaration travels with every model version.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from ml_platform.core.declared_task import refuse_what_is_not_of_the_task
from ml_platform.core.declared_types import (
    Column,
    Columns,
    Count,
    Duration,
    LakeName,
    Module,
    Name,
    Names,
    Owner,
    Window,
)
from ml_platform.core.duration import format_duration
from ml_platform.core.estimator_params import ParamValue
from ml_platform.core.metric_names import ThresholdMetric
from ml_platform.core.monitoring_spec import MonitoringSpec
from ml_platform.core.promotion_spec import PromotionSpec
from ml_platform.core.retraining_spec import RetrainingSpec
from ml_platform.core.serving_spec import ServingSpec
from ml_platform.core.spec_errors import Declared, refuse
from ml_platform.core.task import TASKS, TaskName

# The inference log and the lake give these columns their own meaning.
RESERVED_COLUMNS = frozenset(
    {
        *("request_id", "client_request_id", "model", "model_version", "role", "source"),
        *("event_time", "logged_at", "partition", "features", "score", "decision", "threshold"),
        *("latency_ms", "status", "sampling_weight", "code_version", "feature_digest"),
        *("writer", "seq", "labelled_at"),
    }
)


class SourcesSpec(Declared):
    """The tables a model reads: the one it predicts for, those it looks up, and the labels'."""

    primary: Name
    lookups: Names = ()
    labels: Name

    @model_validator(mode="after")
    def _each_has_one_part(self) -> Self:
        if self.labels == self.primary:
            refuse(f'labels: "{self.labels}" is the primary table already', self.labels, "labels")
        for taken in self.lookups:
            if taken in (self.primary, self.labels):
                part = "primary" if taken == self.primary else "labels"
                refuse(f'lookups: "{taken}" is the {part} table already', taken, "lookups")
        return self


def _label_value(given: Any) -> Any:
    if isinstance(given, bool):
        raise ValueError(
            f"given {str(given).lower()}; YAML takes yes, no, on, off, true and false for truth "
            'values: write the text in quotes, such as "yes"'
        )
    return given


LabelValue = Annotated[str | int | float, BeforeValidator(_label_value)]


class LabelSpec(Declared):
    """The column that holds the truth, and how long after the event it is known.

    `expression` is SQL over the labels table that gives the truth or null (not known, never known);
    without it the column itself is read. Of a binary classification the truth is 0 and 1, or true
    and false, or whatever `positive` says means yes; for a regression it is a number.
    """

    column: Column
    expression: str | None = None
    positive: LabelValue | None = Field(None, description='The value that means yes: "UP".')
    negative: LabelValue | None = Field(
        None, description="The value that means no; without it every other one does."
    )
    available_after: Duration

    @model_validator(mode="after")
    def _yes_is_not_no(self) -> Self:
        if self.negative is not None and self.positive is None:
            refuse("negative: say which value means yes too, as positive", None, "negative")
        if self.negative is not None and self.negative == self.positive:
            refuse(f'negative: "{self.negative}" means yes already', self.negative, "negative")
        return self


class EstimatorSpec(Declared):
    """The kind of estimator and its parameters; which ones there are depends on the task."""

    kind: Literal["xgboost"]
    params: dict[str, ParamValue] = Field(default_factory=dict)
    memory_budget_mb: Count = Field(
        2048, description="Training sets beyond this are fitted by Spark."
    )


class TrainingSpec(Declared):
    """Which rows are learned from, and which are held out to judge the result."""

    window: Window = Field("all", description='"all", or the most recent duration.')
    min_rows: Count = 1000
    holdout: Duration = Field(description="The most recent matured stretch, kept from training.")

    @model_validator(mode="after")
    def _window_holds_the_holdout(self) -> Self:
        if self.window != "all" and self.window <= self.holdout:
            given = format_duration(self.window)
            message = f"window: given {given}, it must be longer than holdout, which is part of it"
            refuse(message, given, "window")
        return self


class Maximize(Declared):
    """A decision threshold chosen on the training rows, by a metric."""

    maximize: ThresholdMetric


def _threshold(given: Any) -> Any:
    if isinstance(given, dict | Maximize):
        return Maximize.model_validate(given)
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given < 1:
        raise ValueError(f"given {given!r}; expected a number between 0 and 1, or {{maximize: f1}}")
    return float(given)


class DecisionSpec(Declared):
    """The score from which the decision is yes."""

    threshold: Annotated[
        float | Maximize,
        BeforeValidator(_threshold),
        WithJsonSchema(
            {"anyOf": [{"type": "number"}, Maximize.model_json_schema()], "default": 0.5}
        ),
    ] = 0.5


class ModelSpec(Declared):
    """One managed model, as declared in its defs.yaml."""

    name: LakeName
    task: TaskName
    sources: SourcesSpec
    key: Annotated[Columns, Field(min_length=1)]
    label: LabelSpec
    features: Module = "features"
    preprocess: Module = "preprocess"
    estimator: EstimatorSpec
    training: TrainingSpec
    decision: DecisionSpec | None = Field(
        default_factory=DecisionSpec, description="None of a regression, which decides nothing."
    )
    promotion: PromotionSpec = Field(default_factory=PromotionSpec)
    monitoring: MonitoringSpec = Field(default_factory=MonitoringSpec)
    retraining: RetrainingSpec = Field(default_factory=RetrainingSpec)
    serving: ServingSpec = Field(default_factory=ServingSpec)
    alerts: Names = ()
    description: str = ""
    owners: tuple[Owner, ...] = ()
    tags: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _defaults_of_the_task(cls, given: Any) -> Any:
        task = TASKS.get(str(given.get("task"))) if isinstance(given, Mapping) else None
        if task is None:
            return given
        filled = dict(given) if task.decides else {"decision": None, **given}
        promotion = filled.get("promotion", {})
        if isinstance(promotion, Mapping):
            filled["promotion"] = {"metric": task.judged_by, **promotion}
        return filled

    @model_validator(mode="after")
    def _all_is_of_the_task(self) -> Self:
        refuse_what_is_not_of_the_task(self)
        return self

    @model_validator(mode="after")
    def _columns_have_one_meaning(self) -> Self:
        label, segments = self.label.column, self.monitoring.segments
        if label in self.key:
            refuse(f'label.column: "{label}" is part of the key', label, "label", "column")
        if label in segments:
            refuse(
                f'monitoring.segments: "{label}" is the label, known only after the event',
                label,
                "monitoring",
                "segments",
            )
        _refuse_reserved(self.key, "key")
        _refuse_reserved([label], "label", "column")
        return self

    def resolved(self) -> dict[str, Any]:
        """Return the whole declaration, defaults included, as plain JSON values.

        `ModelSpec.model_validate` reads it back to an equal spec.
        """
        return self.model_dump(mode="json")


def _refuse_reserved(columns: Iterable[str], *where: str) -> None:
    for column in columns:
        if column in RESERVED_COLUMNS:
            place = ".".join(where)
            refuse(f'{place}: "{column}" is a column of the inference log', column, *where)
