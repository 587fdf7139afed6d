"""What a team writes about a source table: where it lands, how it is cut, what holds it to form."""

import re
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer, field_validator, model_validator

from ml_platform.core.declared_types import (
    Columns,
    Count,
    Duration,
    LakeName,
    Module,
    Owner,
    Positive,
    Share,
    read_duration,
)
from ml_platform.core.duration import format_duration
from ml_platform.core.errors import ConfigError
from ml_platform.core.ingestion.calendar import SHORTEST, Calendar
from ml_platform.core.ingestion.landing_names import DEFAULTS, PLACEHOLDER, LandingNames
from ml_platform.core.ingestion.wall_clock import changes_by_part_of_an_hour, zone_of
from ml_platform.core.spec_errors import Declared, refuse

PARTITION_PLACEHOLDER = "{partition}"


def _option_text(given: Any) -> Any:
    # Spark's reader options are text; YAML writes `header: true` as a boolean.
    if isinstance(given, bool):
        return str(given).lower()
    return str(given) if isinstance(given, int | float) else given


def _offset(given: Any) -> Any:
    return timedelta(0) if str(given).split()[:1] == ["0"] else read_duration(given)


def _offset_text(offset: timedelta) -> str:
    return format_duration(offset) if offset else "0 minutes"


class Partitions(Declared):
    """How the table is cut in time: one partition per hour, day, week or month."""

    every: Literal["hour", "day", "week", "month"]
    start: date = Field(description="The first partition.")
    end: date | None = Field(None, description="The first day after the last partition, if any.")
    timezone: str = Field(
        "UTC", description='Whose clock days, weeks and months go by: "Europe/Berlin".'
    )
    offset: Annotated[
        timedelta,
        BeforeValidator(_offset),
        PlainSerializer(_offset_text, return_type=str),
    ] = Field(
        timedelta(0),
        description="How much later than the hour, midnight, Sunday or the first of the month.",
    )

    @field_validator("every", mode="before")
    @classmethod
    def _is_cut_in_time(cls, every: Any) -> Any:
        if every == "none":
            raise ValueError(
                'given "none"; a table without partitions, replaced as a whole, is not supported '
                "yet: let a whole copy land per day, week or month"
            )
        return every

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, timezone: str) -> str:
        try:
            zone_of(timezone)
        except ConfigError as error:
            raise ValueError(str(error)) from None
        return timezone

    @model_validator(mode="after")
    def _offset_is_shorter_than_a_partition(self) -> Self:
        if not timedelta(0) <= self.offset < SHORTEST[self.every]:
            refuse(
                f"offset: {_offset_text(self.offset)} is not shorter than a {self.every}, "
                f"which has {format_duration(SHORTEST[self.every])}"
                + (" at least" if self.every == "month" else ""),
                _offset_text(self.offset),
                "offset",
            )
        return self

    @model_validator(mode="after")
    def _hours_keep_their_minute(self) -> Self:
        if self.every == "hour" and changes_by_part_of_an_hour(self.timezone):
            refuse(
                f"timezone: clocks of {self.timezone} have been changed by part of an hour, so "
                "its hours have no fixed minute to begin at; declare UTC for an hourly table",
                self.timezone,
                "timezone",
            )
        return self

    @model_validator(mode="after")
    def _end_follows_start(self) -> Self:
        if self.end is not None and self.end <= self.start:
            refuse(f"end: {self.end} is not after start, {self.start}", str(self.end), "end")
        return self

    @model_validator(mode="after")
    def _some_partition_lies_between(self) -> Self:
        calendar = self.calendar
        if calendar.end_at is not None and not calendar.partitions(calendar.end_at):
            refuse(
                f"end: no whole {self.every} lies between {self.start} and {self.end}",
                str(self.end),
                "end",
            )
        return self

    @cached_property
    def calendar(self) -> Calendar:
        """The calendar that is declared."""
        return Calendar(self.every, self.start, self.end, self.timezone, self.offset)


