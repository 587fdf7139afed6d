"""Profiles of a stretch of partitions, each by itself: what windows of any length are made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ml_platform.core import names
from ml_platform.core.drift.calibrate import Partition
from ml_platform.core.edges import Edges
from ml_platform.core.profile import ColumnProfile
from ml_platform.core.profile_columns import profile_columns
from ml_platform.core.score_profile import SCORE
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.profile_table import common_bins
from ml_platform.lifecycle.training_rows import LabelledRows
from ml_platform.stores.lake import Lake

Score = Callable[[Mapping[str, NDArray[Any]]], NDArray[Any]]


def partition_profiles(
    lake: Lake,
    model: Model,
    partitions: Sequence[str],
    segments: Sequence[str],
    beside: Sequence[ColumnProfile] = (),
) -> tuple[list[Partition], list[ColumnProfile]]:
    """Profiles of each partition by column, and others told in the same bins.

    Args:
        lake: Where they are.
        model: Whose they are.
        partitions: Keys in order of time; each gives one entry, empty when nothing is stored.
        segments: Of the inputs and of a version's score; columns of one name are in one of them.
        beside: Such as a reference to compare them with.
    """
    rows = _rows(lake, model, partitions, segments)
    found = [ColumnProfile.from_row(row) for row in rows]
    beside, found = common_bins(lake, model, beside, found)
    by_key: dict[str, dict[str, ColumnProfile]] = {key: {} for key in partitions}
    for row, profile in zip(rows, found, strict=True):
        by_key[row[names.PARTITION]][profile.column] = profile
    return list(by_key.items()), list(beside)


def _rows(
    lake: Lake, model: Model, partitions: Sequence[str], segments: Sequence[str]
) -> list[dict[str, Any]]:
    table = lake.table(model.table(names.PROFILES))
    present = set(table.partitions()) if table.exists() else set()
    wanted = [p for p in partitions if p in present]
    if not wanted:
        return []
    rows = table.read_arrow(wanted)
    any_of = pa.array(segments, pa.string())
    return rows.filter(pc.is_in(rows["segment"], value_set=any_of)).to_pylist()


def score_profiles(
    score: Score, splits: Sequence[LabelledRows], edges: Edges
) -> dict[str, dict[str, ColumnProfile]]:
    """The scores of labelled rows, profiled by partition."""
    scores = np.concatenate([score(split.columns) for split in splits])
    partitions = np.concatenate([split.partitions for split in splits])
    return {
        str(key): {SCORE: profile_columns({SCORE: scores[partitions == key]}, [edges])[0]}
        for key in np.unique(partitions)
    }
