"""The drift statistics that a declaration can name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ml_platform.core.drift.chi2 import chi2
from ml_platform.core.drift.cramers_v import cramers_v
from ml_platform.core.drift.hellinger import hellinger
from ml_platform.core.drift.jensen_shannon import jensen_shannon
from ml_platform.core.drift.kolmogorov_smirnov import kolmogorov_smirnov
from ml_platform.core.drift.l_infinity import l_infinity
from ml_platform.core.drift.missing_rate import missing_rate
from ml_platform.core.drift.psi import psi
from ml_platform.core.drift.range_novelty import range_novelty
from ml_platform.core.drift.total_variation import total_variation
from ml_platform.core.drift.unseen_rate import unseen_rate
from ml_platform.core.drift.wasserstein import wasserstein
from ml_platform.core.edges import Kind
from ml_platform.core.profile import ColumnProfile

NUMERIC: Final[frozenset[Kind]] = frozenset({"numeric"})
CATEGORICAL: Final[frozenset[Kind]] = frozenset({"categorical"})
EITHER: Final = NUMERIC | CATEGORICAL


@dataclass(frozen=True, slots=True)
class Statistic:
    """How far one column moved, as one number: 0 when both sides look the same, more with more.

    Attributes:
        name: As a declaration spells it: ``kolmogorov_smirnov``.
        title: As a person reads it: ``Kolmogorov-Smirnov``.
        kinds: Kinds of column it suits.
        measure: Takes the reference's profile, then the analysis's, counted in the same bins;
            NaN when a side has nothing to measure.
        bounded: It never exceeds 1.
        symmetric: Both orders of the two profiles give the same number.
        of_rows: It needs rows, with values or without; the others need values.
    """

    name: str
    title: str
    kinds: frozenset[Kind]
    measure: Callable[[ColumnProfile, ColumnProfile], float]
    bounded: bool = True
    symmetric: bool = True
    of_rows: bool = False


_ALL: Final = (
    Statistic("psi", "PSI", EITHER, psi, bounded=False, symmetric=False),
    Statistic("jensen_shannon", "Jensen-Shannon", EITHER, jensen_shannon),
    Statistic("hellinger", "Hellinger", EITHER, hellinger),
    Statistic("total_variation", "total variation", EITHER, total_variation),
    Statistic("kolmogorov_smirnov", "Kolmogorov-Smirnov", NUMERIC, kolmogorov_smirnov),
    Statistic("wasserstein", "Wasserstein", NUMERIC, wasserstein, symmetric=False),
    Statistic("l_infinity", "L-infinity", CATEGORICAL, l_infinity),
    Statistic("chi2", "chi-squared", EITHER, chi2, bounded=False, symmetric=False),
    Statistic("cramers_v", "Cramer's V", EITHER, cramers_v, symmetric=False),
    Statistic("missing_rate", "change of missing rate", EITHER, missing_rate, of_rows=True),
    Statistic("unseen_rate", "unseen rate", EITHER, unseen_rate, symmetric=False),
    Statistic("range_novelty", "novelty of range", NUMERIC, range_novelty, symmetric=False),
)

STATISTICS: Final[Mapping[str, Statistic]] = MappingProxyType({s.name: s for s in _ALL})
