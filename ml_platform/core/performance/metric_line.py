"""One metric against its limit, with the noise of the measurement taken into account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan
from typing import Any

from ml_platform.core.figures import short
from ml_platform.core.metric_names import HIGHER_IS_BETTER
from ml_platform.core.performance.interval import Interval
from ml_platform.core.verdict import Verdict

# By metric name. A declaration's keys are literals, and a mapping's key type is invariant.
Bounds = Mapping[Any, float]


@dataclass(frozen=True, slots=True)
class MetricLine:
    """What one metric says.

    Attributes:
        metric: Its name.
        value: As measured, NaN when undefined.
        low: Lower end of its confidence interval, NaN when undefined.
        high: Upper end.
        reference: The champion's value on its own hold-out, None when not known.
        limit: The worst value allowed: the stricter of the floor and the reference less the
            allowed drop; None when neither is set.
        verdict: FAILED when the whole interval is beyond the limit, WARNED when only the value
            is (it may be chance), NOT_EVALUATED when there is nothing to judge or to judge by.
        reason: The same for a person.
    """

    metric: str
    value: float
    low: float
    high: float
    reference: float | None
    limit: float | None
    verdict: Verdict
    reason: str


def metric_line(
    metric: str,
    measured: Interval,
    reference: Mapping[str, float],
    floors: Bounds,
    max_drop: Bounds,
    too_few: str | None = None,
) -> MetricLine:
    """Judge one metric; `too_few` says why no metric of this window can be judged, if so."""
    known = reference.get(metric, float("nan"))
    limit = _limit(metric, known, floors.get(metric), max_drop.get(metric))
    verdict, reason = _judged(metric, measured, limit)
    if metric in max_drop and isnan(known):
        verdict, reason = Verdict.NOT_EVALUATED, "no reference value to measure a drop against"
    if too_few:
        verdict, reason = Verdict.NOT_EVALUATED, too_few
    return MetricLine(
        metric=metric,
        value=measured.value,
        low=measured.low,
        high=measured.high,
        reference=None if isnan(known) else known,
        limit=limit,
        verdict=verdict,
        reason=reason,
    )


def _limit(metric: str, known: float, floor: float | None, drop: float | None) -> float | None:
    # Seen from the better side, so that the stricter of two limits is always the greater one.
    sign = 1 if HIGHER_IS_BETTER[metric] else -1
    limits = [] if floor is None else [sign * floor]
    if drop is not None and not isnan(known):
        limits.append(sign * known - drop)
    return sign * max(limits) if limits else None


def _judged(metric: str, measured: Interval, limit: float | None) -> tuple[Verdict, str]:
    if isnan(measured.value):
        return Verdict.NOT_EVALUATED, "undefined on these rows"
    if limit is None:
        return Verdict.NOT_EVALUATED, "no limit is set"
    if isnan(measured.low) or isnan(measured.high):
        return Verdict.NOT_EVALUATED, f"{short(measured.value, 3)}, how surely cannot be told"
    sign = 1 if HIGHER_IS_BETTER[metric] else -1
    best_likely = max(sign * measured.low, sign * measured.high)
    found = f"{short(measured.value, 3)} [{short(measured.low, 3)}, {short(measured.high, 3)}]"
    if sign * measured.value >= sign * limit:
        return Verdict.PASSED, f"{found} keeps the limit {short(limit, 3)}"
    if best_likely >= sign * limit:
        return Verdict.WARNED, f"{found} is beyond the limit {short(limit, 3)}, maybe by chance"
    return Verdict.FAILED, f"{found} is beyond the limit {short(limit, 3)}"
