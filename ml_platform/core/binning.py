"""How many numbers fall into each bin, and their sum: what a numeric profile is made of.

A binary search over 64 cuts takes some 30 ns a number, mostly for branches guessed wrong. Here a
number's cell in a grid of equal widths says at once how many cuts lie below the cell; only the few
cuts inside that cell are compared. Both steps of finding the cell keep the order of numbers, and
so do the cells of cuts and numbers: the result is that of the search, to the last number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.column_values import FloatArray

Places = NDArray[np.intp]

# Blocks of 128 KiB stay in the processor's cache from one step to the next.
BLOCK = 1 << 14
_FEW = 1 << 10
_CELLS = (1 << 10, 1 << 12, 1 << 14)
# Beyond, comparing with every cut of the fullest cell costs as much as searching.
_MOST_INSIDE = 6
_ENOUGH = 2


def binned(finite: FloatArray, cuts: tuple[float, ...]) -> tuple[NDArray[np.int64], FloatArray]:
    """Count and sum of the numbers per bin, each of shape [len(cuts) + 1].

    Args:
        finite: Shape [n], without NaN and infinities.
        cuts: Ascending; bin ``i`` holds ``cuts[i-1] <= x < cuts[i]``.

    >>> counts, sums = binned(np.array([1.0, 2.0, 5.0]), (2.0, 4.0))
    >>> counts.tolist(), sums.tolist()
    ([1, 1, 1], [1.0, 2.0, 5.0])
    """
    bins = len(cuts) + 1
    counts, sums = np.zeros(bins, dtype=np.int64), np.zeros(bins)
    # Numbers near the end of the range add up to infinity, which is what the sum then says.
    with np.errstate(over="ignore", invalid="ignore"):
        for block, found in blocks(finite, cuts):
            counts += np.bincount(found, minlength=bins)
            sums += np.bincount(found, weights=block, minlength=bins)
    return counts, sums


def places(finite: FloatArray, cuts: tuple[float, ...]) -> Places:
    """The bin of each number, shape [n]; arguments as for `binned`.

    >>> places(np.array([1.0, 2.0, 5.0]), (2.0, 4.0)).tolist()
    [0, 1, 2]
    """
    found = [part for _, part in blocks(finite, cuts)]
    return np.concatenate(found) if found else np.empty(0, dtype=np.intp)


def blocks(finite: FloatArray, cuts: tuple[float, ...]) -> Iterator[tuple[FloatArray, Places]]:
    """Numbers and their bins, so few at once that they stay in the processor's cache.

    Arguments as for `binned`.
    """
    grid = _grid(cuts) if len(finite) > _FEW else None
    edges = np.asarray(cuts, dtype=np.float64)
    for start in range(0, len(finite), BLOCK):
        block = finite[start : start + BLOCK]
        yield block, grid.places(block) if grid else np.searchsorted(edges, block, side="right")


@dataclass(frozen=True, eq=False)
class _Grid:
    """Cells of equal width.

    Attributes:
        low: Where the first cell begins; it holds all that is less, too.
        scale: Cells per unit.
        below: Cuts below each cell, shape [cells].
        inside: The first cut inside each cell, the second ...; infinite where there is none.
    """

    low: float
    scale: float
    below: Places
    inside: tuple[FloatArray, ...]

    def places(self, block: FloatArray) -> Places:
        cell = _cells(block, self.low, self.scale, len(self.below))
        found = self.below.take(cell)
        for cut in self.inside:
            found += block >= cut.take(cell)
        return found


def _cells(values: FloatArray, low: float, scale: float, cells: int) -> Places:
    with np.errstate(over="ignore"):
        steps = values - low
        steps *= scale
    np.clip(steps, 0, cells - 1, out=steps)
    return steps.astype(np.intp)


@lru_cache(maxsize=64)
def _grid(cuts: tuple[float, ...]) -> _Grid | None:
    """The coarsest grid with few cuts in its fullest cell; None where every grid has many."""
    edges = np.asarray(cuts, dtype=np.float64)
    best: tuple[int, float, float, int] | None = None
    for cells in _CELLS:
        for low, high in _ranges(edges):
            with np.errstate(over="ignore", divide="ignore"):
                scale = float(cells / (high - low))
            if not 0 < scale < np.inf:
                continue
            fullest = int(np.bincount(_cells(edges, low, scale, cells)).max())
            if best is None or fullest < best[0]:
                best = fullest, low, scale, cells
        if best and best[0] <= _ENOUGH:
            break
    return None if best is None or best[0] > _MOST_INSIDE else _filled(edges, *best)


def _ranges(edges: FloatArray) -> Iterator[tuple[np.float64, np.float64]]:
    """From the first cut to the last, then without the outer ones: one outlier widens all cells."""
    last = len(edges) - 1
    for share in (0, 32, 16, 8) if last > 0 else ():
        beyond = -(-len(edges) // share) if share else 0
        yield edges[min(beyond, last)], edges[max(last - beyond, 0)]


def _filled(edges: FloatArray, depth: int, low: float, scale: float, cells: int) -> _Grid:
    cell = _cells(edges, low, scale, cells)
    below = np.searchsorted(cell, np.arange(cells), side="left").astype(np.intp)
    padded = np.append(edges, np.full(depth, np.inf))
    inside = []
    for rank in range(depth):
        at = below + rank
        here = np.append(cell, np.full(depth, -1))[at] == np.arange(cells)
        inside.append(np.where(here, padded[at], np.inf))
    return _Grid(float(low), scale, below, tuple(inside))
