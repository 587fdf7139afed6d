"""A source table as the stages see it: its declaration with its contract and partitions."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dagster import TimeWindowPartitionsDefinition
from pandera.pyspark import DataFrameModel

from ml_platform.core.errors import ConfigError, LandingError
from ml_platform.core.ingestion.calendar import Calendar
from ml_platform.core.landing import LandedFile
from ml_platform.core.source_spec import SourceSpec
from ml_platform.core.spec_errors import not_among
from ml_platform.lifecycle.partitioning import partitions_of
from ml_platform.spark.contract import CompiledContract, compile_contract


@dataclass(frozen=True)
class Source:
    """A declared table, resolved.

    Attributes:
        spec: as declared.
        contract: the pandera model class that the declaration names.
        landing_root: the folder under which ``spec.landing.path`` is looked up.
    """

    spec: SourceSpec
    contract: type[DataFrameModel]
    landing_root: Path

    def __post_init__(self) -> None:
        """Refuse a declaration that names columns which the contract does not have.

        Raises:
            ConfigError: with the key and the valid choices.
        """
        expected = self.spec.quality.nulls_expected
        if expected and (strange := [c for c in expected if c not in self.compiled.columns]):
            where = f"{self.spec.name}: quality.nulls_expected"
            raise ConfigError(not_among(strange[0], self.compiled.columns, where))

    @property
    def calendar(self) -> Calendar:
        """How the table is cut in time."""
        return self.spec.partitions.calendar

    @cached_property
    def partitions(self) -> TimeWindowPartitionsDefinition:
        """The calendar as Dagster knows it."""
        return partitions_of(self.calendar)

    @cached_property
    def compiled(self) -> CompiledContract:
        """The contract, ready to be applied to a partition.

        Raises:
            ContractError: it asks for what landed text cannot be held to.
        """
        return compile_contract(self.contract, self.calendar)

    def landed(self, partition: str) -> LandedFile:
        """The landing file of a partition.

        Raises:
            LandingError: there is none.
        """
        path = self.landing_root / self.spec.landing_names.path_of(partition)
        if not path.is_file():
            raise LandingError(f"{self.spec.name} of {partition} has not landed: no file {path}")
        return self.file(partition, path)

    def file(self, partition: str, path: Path) -> LandedFile:
        """A file of the table as it looks now."""
        seen = path.stat()
        # A file that is written or renamed over another gets these from the file system, even if
        # it has the size and, set by hand, the time of the one before.
        stamp = f"{seen.st_ino:x}.{seen.st_ctime_ns:x}"
        return LandedFile(
            self.spec.name, partition, str(path), seen.st_size, seen.st_mtime, stamp=stamp
        )
