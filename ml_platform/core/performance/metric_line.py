"""One metric against its limit, with the noise of the measurement taken into account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan
from typing import Any

from ml_platform.core.figures import short
from ml_platform.core.metric_names import ZERO_IS_BEST, goodness, unit_of_harm
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
    drop = _drop(metric, reference, max_drop)
    limit = _limit(metric, known, floors.get(metric), drop)
    verdict, reason = _judged(metric, measured, limit)
    if drop is not None and isnan(known + drop):
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
    limits = [] if floor is None else [goodness(metric, floor)]
    if drop is not None and not isnan(known + drop):
        limits.append(goodness(metric, known) - drop)
    if not limits:
        return None
    return abs(max(limits)) if metric in ZERO_IS_BEST else goodness(metric, max(limits))


def _drop(metric: str, reference: Mapping[str, float], max_drop: Bounds) -> float | None:
    """The harm allowed in the metric's own units."""
    drop, unit = max_drop.get(metric), unit_of_harm(metric)
    return drop if drop is None or unit is None else drop * reference.get(unit, float("nan"))


def _best_likely(metric: str, interval: Interval) -> float:
    """The better end of the interval, seen from the better side."""
    ends = [goodness(metric, interval.low), goodness(metric, interval.high)]
    inside = metric in ZERO_IS_BEST and interval.low <= 0 <= interval.high
    return 0.0 if inside else max(ends)


def _judged(metric: str, measured: Interval, limit: float | None) -> tuple[Verdict, str]:
    if isnan(measured.value):
        return Verdict.NOT_EVALUATED, "undefined on these rows"
    if limit is None:
        return Verdict.NOT_EVALUATED, "no limit is set"
    if isnan(measured.low) or isnan(measured.high):
        return Verdict.NOT_EVALUATED, f"{short(measured.value, 3)}, how surely cannot be told"
    found = f"{short(measured.value, 3)} [{short(measured.low, 3)}, {short(measured.high, 3)}]"
    if goodness(metric, measured.value) >= goodness(metric, limit):
        return Verdict.PASSED, f"{found} keeps the limit {short(limit, 3)}"
    if _best_likely(metric, measured) >= goodness(metric, limit):
        return Verdict.WARNED, f"{found} is beyond the limit {short(limit, 3)}, maybe by chance"
    return Verdict.FAILED, f"{found} is beyond the limit {short(limit, 3)}"
