"""Generated days of 30 columns, with or without drift: what the drift benchmark judges.

12 numeric columns and 6 each of 10, 100 and 1,000 categories. Every day is a little off by itself:
means and widths by 2% of a standard deviation, categories by a Dirichlet distribution, missing
rates by a fifth. So do real days; a test that takes all rows of a day as one sample does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from benchmarks.drift_shift import NO_SHIFT, Shift
from ml_platform.core.drift.calibrate import Partition
from ml_platform.core.profile import ColumnProfile

Array = NDArray[np.float64]
Column = tuple[str, int]
"""Name, and number of categories; 0 for a numeric column."""

COLUMNS: tuple[Column, ...] = (
    *((f"n{i}", 0) for i in range(12)),
    *((f"c{k}_{i}", k) for i in range(6) for k in (10, 100, 1000)),
)
OFF = 0.02
CONCENTRATION = 5_000.0
MISSING = {"n0": 0.02, "n3": 0.02, "n6": 0.02, "n9": 0.02, "c10_0": 0.02, "c100_3": 0.02}
FIRST = date(2021, 1, 4)
_EDGES = norm.ppf(np.concatenate([[1e-6], np.arange(1, 64) / 64, [1 - 1e-6]]))


class World:
    """Days of all columns; the same seed gives the same days.

    Args:
        seed: Of the generator.
        days: How many.
        rows: Of each day.
        correlation: Of a day's being off with that of the day before.
        shifts: By column, from day `onset` on.
        onset: The first shifted day.
    """

    def __init__(
        self,
        seed: int,
        days: int,
        rows: int,
        correlation: float = 0.0,
        shifts: Mapping[str, Shift] | None = None,
        onset: int = 0,
    ) -> None:
        self.days, self.rows, self._correlation = days, rows, correlation
        self._seed, self._shifts, self._onset = seed, shifts or {}, onset

    @cached_property
    def partitions(self) -> list[Partition]:
        """The days as profiles, drawn as counts: no day is too large."""
        profiles = {column: self._profiles((column, size)) for column, size in COLUMNS}
        return [
            (str(FIRST + timedelta(days=day)), {c: found[day] for c, found in profiles.items()})
            for day in range(self.days)
        ]

    def frame(self, columns: list[str], first: int, last: int) -> pd.DataFrame:
        """The rows of some days, drawn from the same counts: every bin's values lie within it."""
        sizes = dict(COLUMNS)
        return pd.DataFrame({c: self._values((c, sizes[c]), first, last) for c in columns})

    def _profiles(self, column: Column) -> list[ColumnProfile]:
        counts, missing = self._counts(column)
        kind = "categorical" if column[1] else "numeric"
        sums = np.zeros((self.days, 0)) if column[1] else counts * self._means_within(column)
        return [
            ColumnProfile(
                column=column[0],
                kind=kind,  # type: ignore[arg-type]
                edge_version=1,
                rows=self.rows,
                missing=int(absent),
                nan=0,
                infinite=0,
                minimum=None,
                maximum=None,
                counts=tuple(day.tolist()),
                sums=tuple(total.tolist()),
            )
            for day, absent, total in zip(counts, missing, sums, strict=True)
        ]

    def _counts(self, column: Column) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Counts per day and bin, and rows without a value."""
        random = np.random.default_rng([self._seed, COLUMNS.index(column)])
        shift, there = self._shifts.get(column[0], NO_SHIFT), self._there()
        off = np.exp(0.2 * self._off(random))
        absent = np.clip(MISSING.get(column[0], 0.0) * off + shift.missing * there, 0, 1)
        if column[1]:
            shares = self._categories(random, column[1], shift, there)
        else:
            shares = self._numbers(random, shift, there)
        # Of its own, so that a shift leaves the days before it as they are.
        chance = np.random.default_rng([self._seed, COLUMNS.index(column), 2])
        missing = chance.binomial(self.rows, absent)
        return random.multinomial(self.rows - missing, shares), missing

    def _there(self) -> Array:
        """How much of a shift is there on each day, 0 to 1."""
        since = np.arange(self.days) - self._onset + 1.0
        ramp = max((shift.ramp for shift in self._shifts.values()), default=0)
        return np.clip(since / ramp, 0, 1) if ramp else (since > 0).astype(float)

    def _off(self, random: np.random.Generator) -> Array:
        """Standard normal, each day correlated with the day before."""
        noise = random.standard_normal(self.days)
        fresh = np.sqrt(1 - self._correlation**2)
        for day in range(1, self.days):
            noise[day] = self._correlation * noise[day - 1] + fresh * noise[day]
        return noise

    def _numbers(self, random: np.random.Generator, shift: Shift, there: Array) -> Array:
        mean, width = self._moments(random, shift, there)
        below = norm.cdf((_EDGES[None] - mean[:, None]) / width[:, None])
        return np.diff(np.pad(below, ((0, 0), (1, 1)), constant_values=(0, 1)), axis=1)

    def _moments(
        self, random: np.random.Generator, shift: Shift, there: Array
    ) -> tuple[Array, Array]:
        mean = OFF * self._off(random) + shift.mean * there
        return mean, (1 + OFF * self._off(random)) * (1 + (shift.width - 1) * there)

    def _moments_again(self, column: Column) -> tuple[Array, Array]:
        """The moments that `_counts` drew from."""
        random = np.random.default_rng([self._seed, COLUMNS.index(column)])
        self._off(random)  # of missing values
        return self._moments(random, self._shifts.get(column[0], NO_SHIFT), self._there())

    def _means_within(self, column: Column) -> Array:
        """Mean of the values per day and bin."""
        mean, width = self._moments_again(column)
        cuts = (np.concatenate([[-np.inf], _EDGES, [np.inf]])[None] - mean[:, None]) / width[
            :, None
        ]
        mass = np.maximum(np.diff(norm.cdf(cuts), axis=1), 1e-300)
        means: Array = mean[:, None] - width[:, None] * np.diff(norm.pdf(cuts), axis=1) / mass
        return means

    def _categories(
        self, random: np.random.Generator, size: int, shift: Shift, there: Array
    ) -> Array:
        base = np.arange(1, size + 1) ** -0.7
        drawn = self._dirichlet(random, base / base.sum())
        moved, new = shift.category * there, shift.unseen * there
        shares = np.hstack([drawn * (1 - moved - new)[:, None], new[:, None]])
        shares[:, 1] += moved
        return shares

    def _dirichlet(self, random: np.random.Generator, base: Array) -> Array:
        """Dirichlet days; correlated ones as running means of independent gamma variables."""
        gamma = random.standard_gamma(base * CONCENTRATION, (self.days, len(base)))
        if self._correlation:
            for day in range(1, self.days):
                fresh = 1 - self._correlation
                gamma[day] = self._correlation * gamma[day - 1] + fresh * gamma[day]
        return gamma / gamma.sum(axis=1, keepdims=True)

    def _values(self, column: Column, first: int, last: int) -> NDArray[np.generic]:
        """Rows of some days, day after day, in random order within each."""
        counts, missing = self._counts(column)
        mean, width = self._moments_again(column)
        random = np.random.default_rng([self._seed, COLUMNS.index(column), 1])
        days = []
        for day in range(first, last):
            bins = np.repeat(np.arange(counts.shape[1]), counts[day])
            if column[1]:
                values = np.array([f"v{each}" for each in bins], dtype=object)
            else:
                values = _within(random, bins, mean[day], width[day])
            empty = np.full(missing[day], None if column[1] else np.nan)
            days.append(random.permutation(np.concatenate([values, empty])))
        return np.concatenate(days)


def _within(
    random: np.random.Generator, bins: NDArray[np.int64], mean: float, width: float
) -> Array:
    """Normal values of one day within their bins."""
    below = np.concatenate([[0.0], norm.cdf((_EDGES - mean) / width), [1.0]])
    between = below[bins] + random.random(len(bins)) * (below[bins + 1] - below[bins])
    found: Array = mean + width * norm.ppf(between)
    return found
