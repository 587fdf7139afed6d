from dataclasses import replace

import pytest

from ml_platform.core.alerts import Severity
from ml_platform.core.decision import Action, Cause
from ml_platform.core.facts import DATA_QUALITY, CheckFact, CheckName
from ml_platform.core.rules.trouble import data_quality
from ml_platform.core.verdict import Verdict
from ml_platform_tests.core.situations import POLICY, champion, day, seen


@pytest.mark.parametrize("check", sorted(DATA_QUALITY))
def test_broken_input_pages_and_does_not_retrain(check: CheckName) -> None:
    decision = data_quality(POLICY, champion(seen(check, "pf-")), [])
    assert decision is not None
    assert (decision.verdict, decision.cause) == (Action.PAGE, Cause.DATA_QUALITY)
    assert decision.severity is Severity.CRITICAL
    assert day(2) in decision.reason


@pytest.mark.parametrize("verdicts", ["", "p", "fp", "w", "-", "fp-"])
def test_input_that_is_whole_again_or_only_warned_of_does_not_page(verdicts: str) -> None:
    assert data_quality(POLICY, champion(seen(CheckName.CONTRACT, verdicts)), []) is None


def test_one_table_does_not_hide_the_trouble_of_another() -> None:
    broken = CheckFact(CheckName.CONTRACT, day(1), Verdict.FAILED, subject="weather")
    whole = replace(broken, partition=day(2), verdict=Verdict.PASSED, subject="flights")
    decision = data_quality(POLICY, champion((broken, whole)), [])
    assert decision is not None
    assert "contract of weather failed" in decision.reason
    assert list(decision.evidence) == ["contract.weather"]
