"""What a team writes about retraining: what may cause it, and what holds it back."""

from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from ml_platform.core.declared_types import Count, Duration, distinct
from ml_platform.core.spec_errors import Declared, refuse

RetrainingCause = Literal["drift", "degradation", "new_data"]


def _allow_the_key_yaml_reads_as_true(schema: dict[str, Any]) -> None:
    # YAML 1.1 reads the bare key `on` as the boolean true, which no JSON schema can name; the
    # model itself still refuses every key it does not know.
    schema.pop("additionalProperties", None)


class Violations(Declared):
    """Patience: `count` failing partitions among the last `of` that were evaluated."""

    count: Count = 2
    of: Count = 5

    @model_validator(mode="after")
    def _count_fits(self) -> Self:
        if self.count > self.of:
            refuse(f"count: {self.count} of the last {self.of} cannot happen", self.count, "count")
        return self


class RetrainingSpec(Declared):
    """What may cause a retraining, and what holds it back.

    `on` lists the causes that may: `drift` (with loss of performance, or inputs never seen in
    training), `degradation` (loss of performance) and `new_data` (the champion
    learned from data older than `max_age`). Cooldown and budget are counted in data time.
    """

    model_config = ConfigDict(json_schema_extra=_allow_the_key_yaml_reads_as_true)

    on: Annotated[tuple[RetrainingCause, ...], AfterValidator(distinct)] = ("drift", "degradation")
    violations: Violations = Field(default_factory=Violations)
    cooldown: Duration = timedelta(days=3)
    max_per_30_days: Count = 4
    max_age: Duration | None = None

    @model_validator(mode="after")
    def _new_data_has_an_age(self) -> Self:
        if ("new_data" in self.on) != (self.max_age is not None):
            refuse(
                'max_age: goes together with "new_data" in on: it is the age of the '
                "training data that calls for a retraining",
                self.max_age,
                "max_age",
            )
        return self
