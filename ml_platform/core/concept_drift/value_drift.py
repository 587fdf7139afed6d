"""Whether the numbers to be predicted lie elsewhere, or wider apart, than on the hold-out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.concept_drift.mean_reference import MeanReference
from ml_platform.core.concept_drift.serial_correlation import FEWEST_DAYS
from ml_platform.core.figures import counted, short
from ml_platform.core.verdict import Verdict

FloatArray = NDArray[np.float64]

_ALL_BUT_FEW = 0.99
_BEYOND = 3.0


@dataclass(frozen=True)
class ValueReference:
    """Where the labels of a regression lay, and how wide apart.

    Attributes:
        median: Of the hold-out's labels.
        level: Of the labels.
        width: Of their distances from the median.
        reach: How far from the median a label counts; one that is further off counts as if it
            were there. A single label of a million times the usual would move any mean, and if it
            were among the reference's no later one could be told from it.
    """

    median: float
    level: MeanReference
    width: MeanReference
    reach: float

    @classmethod
    def of(
        cls,
        label: FloatArray,
        day: NDArray[Any],
        earlier: FloatArray,
        earlier_day: NDArray[Any],
    ) -> ValueReference:
        """Take level and width from the hold-out, their variation from the days before as well.

        The reach is thrice what 99% of the hold-out's labels lie within.

        Args:
            label: Of the hold-out, shape [n], n >= 1.
            day: The partition of each row, shape [n].
            earlier: Labels of the other rows of the training set, shape [m].
            earlier_day: Their partitions, shape [m].

        Source: Huber, "Robust estimation of a location parameter" (1964), for values that are
        brought in (winsorised) before their mean is taken.
        """
        values, days = np.concatenate([earlier, label]), np.concatenate([earlier_day, day])
        held_out = np.repeat([False, True], [len(earlier), len(label)])
        median = float(np.median(label))
        # Where so many labels are the same, how far others may lie cannot be told.
        reach = _BEYOND * float(np.quantile(np.abs(label - median), _ALL_BUT_FEW)) or np.inf
        near = _brought_in(values, median, reach)
        return cls(
            median,
            MeanReference.of(near, days, held_out),
            MeanReference.of(np.abs(near - median), days, held_out),
            reach,
        )


def judge_values(
    label: FloatArray,
    days: int,
    reference: ValueReference | None,
    alarms_per_partition: float,
    min_labels: int,
) -> CheckOutcome:
    """Hold the mean of a window's labels, and their distance from the median, against the hold-out.

    The second finds labels that lie wider apart, or closer together, around the same mean. Both
    share the budget by half each (Bonferroni).

    Args:
        label: Matured labels of the window, shape [n].
        days: Partitions they are from.
        reference: Of the version that scored the window; None where none was kept.
        alarms_per_partition: How often chance may raise an alarm.
        min_labels: Fewer are not judged.

    Source: Brown and Forsythe, "Robust tests for the equality of variances" (1974), for distances
    from the median as values whose means are compared; Box, Jenkins and Reinsel, "Time Series
    Analysis", for means of days that resemble each other.
    """
    rows = len(label)
    if rows < min_labels:
        return not_evaluated(f"labels not evaluated: {rows:,} of {min_labels:,} labels matured")
    if reference is None:
        return not_evaluated("labels not evaluated: nothing of them was kept with the version")
    known_days = reference.level.known_days
    if known_days < FEWEST_DAYS:
        return not_evaluated(
            "labels not evaluated: how much they vary from day to day takes "
            f"{FEWEST_DAYS} labelled days to tell, the training set has {known_days}"
        )
    bound = float(norm.isf(min(0.5, alarms_per_partition / 4)))
    near = _brought_in(label, reference.median, reference.reach)
    distance = np.abs(near - reference.median)
    parts = {
        "mean": (float(near.mean()), reference.level),
        "distance from the median": (float(distance.mean()), reference.width),
    }
    off = {name: kept.deviations(found, rows, days) for name, (found, kept) in parts.items()}
    drifted = any(abs(each) > bound for each in off.values())
    said = ", ".join(
        f"{name} {short(found, 3)} against the hold-out's {short(kept.mean, 3)} "
        f"({abs(off[name]):.1f} deviations of its days)"
        for name, (found, kept) in parts.items()
    )
    numbers: dict[str, float | int] = {
        "label_mean": parts["mean"][0],
        "reference_mean": reference.level.mean,
        "mean_deviations": off["mean"],
        "width_deviations": off["distance from the median"],
        "bound": bound,
        "rows": rows,
        "brought_in": int((near != label).sum()),
    }
    head = "label drift" if drifted else "labels stray no more than their days do"
    return CheckOutcome(
        Verdict.WARNED if drifted else Verdict.PASSED,
        f"{head}: {said}, over {counted(days, 'day')}; {bound:.1f} deviations allowed",
        numbers,
    )


def _brought_in(label: FloatArray, median: float, reach: float) -> FloatArray:
    found: FloatArray = np.clip(label, median - reach, median + reach)
    return found
