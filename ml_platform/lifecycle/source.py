"""A source table as the stages see it: its declaration with its contract and partitions."""

from dataclasses import dataclass
from pathlib import Path

from dagster import TimeWindowPartitionsDefinition
from pandera.pyspark import DataFrameModel

from ml_platform.core.landing import LandedFile
from ml_platform.core.source_spec import SourceSpec


@dataclass(frozen=True)
class Source:
    """A declared table, resolved.

    Attributes:
        spec: as declared.
        contract: the pandera model class that the declaration names.
        partitions: Dagster's partitions of the table.
        landing_root: the folder under which ``spec.landing.path`` is looked up.
    """

    spec: SourceSpec
    contract: type[DataFrameModel]
    partitions: TimeWindowPartitionsDefinition
    landing_root: Path

    def landed(self, partition: str) -> LandedFile:
        """The landing file of a partition, which must exist."""
        path = self.landing_root / self.spec.landing.path.format(partition=partition)
        seen = path.stat()
        return LandedFile(self.spec.name, partition, str(path), seen.st_size, seen.st_mtime)
