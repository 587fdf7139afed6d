"""A model as the stages see it: its declaration with its code and partitions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from dagster import AssetKey, TimeWindowPartitionsDefinition
from pandera.pyspark import DataFrameModel
from pyspark.sql import DataFrame

from ml_platform.core import names
from ml_platform.core.ingestion.calendar import Calendar
from ml_platform.core.model_spec import ModelSpec
from ml_platform.core.task import TASKS, Task
from ml_platform.lifecycle.partitioning import partitions_of

FeatureFunction = Callable[[DataFrame, Mapping[str, DataFrame], Mapping[str, DataFrame]], DataFrame]


@dataclass(frozen=True)
class Model:
    """A declared model, resolved.

    Attributes:
        spec: as declared.
        calendar: how it is cut in time, as its primary source is.
        features: the batch feature function beside the declaration.
        lookback: how far back the feature function looks.
        lineage: for each feature column, the (table, column) pairs it is made of.
        inputs: columns that request-time preprocessing takes, with their types.
        preprocess_module: dotted name of the preprocessing module.
        contracts: the contract of each source table the model reads.
        features_module: dotted name of the module of the feature function, which is kept with each
            version; None where it is no module's.
    """

    spec: ModelSpec
    calendar: Calendar
    features: FeatureFunction
    lookback: timedelta
    lineage: Mapping[str, Sequence[tuple[str, str]]]
    inputs: Mapping[str, str]
    preprocess_module: str
    contracts: Mapping[str, type[DataFrameModel]]
    features_module: str | None = None

    @property
    def name(self) -> str:
        """The model's name, first part of all its asset keys."""
        return self.spec.name

    @cached_property
    def partitions(self) -> TimeWindowPartitionsDefinition:
        """The calendar as Dagster knows it."""
        return partitions_of(self.calendar)

    @property
    def task(self) -> Task:
        """What the model is asked for."""
        return TASKS[self.spec.task]

    def path(self, stage: str) -> tuple[str, ...]:
        """The asset path of one of this model's stages."""
        return names.of_model(self.name, stage)

    def key(self, stage: str) -> AssetKey:
        """The asset key of one of this model's stages."""
        return AssetKey(list(self.path(stage)))

    def table(self, stage: str) -> str:
        """The lake table of one of this model's stages."""
        return names.table_of(self.path(stage))

    def common(self, *kinds: str) -> dict[str, Any]:
        """What every asset of the model shares: group, owners, tags and kinds."""
        return {
            "group_name": self.name,
            "owners": list(self.spec.owners),
            "tags": self.spec.tags,
            "kinds": {"delta", *kinds},
        }
