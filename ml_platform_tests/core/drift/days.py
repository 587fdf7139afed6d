"""Partitions of generated columns, for the tests of calibration and judgement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from scipy.stats import norm

from ml_platform.core.drift.calibrate import Partition
from ml_platform.core.profile import ColumnProfile
from ml_platform_tests.core.drift.profiles import counted

EDGES = norm.ppf(np.linspace(0.01, 0.99, 21))


def numbers(
    random: np.random.Generator, days: int, rows: int = 2_000, shift: float | Sequence[float] = 0.0
) -> list[list[int]]:
    """Counts per day of a normal column whose mean also moves by itself, a little each day."""
    means = random.normal(0, 0.02, days) + np.broadcast_to(shift, days)
    below = np.hstack(
        [np.zeros((days, 1)), norm.cdf(EDGES[None] - means[:, None]), np.ones((days, 1))]
    )
    return [random.multinomial(rows, shares).tolist() for shares in np.diff(below, axis=1)]


def categories(random: np.random.Generator, days: int, rows: int = 2_000) -> list[list[int]]:
    """Counts per day of five categories, and none of OTHER."""
    shares = random.dirichlet(np.array([30, 20, 10, 5, 5]) * 100.0, days)
    return [[*random.multinomial(rows, share).tolist(), 0] for share in shares]


def partitions(
    columns: dict[str, list[list[int]]], first: date = date(2026, 1, 5), kind: str = "numeric"
) -> list[Partition]:
    """Daily partitions from counts per column and day; the 5th of January 2026 is a Monday."""
    days = len(next(iter(columns.values())))
    return [
        (key, {name: profile(name, counts[day], kind) for name, counts in columns.items()})
        for day, key in enumerate(keys(days, first))
    ]


def keys(days: int, first: date = date(2026, 1, 5)) -> list[str]:
    """The keys of following days."""
    return [(first + timedelta(days=day)).isoformat() for day in range(days)]


def profile(name: str, counts: list[int], kind: str = "numeric", missing: int = 0) -> ColumnProfile:
    """A profile of a named column."""
    return replace(counted(counts, missing, kind), column=name)
