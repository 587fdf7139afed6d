"""Whether rows as a whole can be told from the reference's, by a classifier that tries to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

import numpy as np
from scipy.special import expit, logit
from scipy.stats import t as student_t

from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.figures import counted, short
from ml_platform.core.verdict import Verdict
from ml_platform.core.window_growth import MOST_GROWTH

FEWEST_BLOCKS = 4
"""Stretches of the reference that a threshold needs; fewer do not show how they vary."""
FALSE_ALARM_RATE = 0.005
"""Share of undrifted windows beyond the threshold: less than 2 days a year."""
FLOOR = 0.6
"""An AUC up to this is no drift that matters, however sure one is of it."""
FEWEST_ROWS = 200
"""Rows that each side needs, or the AUC is mostly noise."""
_NAMED_COLUMNS = 3
# An AUC of 1 has no logit; with a few thousand rows a side, nothing nearer to 1 can be told.
_NEAR_ONE = 0.999


@dataclass(frozen=True, slots=True)
class DomainAuc:
    """How well a classifier tells a window's rows from the reference's.

    Attributes:
        auc: Mean over folds of the area under the ROC curve, 0 to 1; about .5 for alike rows.
        standard_error: Of that mean, by its spread over the folds.
        relied_on: Share of the classifier's gain by input column, the greatest first.
        rows: Rows that were told apart, the smaller side's.
    """

    auc: float
    standard_error: float
    relied_on: Mapping[str, float]
    rows: int


@dataclass(frozen=True, slots=True)
class DomainThreshold:
    """What the classifier reaches without drift: each stretch of the reference against the rest.

    Stretches in time differ by themselves (weather comes in spells), so that a threshold for
    independent rows would always be crossed.

    Attributes:
        aucs: One per stretch that is as long as a window.
        partitions: Partitions in such a stretch.
        rate: Rows of a partition, on average; None of versions trained before it was kept.
    """

    aucs: tuple[float, ...]
    partitions: int
    rate: float | None = None

    @property
    def limit(self) -> float | None:
        """The AUC that an undrifted window exceeds at `FALSE_ALARM_RATE`, at least `FLOOR`.

        None with fewer than `FEWEST_BLOCKS` stretches. Source: upper prediction limit for one
        further observation from a normal sample (Hahn and Meeker, "Statistical Intervals", 1991)
        of the AUCs' logits, so that it stays below 1.
        """
        blocks = len(self.aucs)
        if blocks < FEWEST_BLOCKS:
            return None
        values = logit(np.clip(self.aucs, 1 - _NEAR_ONE, _NEAR_ONE))
        reach = student_t.ppf(1 - FALSE_ALARM_RATE, blocks - 1) * np.sqrt(1 + 1 / blocks)
        return max(FLOOR, float(expit(values.mean() + reach * values.std(ddof=1))))

    def to_json(self) -> dict[str, Any]:
        """Plain values, to be kept with the model version."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> DomainThreshold:
        """Read a threshold back; the inverse of `to_json`."""
        return cls(tuple(kept["aucs"]), int(kept["partitions"]), kept.get("rate"))


def multivariate_outcome(found: DomainAuc, threshold: DomainThreshold) -> CheckOutcome:
    """Judge a window by the AUC that told it from the reference.

    WARNED beyond the limit: moved inputs alone ask for no action. NOT_EVALUATED where the
    reference is too short for a limit.

    Source of the test: Lopez-Paz and Oquab, "Revisiting classifier two-sample tests" (2017);
    as a detector of shift: Rabanser, Guennemann and Lipton, "Failing loudly" (2019).
    """
    limit = threshold.limit
    if limit is None:
        return too_few_blocks(threshold)
    moved = found.auc > limit
    said = (
        "rows as a whole can be told from the reference's"
        if moved
        else "rows as a whole look like the reference's"
    )
    by = f" by {', '.join(list(found.relied_on)[:_NAMED_COLUMNS])}" if moved else ""
    lowest, highest = (short(end(threshold.aucs), 3) for end in (min, max))
    return CheckOutcome(
        Verdict.WARNED if moved else Verdict.PASSED,
        f"{said}{by} (AUC {short(found.auc, 3)} ± {short(found.standard_error, 3)}, "
        f"{'over' if moved else 'within'} {short(limit, 3)}; "
        f"its own {len(threshold.aucs)} stretches: {lowest} to {highest})",
        {
            "auc": found.auc,
            "standard_error": found.standard_error,
            "threshold": limit,
            "rows": found.rows,
        },
        [{"column": column, "gain_share": share} for column, share in found.relied_on.items()],
        said + by,
    )


def too_few_blocks(threshold: DomainThreshold) -> CheckOutcome:
    """Say that the reference is too short to know what is usual."""
    return not_evaluated(
        f"the reference holds {len(threshold.aucs)} stretches of "
        f"{counted(threshold.partitions, 'partition')} with {FEWEST_ROWS} rows; {FEWEST_BLOCKS} "
        f"are needed to know how much they differ without drift{_needed(threshold)}"
    )


def _needed(threshold: DomainThreshold) -> str:
    """How long a reference has to be, where that is known."""
    if not threshold.rate:
        return ""
    length = max(threshold.partitions, ceil(FEWEST_ROWS / threshold.rate))
    partitions = counted(FEWEST_BLOCKS * length, "partition")
    return f", which takes {partitions} at about {short(threshold.rate)} rows each"


def stretch_length(rows: Sequence[int], declared: int) -> int:
    """Partitions of a stretch: the fewest, from those declared on, that hold `FEWEST_ROWS`.

    As declared where the reference would then be too short for `FEWEST_BLOCKS` of them.

    Args:
        rows: Of each partition of the reference, oldest first.
        declared: Partitions of the declared window.

    >>> [stretch_length([each] * 50, 7) for each in (900, 24, 2)]
    [7, 9, 7]
    """
    for length in range(declared, min(len(rows) // FEWEST_BLOCKS, MOST_GROWTH * declared) + 1):
        if sum(rows) * length >= FEWEST_ROWS * len(rows):
            return length
    return declared


def stretches(partitions: Sequence[str], length: int) -> list[Sequence[str]]:
    """Cut partitions, in order, into whole stretches of a length, from the newest backwards.

    >>> stretches(["a", "b", "c", "d", "e"], 2)
    [['b', 'c'], ['d', 'e']]
    """
    ordered = sorted(set(partitions))
    first = len(ordered) % length
    return [ordered[i : i + length] for i in range(first, len(ordered), length)]
