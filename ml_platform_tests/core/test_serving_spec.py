"""What may be declared about the endpoint, and what is said of a slip."""

from typing import Any

import pytest
from pydantic import ValidationError

from ml_platform.core.model_spec import ModelSpec
from ml_platform.core.serving_spec import RolloutSpec, ServingSpec, declared_engine


def slip(**declared: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        ServingSpec.model_validate({"rollout": declared})
    return str(caught.value)


def test_without_a_word_versions_take_over_at_once() -> None:
    assert ServingSpec().rollout is None
    assert ServingSpec().limits.rows == 10_000


def test_the_declaration_is_read_back_as_it_was() -> None:
    spec = ServingSpec.model_validate({"rollout": {"canary": [1, 10], "longest": "2 days"}})
    assert ServingSpec.model_validate(spec.model_dump(mode="json")) == spec


def test_errors_and_slow_answers_raise_an_alarm_unless_told_otherwise() -> None:
    assert RolloutSpec().signals == ("max_error_rate", "max_slow_share")
    assert RolloutSpec(max_loss=0.1, max_error_rate=None).signals == ("max_slow_share", "max_loss")


def test_a_rollout_without_an_alarm_signal_is_refused() -> None:
    said = slip(max_error_rate=None, max_slow_share=None)
    assert (
        "no alarm signal is configured; declare one of max_error_rate, max_slow_share, "
        "max_divergence, max_loss" in said
    )


def test_a_canary_that_no_signal_watches_is_refused() -> None:
    only = {"max_error_rate": None, "max_slow_share": None, "max_divergence": 0.1}
    assert "a canary step needs an alarm signal of its own" in slip(**only)
    RolloutSpec.model_validate({**only, "canary": []})


def test_a_divergence_without_a_shadow_is_refused() -> None:
    assert "it compares scores in the shadow, which is switched off" in slip(
        shadow=False, max_divergence=0.1
    )


@pytest.mark.parametrize("steps", [[5, 5], [25, 5]])
def test_steps_that_do_not_rise_are_refused(steps: list[int]) -> None:
    assert "canary: each step must be larger than the one before" in slip(canary=steps)


@pytest.mark.parametrize("steps", [[0], [100], ["5"], [float("nan")]])
def test_a_step_is_a_share_of_the_requests(steps: list[Any]) -> None:
    assert "canary.0" in slip(canary=steps)


def test_a_rollout_of_no_steps_is_refused() -> None:
    assert "a rollout needs shadow: true or a canary step" in slip(shadow=False, canary=[])


def of_task(task: str, **rollout: Any) -> dict[str, Any]:
    """A declaration of a model with a rollout."""
    return {
        "name": "prices",
        "task": task,
        "sources": {"primary": "cars", "labels": "sales"},
        "key": ["car"],
        "label": {"column": "price", "available_after": "1 day"},
        "estimator": {"kind": "xgboost"},
        "training": {"holdout": "7 days"},
        "serving": {"rollout": rollout},
    }


@pytest.mark.parametrize("limit", ["max_divergence", "max_loss"])
def test_differences_of_predicted_values_need_a_scale(limit: str) -> None:
    with pytest.raises(ValidationError, match="score_scale: max_divergence and max_loss of a regr"):
        ModelSpec.model_validate(of_task("regression", **{limit: 0.1}))
    ModelSpec.model_validate(of_task("regression", **{limit: 0.1, "score_scale": 500.0}))
    ModelSpec.model_validate(of_task("regression"))


def test_probabilities_have_their_scale() -> None:
    with pytest.raises(ValidationError, match="score_scale: probabilities have their scale"):
        ModelSpec.model_validate(of_task("binary_classification", score_scale=2.0))
    ModelSpec.model_validate(of_task("binary_classification", max_divergence=0.1))


def test_the_engine_is_xgboost_unless_another_one_is_declared() -> None:
    assert ServingSpec().engine == "xgboost"
    assert ServingSpec.model_validate({"engine": "onnx"}).engine == "onnx"
    with pytest.raises(ValidationError, match=r"Valid choices: xgboost, onnx"):
        ServingSpec.model_validate({"engine": "treelite"})


@pytest.mark.parametrize(
    ("spec", "engine"),
    [
        ({"serving": ServingSpec(engine="onnx").model_dump(mode="json")}, "onnx"),
        ({"serving": ServingSpec().model_dump(mode="json")}, "xgboost"),
        ({"serving": {}}, "xgboost"),
        ({"serving": None}, "xgboost"),
        ({}, "xgboost"),
    ],
)
def test_an_artifact_says_its_engine(spec: dict[str, Any], engine: str) -> None:
    assert declared_engine(spec) == engine
