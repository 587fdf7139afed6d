from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from ml_platform.core.monitoring_spec import MonitoringSpec


def test_by_default_a_cusum_may_be_wrong_once_a_year() -> None:
    spec = MonitoringSpec().concept_drift
    assert (spec.detector, spec.false_alarms_per_year) == ("cusum", 1.0)
    assert (spec.history, spec.metric) == (timedelta(days=30), None)


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"concept_drift": {"detector": "adwinn"}}, 'did you mean "adwin"?'),
        ({"concept_drift": {"metric": "auc"}}, "roc_auc"),
        ({"concept_drift": {"false_alarms_per_year": 0}}, "false_alarms_per_year"),
        ({"estimated_performance": {"max_unsen": 0.1}}, 'did you mean "max_unseen"?'),
        ({"estimated_performance": {"max_unseen": 2}}, "max_unseen"),
    ],
)
def test_a_slip_is_told_with_its_key_and_what_would_do(
    declared: dict[str, object], said: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        MonitoringSpec.model_validate(declared)
    assert said in str(refused.value)


def test_without_the_statistic_that_estimates_rest_on_the_declaration_is_refused() -> None:
    with pytest.raises(ValidationError) as refused:
        MonitoringSpec.model_validate({"drift": {"statistics": ["psi", "missing_rate"]}})
    [slip] = refused.value.errors()
    assert slip["loc"] == ("drift", "statistics")
    assert 'drift.statistics: "unseen_rate" is missing' in slip["msg"]
    assert "is estimated only while" in slip["msg"]
    known = MonitoringSpec.model_validate({"drift": {"statistics": ["unseen_rate", "psi"]}})
    assert known.drift.statistics == ("unseen_rate", "psi")
