"""A digest of the rows of a frame, whatever their order and files."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def content_digest(frame: DataFrame) -> str:
    """Digest all rows over all columns, independent of order; equal rows, equal digest.

    The count, the exclusive or and the sum of the rows' xxHash64: it tells data apart that differ
    by accident; it is no defence against someone who wants two tables to look alike.
    """
    row = F.xxhash64(*sorted(frame.columns))
    count, both, total = frame.agg(
        F.count(F.lit(1)), F.bit_xor(row), F.sum(row.cast("decimal(38,0)"))
    ).collect()[0]
    return f"{count}-{(both or 0) & (2**64 - 1):016x}-{int(total or 0) & (2**64 - 1):016x}"
