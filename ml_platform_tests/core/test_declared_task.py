from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from ml_platform.core.model_spec import DecisionSpec, ModelSpec
from ml_platform.core.promotion_spec import PromotionSpec


def price(**changed: Any) -> dict[str, Any]:
    return {
        "name": "price",
        "task": "regression",
        "sources": {"primary": "cars", "labels": "sales"},
        "key": ["car_id"],
        "label": {"column": "price", "available_after": "1 day"},
        "estimator": {"kind": "xgboost"},
        "training": {"holdout": "7 days"},
    } | changed


def refusals(**changed: Any) -> list[tuple[tuple[str | int, ...], str]]:
    with pytest.raises(ValidationError) as refused:
        ModelSpec.model_validate(price(**changed))
    return [(error["loc"], error["msg"]) for error in refused.value.errors()]


def test_a_regression_decides_nothing_and_is_promoted_by_its_root_mean_squared_error() -> None:
    spec = ModelSpec.model_validate(price())
    assert spec.decision is None
    assert spec.promotion.metric == "rmse"
    assert ModelSpec.model_validate(spec.resolved()) == spec


def test_what_is_declared_of_a_gate_stays() -> None:
    spec = ModelSpec.model_validate(price(promotion={"metric": "mae", "floors": {"r2": 0.5}}))
    assert (spec.promotion.metric, spec.promotion.floors) == ("mae", {"r2": 0.5})
    made = ModelSpec.model_validate(price(promotion=PromotionSpec(metric="mae")))
    assert made.promotion.metric == "mae"


@pytest.mark.parametrize(
    ("changed", "place", "said"),
    [
        ({"decision": {"threshold": 0.5}}, ("decision",), "decides nothing; leave it out"),
        ({"decision": DecisionSpec()}, ("decision",), "decides nothing"),
        (
            {"promotion": {"metric": "brier"}},
            ("promotion", "metric"),
            'given "brier". Valid choices: mae, rmse, median_absolute_error, r2, bias',
        ),
        (
            {"promotion": {"must_not_worsen": ["recall"]}},
            ("promotion", "must_not_worsen"),
            "Valid choices: mae",
        ),
        ({"promotion": {"floors": {"f1": 0.5}}}, ("promotion", "floors"), "Valid choices: mae"),
        (
            {"monitoring": {"performance": {"floors": {"f1": 0.5}}}},
            ("monitoring", "performance", "floors"),
            "monitoring.performance.floors: given",
        ),
        (
            {"monitoring": {"performance": {"max_drop": {"brier": 0.02}}}},
            ("monitoring", "performance", "max_drop"),
            "(task: regression)",
        ),
        (
            {"monitoring": {"concept_drift": {"metric": "brier"}}},
            ("monitoring", "concept_drift", "metric"),
            "Valid choices: mae, rmse (a regression has an estimate of these to compare with)",
        ),
        (
            {"monitoring": {"concept_drift": {"metric": "r2"}}},
            ("monitoring", "concept_drift", "metric"),
            'monitoring.concept_drift.metric: given "r2". Valid choices: mae, rmse',
        ),
        (
            {"monitoring": {"concept_drift": {"detector": "ddm"}}},
            ("monitoring", "concept_drift", "detector"),
            '"ddm" takes right and wrong decisions, and a regression has errors of any size. '
            "Valid choices: cusum, adwin, page_hinkley",
        ),
        (
            {"estimator": {"kind": "xgboost", "params": {"scale_pos_weight": 2}}},
            ("estimator", "params", "scale_pos_weight"),
            "Valid choices",
        ),
        (
            {"estimator": {"kind": "xgboost", "params": {"objective": "binary:logistic"}}},
            ("estimator", "params", "objective"),
            "reg:squarederror",
        ),
        ({"promotion": {"floors": {"r2": 2}}}, ("promotion", "floors"), "r2 is at most 1"),
        ({"promotion": None}, ("promotion",), "expected the keys metric"),
    ],
)
def test_what_a_regression_does_not_know_is_refused(
    changed: dict[str, Any], place: tuple[str | int, ...], said: str
) -> None:
    [(where, message)] = refusals(**changed)
    assert where == place
    assert said in message


@pytest.mark.parametrize(
    "params", [{"objective": "reg:absoluteerror"}, {"base_score": 20_000}, {"base_score": -3.5}]
)
def test_a_regression_may_choose_its_error_and_where_it_begins(params: dict[str, Any]) -> None:
    ModelSpec.model_validate(price(estimator={"kind": "xgboost", "params": params}))


@pytest.mark.parametrize("floors", [{"rmse": 5000}, {"bias": 300}, {"r2": 0.4}])
def test_an_error_in_the_units_of_the_label_may_be_of_any_size(floors: dict[str, float]) -> None:
    spec = ModelSpec.model_validate(price(promotion={"floors": floors}))
    assert spec.promotion.floors == floors


def test_a_classification_refuses_the_metrics_of_a_regression_and_needs_a_threshold() -> None:
    binary = {"task": "binary_classification"}
    [(_, said)] = refusals(**binary, promotion={"metric": "rmse"})
    assert "Valid choices: accuracy" in said
    [(place, said)] = refusals(**binary, decision=None)
    assert (place, "expected the key threshold" in said) == (("decision",), True)


@pytest.mark.parametrize("given", [None, 3, {"task": "clustering"}])
def test_an_unknown_task_is_told_as_any_slip(given: Any) -> None:
    with pytest.raises(ValidationError):
        ModelSpec.model_validate(given)
