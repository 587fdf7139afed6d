"""The checks of the gate, one function each; what a check lacks makes it not evaluated."""

import math
from collections.abc import Mapping

from ml_platform.core.figures import counted, percent
from ml_platform.core.gate_check import GateCheck, judged, not_applicable, not_evaluated
from ml_platform.core.gate_evidence import GateEvidence, SegmentScore
from ml_platform.core.metric_names import HIGHER_IS_BETTER, gain, unit_of_harm
from ml_platform.core.parity import ROWS_TO_REPLAY
from ml_platform.core.performance.interval import Interval
from ml_platform.core.promotion_spec import PromotionSpec
from ml_platform.core.task import task_of


def better_than_champion(evidence: GateEvidence, spec: PromotionSpec) -> GateCheck:
    """Demand a gain over the champion: the whole interval of the difference is above zero."""
    name = "better_than_champion"
    gained = _gained(evidence, spec.metric)
    if evidence.champion is None or gained is None:
        return _incomparable(name, evidence, spec.metric)
    said = _compared(spec.metric, evidence.candidate, evidence.champion, gained, spec.confidence)
    return judged(name, gained.low > 0, gained.low, 0.0, f"{said}; the whole range must be better")


def not_worse_than_champion(
    evidence: GateEvidence, spec: PromotionSpec, metric: str, tolerance: float
) -> GateCheck:
    """Demand that the candidate does no more harm than the tolerance, at the stated confidence.

    The lower end of the interval of the gain must be at least minus the tolerance
    (non-inferiority; Piaggio et al., JAMA 308(24):2594-2604, 2012). The interval is two-sided,
    so the chance to pass a candidate that is worse by more is half of 1 - confidence. The tolerance
    is in the units that `unit_of_harm` says.
    """
    name = f"not_worse_than_champion.{metric}"
    gained = _gained(evidence, metric)
    if evidence.champion is None or gained is None:
        return _incomparable(name, evidence, metric)
    said = _compared(metric, evidence.candidate, evidence.champion, gained, spec.confidence)
    allowed = tolerance * _unit(metric, evidence.champion)
    worst = 0.0 - allowed  # never the "-0.0" that negation makes of none
    reason = f"{said}; worse by {allowed:.4g} is allowed"
    return judged(name, gained.low >= worst, gained.low, worst, reason)


def floor(evidence: GateEvidence, metric: str, bound: float) -> GateCheck:
    """Hold a metric to its declared worst value: at least, or at most where lower is better."""
    name, value = f"floor.{metric}", evidence.candidate.get(metric, math.nan)
    if math.isnan(value):
        return not_evaluated(name, f"{metric} is undefined on the held-out rows", bound)
    limit = "at least" if HIGHER_IS_BETTER[metric] else "at most"
    reason = f"{metric} {value:.4f}, {limit} {bound:g} is declared"
    return judged(name, gain(metric, value, bound) >= 0, value, bound, reason)


def better_than_baseline(
    name: str, evidence: GateEvidence, baseline: Mapping[str, float] | None, metric: str, what: str
) -> GateCheck:
    """Demand a gain over an answer that needs no model, on a metric where no constant can win."""
    if baseline is None:
        return not_applicable(name, f"{what} is not declared")
    task = task_of(metric)
    judged_by = metric if metric in task.beyond_constants else task.judged_by
    value = evidence.candidate.get(judged_by, math.nan)
    rival = baseline.get(judged_by, math.nan)
    if math.isnan(value) or math.isnan(rival):
        return not_evaluated(name, f"{judged_by} is undefined for the candidate or for {what}")
    reason = f"{judged_by} {value:.4f} against {rival:.4f} of {what}"
    return judged(name, gain(judged_by, value, rival) > 0, value, rival, reason)


