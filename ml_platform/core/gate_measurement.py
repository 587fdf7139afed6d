"""From scores on the hold-out to the evidence that the gate judges by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.gate_evidence import ExtremeScores, GateEvidence, SegmentScore
from ml_platform.core.performance.bootstrap import paired_difference
from ml_platform.core.performance.measured_rows import task_metrics
from ml_platform.core.performance.segments import segment_metrics
from ml_platform.core.promotion_spec import PromotionSpec
from ml_platform.core.task import best_constant

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Contender:
    """One model's scores on the hold-out, with the threshold it decides at, where it decides."""

    score: Floats
    threshold: float | None

    def metrics(self, label: NDArray[Any]) -> dict[str, float]:
        """All metrics of these scores."""
        return task_metrics(label, self.score, self.threshold)


def measure_candidate(
    label: NDArray[Any],
    segments: Mapping[str, NDArray[Any]],
    candidate: Contender,
    champion: Contender | None,
    rule: Contender | None,
    constant: float,
    on_extremes: Floats,
    spec: PromotionSpec,
) -> GateEvidence:
    """Measure a candidate beside its rivals, all on the same rows.

    Args:
        label: 0 or 1, or numbers that were to be predicted, shape [n].
        segments: values of each segment column, shape [n].
        candidate: the new model.
        champion: the present one; None when there is none.
        rule: a trivial rule's scores; None when the model has none.
        constant: the best constant score by the rows learned from, see `constant_score`.
        on_extremes: the candidate's scores on extreme rows.
        spec: the declared gate.

    Raises:
        ValueError: What `measured_rows` refuses, such as probabilities outside [0, 1].
    """
    base = Contender(np.full(len(label), constant), None if candidate.threshold is None else 0.5)
    return GateEvidence(
        candidate=candidate.metrics(label),
        champion=champion.metrics(label) if champion else None,
        base_rate=base.metrics(label),
        rule=rule.metrics(label) if rule else None,
        differences=_differences(label, candidate, champion, spec),
        segments=tuple(_segments(label, segments, candidate, champion, spec)),
        extremes=extreme_scores(on_extremes, candidate.score, candidate.threshold is not None),
    )


def constant_score(label: NDArray[Any], metric: str) -> float:
    """The score that the best constant of a metric gives, by labels that were learned from."""
    by_median = best_constant(metric) == "median"
    return float(np.median(label) if by_median else label.mean())


def extreme_scores(
    on_extremes: Floats, on_holdout: Floats, probabilities: bool = True
) -> ExtremeScores:
    """Summarise the scores on extreme rows; the spread is over them and the hold-out together."""
    both = np.concatenate([on_extremes, on_holdout])
    finite = both[np.isfinite(both)]
    return ExtremeScores(
        rows=len(on_extremes),
        finite=bool(np.isfinite(on_extremes).all()),
        in_unit_interval=(
            bool(((on_extremes >= 0) & (on_extremes <= 1)).all()) if probabilities else None
        ),
        spread=float(np.ptp(finite)) if len(finite) else 0.0,
    )


def _differences(
    label: NDArray[Any],
    candidate: Contender,
    champion: Contender | None,
    spec: PromotionSpec,
) -> dict[str, Any]:
    if champion is None:
        return {}
    return {
        metric: paired_difference(
            label,
            candidate.score,
            champion.score,
            candidate.threshold,
            champion.threshold,
            metric,
            confidence=spec.confidence,
        )
        for metric in (spec.metric, *spec.must_not_worsen)
    }


def _segments(
    label: NDArray[Any],
    segments: Mapping[str, NDArray[Any]],
    candidate: Contender,
    champion: Contender | None,
    spec: PromotionSpec,
) -> list[SegmentScore]:
    found = []
    for name, values in segments.items():
        rivals: dict[str, float] = {}
        if champion:
            of_champion = segment_metrics(
                name, values, label, champion.score, champion.threshold, spec.segment_min_rows
            )
            rivals = {s.value: s.metrics.get(spec.metric, float("nan")) for s in of_champion}
        of_candidate = segment_metrics(
            name, values, label, candidate.score, candidate.threshold, spec.segment_min_rows
        )
        found += [
            SegmentScore(
                name, s.value, s.rows, s.metrics.get(spec.metric, float("nan")), rivals.get(s.value)
            )
            for s in of_candidate
        ]
    return found
