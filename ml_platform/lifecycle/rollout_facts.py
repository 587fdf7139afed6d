"""What a rollout is decided on, gathered from the inference log, the labels and the endpoint."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pandas as pd

from ml_platform.core.rollout.differences import by_request, divergence, excess, excess_beside, loss
from ml_platform.core.rollout.facts import RolloutFacts
from ml_platform.core.rollout.running import Rollout
from ml_platform.core.rollout.signal import Reading, Signal, declared
from ml_platform.core.rollout.value_counts import FloatArray, ValueCounts
from ml_platform.core.service_level.counters import Counters
from ml_platform.core.serving_spec import RolloutSpec
from ml_platform.core.task import TASKS
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.rollout_rows import RolloutRows, read_rows, requests_since, with_labels
from ml_platform.stores.lake import Lake
from ml_platform.stores.model_registry import ModelRegistry


def gather_facts(
    model: Model,
    lake: Lake,
    registry: ModelRegistry,
    rollout: Rollout,
    counted: Mapping[int, Counters] | str,
    now: datetime,
) -> RolloutFacts:
    """Everything the policy of a rollout decides on.

    Args:
        model: a model with a declared rollout.
        lake: for the log and the labels.
        registry: for the roles.
        rollout: the running one.
        counted: what the endpoint counted of each version since the rollout began, or why it
            could not be asked.
        now: the time of looking.
    """
    rows = read_rows(model, lake, rollout)
    own = rows.shadow if rollout.stage.role == "shadow" else rows.canary
    step_requests, newest = requests_since(own, rollout.since)
    champion = registry.champion(model.name)
    held = registry.by_alias(model.name, rollout.stage.role)
    readings = {
        Signal.ERROR_RATE: lambda: _errors(rollout, counted),
        Signal.SLOW_SHARE: lambda: _slow(rows, model.spec.serving.objectives.p99_ms),
        Signal.DIVERGENCE: lambda: _divergence(model, rows),
        Signal.LOSS: lambda: _loss(model, lake, rows),
    }
    return RolloutFacts(
        looked_at=now,
        champion=champion.version if champion else None,
        role_held=held is not None and held.version == rollout.version,
        step_requests=step_requests,
        champion_requests=requests_since(rows.champion, rollout.since)[0],
        newest_request=newest,
        readings=tuple(readings[signal]() for signal in declared(_declared(model))),
    )


def _declared(model: Model) -> RolloutSpec:
    assert model.spec.serving.rollout is not None
    return model.spec.serving.rollout


def _scale(model: Model) -> float:
    """Probabilities differ by 1 at most; what a regression's differ by is declared."""
    return _declared(model).score_scale or 1.0


def _errors(rollout: Rollout, counted: Mapping[int, Counters] | str) -> Reading:
    if isinstance(counted, str):
        return Reading(Signal.ERROR_RATE, missing=counted)
    own, champion = (
        ValueCounts.of_share(of.failed, of.requests)
        for of in (
            counted.get(rollout.version, Counters()),
            counted.get(rollout.champion, Counters()),
        )
    )
    return Reading(Signal.ERROR_RATE, own, champion)


def _slow(rows: RolloutRows, limit_ms: float) -> Reading:
    own = pd.concat([rows.shadow, rows.canary])
    return Reading(
        Signal.SLOW_SHARE, _slow_share(own, limit_ms), _slow_share(rows.champion, limit_ms)
    )


def _slow_share(rows: pd.DataFrame, limit_ms: float) -> ValueCounts:
    took = rows.drop_duplicates("request")["latency_ms"].to_numpy(float)
    return ValueCounts.of_share(int((took > limit_ms).sum()), len(took))


def _divergence(model: Model, rows: RolloutRows) -> Reading:
    pairs = rows.paired
    apart = divergence(_floats(pairs["score"]), _floats(pairs["score_champion"]), _scale(model))
    return Reading(Signal.DIVERGENCE, ValueCounts.of(_by_request(apart, pairs)))


def _loss(model: Model, lake: Lake, rows: RolloutRows) -> Reading:
    pairs = with_labels(model, lake, rows.paired)
    in_shadow = excess(_losses(model, pairs), _losses(model, pairs, "score_champion"))
    beside, answered = _beside(model, lake, rows)
    values = np.concatenate([_by_request(in_shadow, pairs), beside])
    return Reading(
        Signal.LOSS,
        ValueCounts.of(values),
        compared=pairs["request"].nunique() + answered,
        missing="" if len(values) else "no labels of its requests yet",
    )


def _beside(model: Model, lake: Lake, rows: RolloutRows) -> tuple[FloatArray, int]:
    """The canary's losses beside the champion's on other requests, and how many it has."""
    sides = [with_labels(model, lake, each) for each in (rows.canary, rows.champion)]
    losses = [
        each.assign(loss=_losses(model, each))
        .groupby("request")
        .agg({"loss": "mean", "labelled_at": "max", "request_id": "min"})
        .assign(canary=side == 0)
        for side, each in enumerate(sides)
    ]
    # In the order in which labels came, and of those that came at once, requests did.
    ordered = pd.concat(losses).sort_values(["labelled_at", "request_id"], kind="stable")
    of_canary = ordered["canary"].to_numpy(bool)
    return excess_beside(_floats(ordered["loss"]), of_canary), int(of_canary.sum())


def _losses(model: Model, rows: pd.DataFrame, score: str = "score") -> FloatArray:
    decides = TASKS[model.spec.task].decides
    return loss(_floats(rows[score]), _floats(rows["label"]), decides, _scale(model))


def _by_request(values: FloatArray, rows: pd.DataFrame) -> FloatArray:
    return by_request(values, pd.factorize(rows["request"])[0])


def _floats(column: pd.Series) -> FloatArray:
    return column.to_numpy(dtype=float)
