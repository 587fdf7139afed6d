"""Chi-squared test: whether two sets of counts could come from one distribution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from ml_platform.core.drift.coarse_bins import coarse_counts
from ml_platform.core.drift.shares import Shares
from ml_platform.core.profile import ColumnProfile

# Below it the statistic of a bin no longer follows the distribution it is judged by.
LEAST_EXPECTED = 5.0


@dataclass(frozen=True, slots=True)
class Chi2Test:
    """Pearson's test of homogeneity of two rows of counts.

    Attributes:
        statistic: Sum over both rows and all bins of (found - expected)^2 / expected; from 0.
        bins: Bins left after joining; the degrees of freedom are one fewer.
        p_value: Chance of a statistic this great when nothing moved; 1 with a single bin.
        values: Values counted on both sides together.
    """

    statistic: float
    bins: int
    p_value: float
    values: int


def chi2(reference: ColumnProfile, analysis: ColumnProfile) -> float:
    """The statistic of `chi2_test`: 0 for equal shares, and no upper bound.

    It grows with the number of rows when the columns differ at all: hold it against the
    reference's own partitions, not against a table. NaN when either side has no values.

    Raises:
        ProfileError: The two profiles were counted in different bins.
    """
    test = chi2_test(reference, analysis)
    return float("nan") if test is None else test.statistic


def chi2_test(reference: ColumnProfile, analysis: ColumnProfile) -> Chi2Test | None:
    """Test both sides' counts in at most 10 bins of the reference; None when one has no values.

    Bins that expect fewer than 5 values on either side are joined, so that a single value in an
    empty bin decides nothing.

    Source: Pearson (1900); Cochran, "Some methods for strengthening the common chi-squared
    tests" (1954), for the joining.

    Raises:
        ProfileError: The two profiles were counted in different bins.
    """
    found = np.stack(coarse_counts(reference, analysis))
    rows = found.sum(axis=1)
    if not rows.all():
        return None
    found = _joined(found, LEAST_EXPECTED * float(rows.sum() / rows.min()))
    columns, total = found.sum(axis=0), float(rows.sum())
    statistic = max(total * float((found**2 / np.outer(rows, columns)).sum()) - total, 0.0)
    bins = len(columns)
    p_value = float(chdtrc(bins - 1, statistic)) if bins > 1 else 1.0
    return Chi2Test(statistic, bins, p_value, int(total))


def _joined(found: Shares, least: float) -> Shares:
    """Join the bins with fewer than `least` values; what is still too few joins the next one."""
    sizes = found.sum(axis=0)
    if (sizes >= least).all():
        return found
    order = np.argsort(sizes, kind="stable")
    small = int(np.searchsorted(sizes[order], least))
    # As many of the smallest as it takes to reach the least, the small ones at any rate.
    reach = int(np.searchsorted(np.cumsum(sizes[order]), least)) + 1
    joined = order[: max(small, reach)]
    kept = np.delete(found, joined, axis=1)
    return np.column_stack([kept, found[:, joined].sum(axis=1)])
