"""What a declaration says that its task does not know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ml_platform.core.estimator_params import param_mistakes
from ml_platform.core.spec_errors import not_among, refuse
from ml_platform.core.task import TASKS

if TYPE_CHECKING:
    from ml_platform.core.model_spec import ModelSpec

Place = tuple[str | int, ...]
_OF_DECISIONS = ("ddm", "hddm_w")
"""Detectors that take right and wrong only. Sources: Gama et al., "Learning with drift detection"
(2004), counts of a binomial; Frias-Blanco et al. (2015), values between 0 and 1."""


def refuse_what_is_not_of_the_task(spec: ModelSpec) -> None:
    """Refuse a declaration that asks for what its task does not have.

    Raises:
        ValidationError: it names the key and the valid choices.
    """
    for mistakes in (_decision, _label, _params, _metrics, _compared, _detector, _score_scale):
        for place, given, message in mistakes(spec):
            refuse(message, given, *place)


def _decision(spec: ModelSpec) -> Iterator[tuple[Place, Any, str]]:
    task = TASKS[spec.task]
    if spec.decision is not None and not task.decides:
        message = f"decision: a {task.name} predicts a number and decides nothing; leave it out"
        yield ("decision",), spec.decision.model_dump(mode="json"), message
    if spec.decision is None and task.decides:
        yield ("decision",), None, "decision: given None, expected the key threshold"


def _label(spec: ModelSpec) -> Iterator[tuple[Place, Any, str]]:
    if spec.label.positive is not None and not TASKS[spec.task].decides:
        message = f"label.positive: the label of a {spec.task} is the number itself; leave it out"
        yield ("label", "positive"), spec.label.positive, message


def _params(spec: ModelSpec) -> Iterator[tuple[Place, Any, str]]:
    params = spec.estimator.params
    for name, message in param_mistakes(spec.estimator.kind, spec.task, params):
        yield ("estimator", "params", name), params[name], message


def _metrics(spec: ModelSpec) -> Iterator[tuple[Place, Any, str]]:
    valid = TASKS[spec.task].metrics
    for place, metric in _named_metrics(spec):
        if metric not in valid:
            where = ".".join(str(part) for part in place)
            yield place, metric, f"{not_among(metric, valid, where)} (task: {spec.task})"


def _named_metrics(spec: ModelSpec) -> Iterator[tuple[Place, str]]:
    promotion, monitoring = spec.promotion, spec.monitoring
    yield ("promotion", "metric"), promotion.metric
    for metric in promotion.must_not_worsen:
        yield ("promotion", "must_not_worsen"), metric
    for metric in promotion.floors:
        yield ("promotion", "floors"), metric
    for metric in monitoring.performance.floors:
        yield ("monitoring", "performance", "floors"), metric
    for metric in monitoring.performance.max_drop:
        yield ("monitoring", "performance", "max_drop"), metric


def _compared(spec: ModelSpec) -> Iterator[tuple[Place, Any, str]]:
    given, valid = spec.monitoring.concept_drift.metric, TASKS[spec.task].estimated
    if given is not None and given not in valid:
        said = not_among(given, valid, "monitoring.concept_drift.metric")
        message = f"{said} (a {spec.task} has an estimate of these to compare with)"
        yield ("monitoring", "concept_drift", "metric"), given, message


def _detector(spec: ModelSpec) -> Iterator[tuple[Place, Any, str]]:
    given = spec.monitoring.concept_drift.detector
    if given in _OF_DECISIONS and not TASKS[spec.task].decides:
        valid = "cusum, adwin, page_hinkley"
        yield (
            ("monitoring", "concept_drift", "detector"),
            given,
            f'monitoring.concept_drift.detector: "{given}" takes right and wrong decisions, and a '
            f"{spec.task} has errors of any size. Valid choices: {valid}",
        )


def _score_scale(spec: ModelSpec) -> Iterator[tuple[Place, Any, str]]:
    rollout = spec.serving.rollout
    if rollout is None:
        return
    compared = rollout.max_divergence is not None or rollout.max_loss is not None
    place, key = ("serving", "rollout", "score_scale"), "serving.rollout.score_scale"
    if TASKS[spec.task].decides and rollout.score_scale is not None:
        yield place, rollout.score_scale, f"{key}: probabilities have their scale; leave it out"
    if not TASKS[spec.task].decides and compared and rollout.score_scale is None:
        message = (
            f"{key}: max_divergence and max_loss of a regression need it: the difference of "
            "predicted values that counts as 1"
        )
        yield place, None, message
