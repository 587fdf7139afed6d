"""The profiles of a model in the lake: rows in, rows out."""

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from ml_platform.core import names
from ml_platform.core.profile import ColumnProfile
from ml_platform.core.profile_plan import PartitionProfile
from ml_platform.core.rebinning import in_common_bins
from ml_platform.core.score_profile import SCORE, score_segment
from ml_platform.lifecycle.edges_table import read_edge_versions, read_edges
from ml_platform.lifecycle.model import Model
from ml_platform.spark.profile_tally import TALLY_SCHEMA, from_arrow
from ml_platform.stores.lake import Lake

__all__ = ["PROFILE_SCHEMA", "common_bins", "profile_rows", "read_edges", "read_profiles"]

PROFILE_SCHEMA = TALLY_SCHEMA.remove(0).append(TALLY_SCHEMA.field(names.PARTITION))
"""One row per partition, segment and column. The segment is empty for all rows of the inputs,
``origin=JFK`` for some; the score's begins with the version of its model (`score_segment`)."""


def profile_rows(
    found: Iterable[PartitionProfile], scored_by: Mapping[str, int] | None = None
) -> pa.Table:
    """Profiles as rows of the table.

    Args:
        found: As counted.
        scored_by: The model version that scored each partition, where scores are among them.
    """
    rows = []
    for partition, segment, profile in found:
        if profile.column == SCORE and scored_by:
            segment = score_segment(scored_by[partition], segment)
        rows.append(profile.to_row() | {"partition": partition, "segment": segment})
    return pa.Table.from_pylist(rows, schema=PROFILE_SCHEMA)


def read_profiles(
    lake: Lake, model: Model, partitions: Sequence[str], segment: str
) -> list[ColumnProfile]:
    """All profiles of one segment in these partitions, in their order, for the caller to merge.

    Those of one column are in the same bins: the oldest that any of them has.
    """
    table = lake.table(model.table(names.PROFILES))
    present = set(table.partitions()) if table.exists() else set()
    wanted = [p for p in partitions if p in present]
    if not wanted:
        return []
    rows = table.read_arrow(wanted)
    # Python values are made of few rows only: a table holds many segments.
    inside = rows.filter(pc.equal(rows["segment"], segment)).sort_by(names.PARTITION)
    return common_bins(lake, model, [each.profile for each in from_arrow(inside)], [])[0]


def common_bins(
    lake: Lake, model: Model, first: Sequence[ColumnProfile], second: Sequence[ColumnProfile]
) -> tuple[list[ColumnProfile], list[ColumnProfile]]:
    """Both in the oldest bins that either has, so that they can be compared.

    A training may have divided bins since the champion's own; see `edge_growth`.
    """
    versions = {(profile.column, profile.edge_version) for profile in (*first, *second)}
    if len(versions) == len({column for column, _ in versions}):
        return list(first), list(second)
    return in_common_bins(first, second, read_edge_versions(lake, model))
