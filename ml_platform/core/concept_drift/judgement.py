"""The check for concept drift, in words: by CUSUM against the estimate, or by a named detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.concept_drift.cusum import upper_cusum
from ml_platform.core.concept_drift.matured_days import (
    DayOfErrors,
    ErrorCount,
    ErrorSize,
    MaturedDay,
    mean_absolute_error,
)
from ml_platform.core.concept_drift.run_length import decision_bound
from ml_platform.core.figures import counted, short
from ml_platform.core.monitoring_spec import ConceptDriftSpec
from ml_platform.core.verdict import Verdict

FEWEST_DAYS = 2
RECENT_DAYS = 3
"""A detector tells of the day it found drift on, and starts anew: so long it is still told."""


def judge_cusum(
    days: Sequence[MaturedDay], spec: ConceptDriftSpec, partitions_per_year: float
) -> CheckOutcome:
    """Add up how much worse than estimated the days were.

    Covariate drift moves the estimate along with the truth; what is left between them is that
    labels depend on the features otherwise (or that the calibration was wrong from the start).

    Args:
        days: Of one model version, oldest first.
        spec: ``monitoring.concept_drift`` of the model.
        partitions_per_year: How many days a year has.
    """
    if len(days) < FEWEST_DAYS:
        return not_evaluated(
            f"concept drift not evaluated: {counted(len(days), 'day')} with both an estimate and "
            f"matured labels, {FEWEST_DAYS} needed"
        )
    allowance = spec.shift / 2
    bound = decision_bound(allowance, partitions_per_year / spec.false_alarms_per_year)
    sums = upper_cusum([day.harm for day in days], allowance, bound)
    drifted = bool(sums[-1] > bound)
    last, error = days[-1], mean_absolute_error(days)
    found = (
        f"realised {last.metric} {short(last.realised, 3)} where {short(last.estimated, 3)} was "
        f"estimated; CUSUM {sums[-1]:.1f} of {bound:.1f} over {counted(len(days), 'day')}, mean "
        f"error of the estimate {short(error, 3)}"
    )
    said = "concept drift" if drifted else "no concept drift"
    return CheckOutcome(
        Verdict.WARNED if drifted else Verdict.PASSED,
        f"{said}: {found}",
        {
            "cusum": float(sums[-1]),
            "bound": bound,
            "realised": last.realised,
            "estimated": last.estimated,
            "estimator_mean_absolute_error": error,
            "days": len(days),
        },
        [_cells(day, float(total)) for day, total in zip(days, sums, strict=True)],
    )


def judge_detected(
    detector: str, days: Sequence[DayOfErrors], alarms: Sequence[bool]
) -> CheckOutcome:
    """Tell what a detector found in the shares of wrong decisions, or in the sizes of errors.

    Args:
        detector: Its name.
        days: Of one model version, oldest first.
        alarms: Whether it found drift, for each of the days.
    """
    if len(days) < FEWEST_DAYS:
        return not_evaluated(
            f"concept drift not evaluated: {counted(len(days), 'day')} with matured labels, "
            f"{FEWEST_DAYS} needed"
        )
    found = [day.partition for day, alarm in zip(days, alarms, strict=True) if alarm]
    recent = [partition for partition in found if partition >= days[-RECENT_DAYS:][0].partition]
    last = days[-1]
    what, told_of = _SAID[type(last)]
    heads = {True: "concept drift", False: "no concept drift"}
    told = f" on {found[-1]}" if found else ""
    return CheckOutcome(
        Verdict.WARNED if recent else Verdict.PASSED,
        f"{heads[bool(recent)]}: {detector} found {counted(len(found), 'change')} of the error "
        f"{what}{told} over {counted(len(days), 'day')}; {short(last.rate, 3)} {told_of}",
        {"changes": len(found), f"error_{what}": last.rate, "days": len(days)},
        [asdict(day) | {"change": alarm} for day, alarm in zip(days, alarms, strict=True)],
    )


_SAID = {
    ErrorCount: ("rate", "of the last day's decisions were wrong"),
    ErrorSize: ("size", "of the hold-out's mean error was the last day's"),
}


def _cells(day: MaturedDay, total: float) -> dict[str, str | float]:
    return {
        "partition": day.partition,
        "realised": day.realised,
        "estimated": day.estimated,
        "deviations_worse": day.harm,
        "cusum": total,
    }
