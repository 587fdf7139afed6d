"""The Parquet files of a typed table: what they hold by their footers, and a pass over them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.errors import PySparkTypeError
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T
from pyspark.sql.pandas.types import from_arrow_type

from ml_platform.core.errors import ContractError
from ml_platform.core.names import PARTITION
from ml_platform.spark.contract_column import ContractColumn
from ml_platform.spark.contract_keys import HIVE_PARTITION
from ml_platform.spark.contract_tally import TALLY_SCHEMA, TableChecks, Tally, tallies
from ml_platform.spark.row_groups import shares_of


@dataclass(frozen=True)
class TypedFiles:
    """Parquet files that make up a table.

    Attributes:
        spark: the session to read them with.
        contract: name of the contract they are held to, for messages.
        fields: the columns of the contract.
        paths: absolute, on a disk that Spark's workers share.
    """

    spark: SparkSession
    contract: str
    fields: tuple[ContractColumn, ...]
    paths: tuple[str, ...]

    @cached_property
    def _footers(self) -> list[pq.FileMetaData]:
        return [pq.read_metadata(path) for path in self.paths]

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(footer.num_rows for footer in self._footers)

    def check_types(self) -> None:
        """Make sure that the columns are there, each with the type the contract says.

        A column may be absent from files that are older than it: then it is null there.

        Raises:
            ContractError: a column is absent from every file, or has another type.
        """
        schemas = {footer.schema.to_arrow_schema() for footer in self._footers}
        for field in self.fields:
            found = {
                schema.field(field.name).type for schema in schemas if field.name in schema.names
            }
            if not found:
                raise ContractError(
                    f"contract {self.contract}: the table has no column {field.name}"
                )
            for kind in found:
                self._check_type(field, kind)

    def _check_type(self, field: ContractColumn, found: pa.DataType) -> None:
        try:
            dtype: T.DataType | None = from_arrow_type(found)
        except PySparkTypeError:
            dtype = None
        if dtype != field.dtype:
            raise ContractError(
                f"contract {self.contract}: column {field.name} is "
                f"{dtype.simpleString() if dtype else found}, "
                f"expected {field.dtype.simpleString()}"
            )

    @cached_property
    def frame(self) -> DataFrame:
        """The contract's columns as Spark reads them, and the ``partition`` of each row."""
        schema = T.StructType([T.StructField(f.name, f.dtype, True) for f in self.fields])
        frame = self.spark.read.schema(schema).parquet(*(f"file://{path}" for path in self.paths))
        partition = F.regexp_extract(F.col("_metadata.file_path"), HIVE_PARTITION, 1)
        return frame.withColumn(PARTITION, partition)

    def tally(self, table: TableChecks) -> Tally:
        """Let Spark's tasks judge the row groups with Arrow, and add up what they found."""
        shares = shares_of(dict(zip(self.paths, self._footers, strict=True)))
        if not shares:
            return Tally.empty(table)

        def judged(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                for number in batch.column(0).to_pylist():
                    yield from (each.to_arrow() for each in tallies(table, shares[number]))

        tasks = self.spark.range(0, len(shares), 1, len(shares))
        return Tally.total(table, tasks.mapInArrow(judged, TALLY_SCHEMA).toArrow())
