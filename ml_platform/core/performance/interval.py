"""A value and how sure one may be of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with the ends of its confidence interval; all NaN where it is undefined."""

    low: float
    value: float
    high: float
