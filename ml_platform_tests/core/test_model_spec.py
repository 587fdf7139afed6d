from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from ml_platform.core.model_spec import Maximize, ModelSpec


def flight_delay(**changed: Any) -> dict[str, Any]:
    return {
        "name": "flight_delay",
        "task": "binary_classification",
        "sources": {"primary": "flights", "lookups": ["weather"], "labels": "outcomes"},
        "key": ["flight_date", "carrier", "flight", "origin", "sched_dep_time"],
        "label": {"column": "late", "available_after": "1 day"},
        "estimator": {"kind": "xgboost", "params": {"n_estimators": 200, "max_depth": 6}},
        "training": {"window": "all", "min_rows": 5000, "holdout": "7 days"},
        "decision": {"threshold": {"maximize": "f1"}},
        "promotion": {"metric": "brier", "must_not_worsen": ["recall"], "confidence": 0.95},
        "monitoring": {
            "reference": "training",
            "drift": {"window": "7 days"},
            "performance": {"floors": {"roc_auc": 0.55}, "max_drop": {"brier": 0.02}},
            "segments": ["origin", "carrier"],
        },
        "retraining": {"on": ["drift", "degradation"], "cooldown": "3 days"},
        "alerts": ["ops"],
    } | changed


def test_a_resolved_declaration_reads_back_to_itself() -> None:
    spec = ModelSpec.model_validate(flight_delay())
    resolved = spec.resolved()
    assert ModelSpec.model_validate(resolved) == spec
    assert resolved["training"] == {"window": "all", "min_rows": 5000, "holdout": "7 days"}
    assert resolved["retraining"]["violations"] == {"count": 2, "of": 5}


def test_durations_and_thresholds_become_values() -> None:
    training = {"window": "8 weeks", "holdout": "7 days"}
    monitoring = {"reference": "4 weeks"}
    spec = ModelSpec.model_validate(flight_delay(training=training, monitoring=monitoring))
    assert spec.training.window == timedelta(weeks=8)
    assert spec.monitoring.reference == timedelta(weeks=4)
    assert spec.decision.threshold == Maximize(maximize="f1")
    assert ModelSpec.model_validate(spec.resolved()) == spec


def test_a_threshold_may_be_a_number_or_left_out() -> None:
    fixed = ModelSpec.model_validate(flight_delay(decision={"threshold": 0.3}))
    default = ModelSpec.model_validate(flight_delay(decision={}))
    assert (fixed.decision.threshold, default.decision.threshold) == (0.3, 0.5)


def test_the_key_that_yaml_reads_as_true_is_understood() -> None:
    retraining = {True: ["drift"], "cooldown": "1 day"}
    spec = ModelSpec.model_validate(flight_delay(retraining=retraining))
    assert spec.retraining.on == ("drift",)


