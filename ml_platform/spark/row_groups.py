"""Row groups of Parquet files, dealt out to Spark's tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow.parquet as pq

# Enough for Spark to even out row groups of unequal size on any machine; few enough to be cheap.
MOST_TASKS = 64


@dataclass(frozen=True)
class RowGroup:
    """A row group of a Parquet file."""

    path: str
    index: int


def shares_of(footers: Mapping[str, pq.FileMetaData]) -> list[list[RowGroup]]:
    """All row groups of some files, in shares of about as many bytes to read.

    Args:
        footers: of the files, by path.

    Returns:
        At most ``MOST_TASKS`` shares, none of them empty.
    """
    sized = [
        (footer.row_group(i).total_byte_size, RowGroup(path, i))
        for path, footer in footers.items()
        for i in range(footer.num_row_groups)
    ]
    shares: list[list[RowGroup]] = [[] for _ in range(min(len(sized), MOST_TASKS))]
    bytes_of = [0] * len(shares)
    for size, group in sorted(sized, key=lambda each: -each[0]):
        lightest = bytes_of.index(min(bytes_of))
        shares[lightest].append(group)
        bytes_of[lightest] += size
    return shares