def segments_hold(evidence: GateEvidence, spec: PromotionSpec) -> GateCheck:
    """Demand that no segment with rows enough loses more than `max_segment_drop`.

    It is in the units that `unit_of_harm` says, of the champion on all rows.
    """
    name = "segments"
    if evidence.champion is None:
        return not_applicable(name, "there is no champion yet to compare segments with")
    if not evidence.segments:
        return not_applicable(name, "no segments are declared")
    limit = spec.max_segment_drop * _unit(spec.metric, evidence.champion)
    drops = {s: drop for s in evidence.segments if (drop := _drop(s, spec)) is not None}
    thin = len(evidence.segments) - len(drops)
    needed = counted(spec.segment_min_rows, "row")
    left_out = f"; {thin} not evaluated (undefined, or under {needed})"
    if not drops:
        return not_evaluated(name, f"no segment could be judged{left_out}", limit)
    worst = max(drops, key=lambda segment: drops[segment])
    reason = (
        f"{spec.metric} of {worst.segment} {worst.value} is {_ahead(-drops[worst])} "
        f"({counted(worst.rows, 'row')}), the furthest behind of "
        f"{counted(len(drops), 'segment')}; worse by {limit:.4g} is allowed"
        f"{left_out if thin else ''}"
    )
    return judged(name, drops[worst] <= limit, drops[worst], limit, reason)


def sane_on_extremes(evidence: GateEvidence) -> GateCheck:
    """Demand scores that are finite, probabilities within [0, 1], and not all the same.

    On nulls and extremes too.
    """
    name, scores = "sane_on_extremes", evidence.extremes
    if scores is None or scores.rows == 0:
        return not_evaluated(name, "no extreme rows were scored")
    wrong = [
        what
        for what, found in (
            ("some are not finite", not scores.finite),
            ("some are outside 0 to 1", scores.in_unit_interval is False),
            ("all are the same", not scores.spread > 0),
        )
        if found
    ]
    inside = "" if scores.in_unit_interval is None else ", in 0 to 1,"
    said = ", ".join(wrong) or f"all are finite{inside} and spread over {scores.spread:.3f}"
    return judged(
        name, not wrong, scores.spread, 0.0, f"scores of {counted(scores.rows, 'row')}: {said}"
    )


def same_bits_online(evidence: GateEvidence) -> GateCheck:
    """Demand that batch scoring and the endpoint gave the same rows the same bits."""
    name, found = "parity", evidence.parity
    if found is None:
        return not_evaluated(name, "no rows were replayed through batch and endpoint")
    if found.rows < ROWS_TO_REPLAY:
        enough = f"{ROWS_TO_REPLAY:,} are needed"
        return not_evaluated(name, f"only {counted(found.rows, 'row')} replayed; {enough}")
    said = (
        "all bits equal" if not found.different else f"{found.different:,} differ: {found.example}"
    )
    reason = f"{counted(found.rows, 'row')} through batch and endpoint: {said}"
    return judged(name, not found.different, float(found.different), 0.0, reason)


def _gained(evidence: GateEvidence, metric: str) -> Interval | None:
    """Return the difference turned so that positive means that the candidate is better."""
    found = evidence.differences.get(metric)
    if found is None or not (math.isfinite(found.low) and math.isfinite(found.high)):
        return None
    return found if HIGHER_IS_BETTER[metric] else Interval(-found.high, -found.value, -found.low)


def _unit(metric: str, champion: Mapping[str, float]) -> float:
    """What an allowed harm of 1 is."""
    unit = unit_of_harm(metric)
    return 1.0 if unit is None else champion.get(unit, math.nan)


def _compared(
    metric: str,
    candidate: Mapping[str, float],
    champion: Mapping[str, float],
    gained: Interval,
    confidence: float,
) -> str:
    return (
        f"{metric} {candidate.get(metric, math.nan):.4f} against "
        f"{champion.get(metric, math.nan):.4f} of the champion: {_ahead(gained.value)}, "
        f"with {percent(confidence)} confidence from {_ahead(gained.low)} to {_ahead(gained.high)}"
    )


def _drop(segment: SegmentScore, spec: PromotionSpec) -> float | None:
    if segment.rows < spec.segment_min_rows or segment.champion is None:
        return None
    drop = gain(spec.metric, segment.champion, segment.candidate)
    return None if math.isnan(drop) else drop


def _ahead(gained: float) -> str:
    """Say a difference by its word, which nobody reads over as they do a sign.

    >>> _ahead(0.017), _ahead(-0.017), _ahead(-0.00001)
    ('better by 0.0170', 'worse by 0.0170', 'equal')
    """
    if round(gained, 4) == 0:
        return "equal"
    return f"{'better' if gained > 0 else 'worse'} by {abs(gained):.4f}"


def _incomparable(name: str, evidence: GateEvidence, metric: str) -> GateCheck:
    if evidence.champion is None:
        return not_applicable(name, f"there is no champion yet to compare {metric} with")
    return not_evaluated(name, f"no difference of {metric} from the champion was measured")