@pytest.mark.parametrize(
    ("changed", "place", "said"),
    [
        ({"kye": ["a"]}, ("kye",), 'did you mean "key"?'),
        ({"zzz": 1}, ("zzz",), "Valid keys: name, task"),
        ({"name": "ledger"}, ("name",), "a table of its own under that name"),
        ({"name": None}, ("name",), "name: given None"),
        ({"task": "binary"}, ("task",), "Valid choices: binary_classification"),
        ({"key": []}, ("key",), "it should have at least 1 item"),
        ({"key": ["a", "b", "a"]}, ("key",), "a is listed more than once"),
        ({"features": "my features"}, ("features",), "expected a Python name"),
        ({"key": ["flight date"]}, ("key", 0), "a column is letters"),
        ({"key": ["late"]}, ("label", "column"), '"late" is part of the key'),
        ({"key": ["score"]}, ("key",), "a column of the inference log"),
        (
            {"label": {"column": "decision", "available_after": "1 day"}},
            ("label", "column"),
            "a column of the inference log",
        ),
        (
            {"label": {"column": "late", "available_after": "soon"}},
            ("label", "available_after"),
            "such as",
        ),
        ({"label": {"column": "late"}}, ("label", "available_after"), "is missing"),
        (
            {"sources": {"primary": "flights", "labels": "flights"}},
            ("sources", "labels"),
            "primary table already",
        ),
        (
            {"sources": {"primary": "a", "labels": "b", "lookups": ["a"]}},
            ("sources", "lookups"),
            '"a" is the primary table already',
        ),
        (
            {"sources": {"primary": "a", "labels": "b", "lookups": ["b"]}},
            ("sources", "lookups"),
            '"b" is the labels table already',
        ),
        ({"estimator": {"kind": "xgbost"}}, ("estimator", "kind"), 'did you mean "xgboost"?'),
        (
            {"estimator": {"kind": "xgboost", "params": {"max_dept": 6}}},
            ("estimator", "params", "max_dept"),
            'did you mean "max_depth"?',
        ),
        (
            {"training": {"holdout": "7 days", "window": "3 days"}},
            ("training", "window"),
            "longer than holdout",
        ),
        ({"training": {"holdout": 7}}, ("training", "holdout"), "such as"),
        ({"training": {"holdout": "1 day", "min_rows": 0}}, ("training", "min_rows"), "given 0"),
        ({"decision": {"threshold": 1.5}}, ("decision", "threshold"), "between 0 and 1"),
        ({"decision": {"threshold": "high"}}, ("decision", "threshold"), "given 'high'"),
        (
            {"decision": {"threshold": {"maximize": "recall"}}},
            ("decision", "threshold", "maximize"),
            "Valid choices: accuracy, f1",
        ),
        ({"promotion": {"metric": "breir"}}, ("promotion", "metric"), 'did you mean "brier"?'),
        ({"promotion": {"confidence": 1.0}}, ("promotion", "confidence"), "less than 1"),
        ({"promotion": {"floors": {"f1": 2}}}, ("promotion", "floors"), "between 0 and 1"),
        (
            {"promotion": {"must_not_worsen": ["brier"]}},
            ("promotion", "must_not_worsen"),
            "named twice",
        ),
        (
            {"promotion": {"must_not_worsen": ["f1", "f1"]}},
            ("promotion", "must_not_worsen"),
            "named twice",
        ),
        (
            {"monitoring": {"performance": {"floors": {"auc": 0.5}}}},
            ("monitoring", "performance", "floors", "auc", "[key]"),
            "Valid choices: accuracy",
        ),
        ({"monitoring": {"segments": ["late"]}}, ("monitoring", "segments"), "is the label"),
        ({"monitoring": {"severity": "LOUD"}}, ("monitoring", "severity"), "WARN, ERROR"),
        ({"monitoring": {"reference": "all"}}, ("monitoring", "reference"), "such as"),
        ({"retraining": {"on": ["drfit"]}}, ("retraining", "on", 0), 'did you mean "drift"?'),
        ({"retraining": {"on": ["drift"] * 2}}, ("retraining", "on"), "more than once"),
        (
            {"retraining": {"violations": {"count": 6, "of": 5}}},
            ("retraining", "violations", "count"),
            "6 of the last 5 cannot happen",
        ),
        ({"retraining": {"on": ["new_data"]}}, ("retraining", "max_age"), "goes together"),
        ({"retraining": {"max_age": "30 days"}}, ("retraining", "max_age"), "goes together"),
    ],
)
def test_a_slip_is_told_with_its_place_and_what_would_do(
    changed: dict[str, Any], place: tuple[str | int, ...], said: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        ModelSpec.model_validate(flight_delay(**changed))
    [error] = refused.value.errors()
    assert error["loc"] == place
    assert said in error["msg"]


def test_several_slips_are_told_at_once() -> None:
    with pytest.raises(ValidationError) as refused:
        ModelSpec.model_validate(flight_delay(task="x", nme="y", training={"holdout": "soon"}))
    assert refused.value.error_count() == 3


def test_log_loss_has_no_upper_bound() -> None:
    spec = ModelSpec.model_validate(flight_delay(promotion={"floors": {"log_loss": 1.2}}))
    assert spec.promotion.floors == {"log_loss": 1.2}


def test_the_json_schema_lets_the_key_that_yaml_reads_as_true_pass() -> None:
    schema = ModelSpec.model_json_schema()
    assert "additionalProperties" not in schema["$defs"]["RetrainingSpec"]
    assert schema["$defs"]["TrainingSpec"]["additionalProperties"] is False
