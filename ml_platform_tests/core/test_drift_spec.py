from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from ml_platform.core.drift.effect_floor import MIN_EFFECT
from ml_platform.core.drift.statistics import STATISTICS
from ml_platform.core.monitoring_spec import DriftSpec


@pytest.mark.parametrize(
    ("given", "place", "said"),
    [
        (
            {"statistics": ["kolmogorov_smirnof"]},
            ("statistics",),
            'did you mean "kolmogorov_smirnov"? Valid choices: psi, ',
        ),
        ({"statistics": ["psi", "psi"]}, ("statistics",), "psi is listed more than once"),
        ({"statistics": []}, ("statistics",), "at least 1 item"),
        ({"thresholds": {"ps": 0.2}}, ("thresholds", "ps", "[key]"), "Valid choices: psi, "),
        (
            {"thresholds": {"chi2": 0.2}},
            ("thresholds", "chi2"),
            'thresholds: "chi2" is not among the statistics',
        ),
        (
            {"min_effect": {"chi2": 0.2}},
            ("min_effect", "chi2"),
            'min_effect: "chi2" is not among the statistics',
        ),
        (
            {"thresholds": {"missing_rate": 0.2}, "min_effect": {"missing_rate": 0.1}},
            ("min_effect", "missing_rate"),
            "has a declared threshold, which is all that counts",
        ),
        ({"false_alarms_per_year": 0.0}, ("false_alarms_per_year",), "greater than 0"),
        ({"psi": 0.2}, ("psi",), '"psi" is not a key here'),
    ],
)
def test_a_slip_is_told_with_what_would_do(
    given: dict[str, Any], place: tuple[str, ...], said: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        DriftSpec.model_validate(given)

    [error] = refused.value.errors()
    assert error["loc"] == place
    assert said in error["msg"]


def test_what_is_not_declared_has_a_default() -> None:
    spec = DriftSpec.model_validate({"min_effect": {"missing_rate": 0.2}})

    assert spec.floor_of("missing_rate") == 0.2
    assert spec.floor_of("l_infinity") == MIN_EFFECT["l_infinity"]
    assert DriftSpec.model_validate(spec.model_dump(mode="json")) == spec


def test_the_schema_lists_the_statistics() -> None:
    schema = DriftSpec.model_json_schema()["properties"]["statistics"]

    assert schema["items"]["enum"] == list(STATISTICS)
