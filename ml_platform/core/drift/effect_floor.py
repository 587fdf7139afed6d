"""The least effect that counts as drift, however sure one is of it.

At a million rows a day everything differs from everything; what matters is by how much.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

MIN_EFFECT: Final[Mapping[str, float]] = MappingProxyType(
    {
        "psi": 0.01,
        "jensen_shannon": 0.02,
        "hellinger": 0.02,
        "total_variation": 0.02,
        "kolmogorov_smirnov": 0.02,
        "wasserstein": 0.01,
        "l_infinity": 0.02,
        "chi2": 0.01,
        "cramers_v": 0.02,
        "missing_rate": 0.02,
        "unseen_rate": 0.05,
        "range_novelty": 0.02,
    }
)
"""By statistic. For shapes it is about what moving the mean by a twentieth of a standard deviation
gives; for what is missing or was never seen it is a share that someone would look into."""
