"""Columns on which peers measured drift, the same on every machine: no draw of chance in them."""

from __future__ import annotations

import numpy as np
from scipy.stats import lognorm, norm, poisson

_ROWS, _DAY = 4_000, 900


def _spread(distribution: object, rows: int) -> np.ndarray:
    return distribution.ppf((np.arange(rows) + 0.5) / rows)  # type: ignore[attr-defined]


def _texts(**counts: int) -> np.ndarray:
    return np.repeat(list(counts), list(counts.values()))


NUMBERS = {
    "normal, shifted": (_spread(norm, _ROWS), _spread(norm(0.3), _DAY)),
    "normal, wider": (_spread(norm, _ROWS), _spread(norm(0, 1.5), _DAY)),
    "skewed, shifted": (_spread(lognorm(0.8), _ROWS), _spread(lognorm(0.8, 0.4), _DAY)),
    "whole, shifted": (_spread(poisson(4), _ROWS), _spread(poisson(5), _DAY)),
}
CATEGORIES = {
    "same": (_texts(AA=1600, B6=1200, DL=800, UA=400), _texts(AA=360, B6=270, DL=180, UA=90)),
    "one grew": (_texts(AA=1600, B6=1200, DL=800, UA=400), _texts(AA=300, B6=220, DL=160, UA=220)),
    "one is new": (_texts(AA=2000, B6=1500, DL=500), _texts(AA=400, B6=300, DL=120, ZZ=80)),
}
