"""What a window's profiles are compared with: the profiles of a version's reference."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc

from ml_platform.core import names
from ml_platform.core.drift.judge import window_profiles
from ml_platform.core.profile import ColumnProfile, merge_all
from ml_platform.core.segmentation import ALL_ROWS
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.partition_profiles import partition_profiles
from ml_platform.stores.lake import Lake

Profiles = Mapping[str, ColumnProfile]


def read_reference(lake: Lake, model: Model, version: int) -> list[ColumnProfile]:
    """The profiles, one per input and one of the score, that a version is compared with."""
    rows: pa.Table = lake.table(model.table(names.REFERENCE)).read_arrow()
    # Python values are made of one version's rows only: the table holds all of them.
    own = rows.filter(pc.equal(rows["model_version"], version))
    return [ColumnProfile.from_row(row) for row in own.to_pylist()]


def both_sides(
    lake: Lake, model: Model, version: int, window: Sequence[str]
) -> tuple[Profiles, Profiles]:
    """Profiles by column, told in the same bins, of the reference and of a window.

    The reference is the version's own training data or, where a rolling one is declared, the
    stretch right before the window.

    Args:
        lake: where they are.
        model: whose they are.
        version: the model version.
        window: partition keys in order, at least one.
    """
    length = model.spec.monitoring.reference
    before: Sequence[str] = ()
    if isinstance(length, timedelta):
        before = model.calendar.before(window[0], length)
    kept = [] if before else read_reference(lake, model, version)
    parts, reference = partition_profiles(lake, model, [*before, *window], [ALL_ROWS], kept)
    if before:
        reference = merge_all([p for _, each in parts[: len(before)] for p in each.values()])
    return {p.column: p for p in reference}, window_profiles(parts, len(window))