class Landing(Declared):
    """Where files land, below the landing root, and how they are read."""

    format: Literal["csv", "parquet", "json"]
    path: str = Field(
        description='One file per partition: "flights/{partition}.csv", of which an hour is named '
        '2013-01-07-05; a pattern of strftime says it otherwise: "{partition:%Y%m%d%H}.csv".'
    )
    options: dict[str, Annotated[str, BeforeValidator(_option_text)]] = Field(default_factory=dict)
    settle_seconds: Annotated[float, Field(ge=0, le=3600)] = Field(
        2.0,
        description="How long a file must have been left alone; 0 where files are moved in whole.",
    )
    longest_line: int = Field(
        16_777_216, ge=1024, description="Characters of a line; a longer one is not read."
    )
    largest_unpacked: int = Field(
        17_179_869_184, ge=1024, description="Bytes of a text file once it is unpacked."
    )

    @field_validator("path")
    @classmethod
    def _has_a_place_for_the_partition(cls, path: str) -> str:
        if not PLACEHOLDER.search(path):
            raise ValueError(
                f'given "{path}"; it needs {PARTITION_PLACEHOLDER} where the partition goes, '
                'such as "flights/{partition}.csv"'
            )
        if stray := re.findall(r"[{}]", PLACEHOLDER.sub("", path)):
            raise ValueError(
                f'given "{path}"; {PARTITION_PLACEHOLDER} is the only placeholder, '
                f"there is a stray {stray[0]}"
            )
        spelled = PLACEHOLDER.sub(lambda placeholder: placeholder["pattern"] or "", path)
        if spelled.startswith(("/", "~")) or ".." in spelled.split("/"):
            raise ValueError(f'given "{path}"; it must stay below the landing root: no /, ~ or ..')
        return path


class SmallestChanges(Declared):
    """Changes too small to matter, however rare they are: limits are never narrower."""

    volume: Share = Field(0.25, description="Share of the usual rows, more or fewer.")
    null_spike: Share = Field(0.05, description="Share of rows that are null, beyond the usual.")
    duplicates: Share = Field(0.01, description="Share of rows that repeat, beyond the usual.")
    category_explosion: Positive = Field(
        0.25, description="Share of the usual distinct values of a text column, more of them."
    )

    def of(self, measure: str) -> float:
        """The smallest change of a measure, by the name of its check."""
        return float(getattr(self, measure))


class Quality(Declared):
    """How each partition is held against those before it; the limits themselves are learnt."""

    false_alarms_per_year: Positive = Field(
        2.0, description="Of all measures of the table together, on ordinary partitions."
    )
    min_history: Count = Field(14, description="Partitions needed before anything is judged.")
    smallest_changes: SmallestChanges = Field(default_factory=SmallestChanges)
    schema_since: str = Field(
        "", description="First partition of columns as they are now; no older one is compared with."
    )
    nulls_expected: Columns = Field(
        (), description="Columns whose absence tells of the world and not of a fault."
    )


class Freshness(Declared):
    """How far the table may fall behind."""

    max_delay: Duration = Field(description="Behind the other tables of the same model.")


class SourceSpec(Declared):
    """One source table, as declared in its defs.yaml.

    >>> flights = SourceSpec.model_validate({
    ...     "name": "flights",
    ...     "landing": {"format": "csv", "path": "flights/{partition}.csv"},
    ...     "partitions": {"every": "day", "start": "2013-01-01"},
    ...     "contract": "contract.Flights",
    ... })
    >>> flights.on_violation, flights.partitions.every
    ('quarantine', 'day')
    """

    name: LakeName
    landing: Landing
    partitions: Partitions
    contract: Module = Field(description="A DataFrameModel beside defs.yaml: contract.Flights.")
    on_violation: Literal["quarantine", "fail"] = "quarantine"
    block_above: Share = Field(0.05, description="Quarantined share that blocks a partition.")
    quality: Quality = Field(default_factory=Quality)
    freshness: Freshness | None = Field(None, description="Not watched unless declared.")
    description: str = ""
    owners: tuple[Owner, ...] = ()
    tags: dict[str, str] = Field(default_factory=dict)

    @field_validator("contract")
    @classmethod
    def _names_a_class_in_a_module(cls, contract: str) -> str:
        if "." not in contract:
            raise ValueError(
                f'given "{contract}"; expected <module>.<class>, such as "contract.Flights"'
            )
        return contract

    @model_validator(mode="after")
    def _each_partition_has_a_path_of_its_own(self) -> Self:
        if confused := self.landing_names.confusion():
            partition, path = confused
            every = self.partitions.every
            refuse(
                f'landing.path: given "{self.landing.path}"; the file of {partition} would be '
                f'"{path}", and that names no single {every} of {self.partitions.timezone}. '
                f'The default is "{{partition:{DEFAULTS[every]}}}"'
                + (", with %z behind it where clocks change" if every == "hour" else ""),
                self.landing.path,
                "landing",
                "path",
            )
        return self

    @cached_property
    def landing_names(self) -> LandingNames:
        """How the landing files are named."""
        return LandingNames(self.landing.path, self.partitions.calendar)

    def resolved(self) -> dict[str, Any]:
        """Return the whole declaration, defaults included, as plain JSON values."""
        return self.model_dump(mode="json")
