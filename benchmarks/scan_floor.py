"""What a pass over Parquet files cannot take less than: every value is read and nothing is done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

from ml_platform.core.profile_plan import ProfilePlan
from ml_platform.spark.row_groups import shares_of


def spark_scan(spark: SparkSession, files: Sequence[str]) -> None:
    """Every value through Spark's own reader, and nothing done with it."""
    spark.read.parquet(*files).write.format("noop").mode("overwrite").save()


def read_alone(spark: SparkSession, files: Sequence[str], plan: ProfilePlan) -> None:
    """The same tasks and reads as ours, without counting."""
    shares = shares_of({path: pq.read_metadata(path) for path in files})
    coded = [cut.column for cut in plan.edges if cut.kind == "categorical"]

    def read(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for number in batch.column(0).to_pylist():
                rows = 0
                for group in shares[number]:
                    with pq.ParquetFile(
                        group.path, read_dictionary=coded, memory_map=True, pre_buffer=False
                    ) as file:
                        for name in plan.columns:
                            rows += file.read_row_group(group.index, [name], False).num_rows
                yield pa.RecordBatch.from_pydict({"values": pa.array([rows])})

    spark.range(0, len(shares), 1, len(shares)).mapInArrow(read, "values long").toArrow()
