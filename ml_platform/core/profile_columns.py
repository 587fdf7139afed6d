"""Count columns into the bins of their edges: the one binning that every engine calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ml_platform.core.column_values import FloatArray, Values, numbers, texts
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
    present, missing = numbers(values)
    finite = present[np.isfinite(present)]
    nan = int(np.isnan(present).sum())
    cuts = np.asarray(edges.edges, dtype=np.float64)
    counts = np.bincount(np.searchsorted(cuts, finite, side="right"), minlength=edges.bins)
    return ColumnProfile(
        column=edges.column,
        kind=edges.kind,
        edge_version=edges.version,
        rows=len(values),
        missing=missing,
        nan=nan,
        infinite=len(present) - len(finite) - nan,
        minimum=float(finite.min()) if len(finite) else None,
        maximum=float(finite.max()) if len(finite) else None,
        counts=tuple(int(count) for count in counts),
        total=_sum(finite),
    )


def _sum(finite: FloatArray) -> float:
    # Numbers near the end of the range add up to infinity, which is what the total then says.
    with np.errstate(over="ignore"):
        return float(finite.sum())


def _categorical(values: Values, edges: Edges) -> ColumnProfile:
    found, missing = texts(values)
    known = tuple(found.pop(category, 0) for category in edges.categories)
    unseen = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return ColumnProfile(
        column=edges.column,
        kind=edges.kind,
        edge_version=edges.version,
        rows=len(values),
        missing=missing,
        nan=0,
        infinite=0,
        minimum=None,
        maximum=None,
        counts=(*known, sum(found.values())),
        total=0.0,
        unseen=dict(unseen[:COUNTED_UNSEEN]),
    )


_PROFILES = {"numeric": _numeric, "categorical": _categorical}
