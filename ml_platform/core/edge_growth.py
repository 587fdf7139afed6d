"""Bins that have become too coarse are divided; the old cuts stay.

As every later set of bins divides the earlier ones, profiles of any two versions can be compared
in the earlier one's bins without rescanning a row (`rebinning.in_common_bins`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ml_platform.core.binning import binned, places
from ml_platform.core.column_values import FloatArray, Values, numbers, texts
from ml_platform.core.edges import MAX_CATEGORIES, Edges, quantile_cuts

HEAVY = 0.05
"""Share of the values from which a bin is divided; a fresh one of 64 holds some .016."""
MOST_CUTS = 512
"""Beyond it a column's bins are left as they are: what lies outside is still counted there."""


def refined(edges: Edges, values: Values, bins: int = 64) -> Edges:
    """Edges that suit these values, with every cut of the given ones.

    Divided are bins, tails included, that hold more than 5% of the values and not a single one:
    at their quantiles, so that each part holds about ``1/bins``. Unseen categories are added when
    together they exceed 5%.

    Args:
        edges: The present bins.
        values: Shape [n], as `column_values` reads them: the newest reference.
        bins: Fineness of the parts.

    Returns:
        The given edges where they still suit; else new ones of the next version.
    """
    grow = _divided if edges.kind == "numeric" else _with_unseen
    return grow(edges, values, bins)


def _divided(edges: Edges, values: Values, bins: int) -> Edges:
    present = numbers(values)[0]
    finite = present[np.isfinite(present)]
    counts, _ = binned(finite, edges.edges)
    heavy = set(np.flatnonzero(counts > HEAVY * len(finite)).tolist()) - set(edges.atoms)
    added = _cuts_within(finite, places(finite, edges.edges), heavy, bins)
    cuts = tuple(sorted({*edges.edges, *added}))
    if len(cuts) == len(edges.edges) or len(cuts) > MOST_CUTS:
        return edges
    return replace(edges, edges=cuts, version=edges.version + 1)


def _cuts_within(
    finite: FloatArray, place: np.ndarray[tuple[int], np.dtype[np.intp]], heavy: set[int], bins: int
) -> set[float]:
    added: set[float] = set()
    for each in heavy:
        inside = finite[place == each]
        added.update(quantile_cuts(inside, max(2, round(bins * len(inside) / len(finite)))))
    return added


def _with_unseen(edges: Edges, values: Values, bins: int) -> Edges:
    counts, _ = texts(values)
    total = sum(counts.values())
    for category in edges.categories:
        counts.pop(category, None)
    room = MAX_CATEGORIES - len(edges.categories)
    if not room or sum(counts.values()) <= HEAVY * total:
        return edges
    ranked = sorted(counts, key=lambda value: (-counts[value], value))[:room]
    return replace(edges, categories=(*edges.categories, *ranked), version=edges.version + 1)
