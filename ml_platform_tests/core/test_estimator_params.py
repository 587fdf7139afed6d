import pytest

from ml_platform.core.estimator_params import ParamValue, param_mistakes


@pytest.mark.parametrize(
    ("name", "value"),
    [("max_depth", 0), ("learning_rate", 0.1), ("gamma", 0), ("grow_policy", "lossguide")],
)
def test_usable_parameters_have_no_mistakes(name: str, value: ParamValue) -> None:
    assert list(param_mistakes("xgboost", "binary_classification", {name: value})) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("max_dept", 6, 'did you mean "max_depth"?'),
        ("max_depth", -6, "expected a number from 0 to 64"),
        ("max_depth", 6.5, "expected a whole number"),
        ("max_depth", True, "expected a whole number"),
        ("learning_rate", "fast", "expected a number"),
        ("learning_rate", float("nan"), "expected a number from"),
        ("tree_method", "magic", "valid choices: auto, exact"),
    ],
)
def test_a_mistake_is_named(name: str, value: ParamValue, said: str) -> None:
    [(at, message)] = param_mistakes("xgboost", "binary_classification", {name: value})
    assert at == name
    assert said in message


def test_what_depends_on_the_task_is_known_to_its_task_alone() -> None:
    assert list(param_mistakes("xgboost", "regression", {"base_score": -20.0})) == []
    assert list(param_mistakes("xgboost", "regression", {"objective": "reg:gamma"})) == []
    binary = param_mistakes("xgboost", "binary_classification", {"objective": "reg:gamma"})
    assert [name for name, _ in binary] == ["objective"]
