"""Count columns into the bins of their edges: the one binning that every engine calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ml_platform.core.binning import binned
from ml_platform.core.column_values import FloatArray, Values, numbers, texts
from ml_platform.core.distinct_count import NOTHING, sketch_numbers, sketch_texts
from ml_platform.core.edges import Edges
from ml_platform.core.profile import ColumnProfile

# Enough that parts of a day still rank its unseen values rightly when merged, few enough that a
# column of random text cannot grow a profile without bound.
COUNTED_UNSEEN = 1_000


def profile_columns(columns: Mapping[str, Values], edges: Sequence[Edges]) -> list[ColumnProfile]:
    """One profile per entry of `edges`, in that order.

    Args:
        columns: Arrays of shape [n] by name, as `column_values` reads them.
        edges: The bins; columns without edges are not profiled.

    Raises:
        KeyError: A column that has edges is absent.
        ValueError: A numeric column holds a value that is no number.
    """
    return [_PROFILES[cut.kind](columns[cut.column], cut) for cut in edges]


def _numeric(values: Values, edges: Edges) -> ColumnProfile:
    return numeric_profile(edges, numbers(values)[0], len(values))


def _categorical(values: Values, edges: Edges) -> ColumnProfile:
    found, missing = texts(values)
    distinct = sketch_texts(found)
    known = [found.pop(category, 0) for category in edges.categories]
    unseen = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    other = sum(found.values())
    return categorical_profile(
        edges, [*known, other], dict(unseen[:COUNTED_UNSEEN]), missing, distinct
    )


_PROFILES = {"numeric": _numeric, "categorical": _categorical}


def numeric_profile(edges: Edges, present: FloatArray, rows: int) -> ColumnProfile:
    """The profile of numbers.

    Args:
        edges: Numeric bins.
        present: Shape [n], the values that are not null; NaN and infinities among them.
        rows: All rows, at least n.
    """
    lowest, highest = _range(present)
    finite, nan = present, 0
    # NaN and infinities show in the least and the greatest value; columns without cost no more.
    if not np.isfinite([lowest, highest]).all():
        finite, nan = present[np.isfinite(present)], int(np.isnan(present).sum())
        lowest, highest = _range(finite)
    counts, sums = binned(finite, edges.edges)
    return ColumnProfile(
        column=edges.column,
        kind=edges.kind,
        edge_version=edges.version,
        rows=rows,
        missing=rows - len(present),
        nan=nan,
        infinite=len(present) - len(finite) - nan,
        minimum=lowest if len(finite) else None,
        maximum=highest if len(finite) else None,
        counts=tuple(counts.tolist()),
        sums=tuple(sums.tolist()),
        distinct=sketch_numbers(finite),
    )


def _range(values: FloatArray) -> tuple[float, float]:
    return (float(values.min()), float(values.max())) if len(values) else (0.0, 0.0)


def categorical_profile(
    edges: Edges,
    counts: Sequence[int],
    unseen: Mapping[str, int],
    missing: int,
    distinct: bytes = NOTHING,
) -> ColumnProfile:
    """The profile of categories that were counted already.

    Args:
        edges: Categorical bins.
        counts: Values per category, then of all others.
        unseen: The most frequent of the others.
        missing: Rows without a value.
        distinct: Sketch of the values.
    """
    return ColumnProfile(
        column=edges.column,
        kind=edges.kind,
        edge_version=edges.version,
        rows=sum(counts) + missing,
        missing=missing,
        nan=0,
        infinite=0,
        minimum=None,
        maximum=None,
        counts=tuple(counts),
        sums=(),
        distinct=distinct,
        unseen=unseen,
    )
