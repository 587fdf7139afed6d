"""The loop for real: Dagster's own daemon, sensors and runs over a few days of flights."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from ml_platform import demo
from ml_platform.core.decision import Action, Cause
from ml_platform.demo.scenario import Scenario
from ml_platform.stores.settings import Settings

pytestmark = pytest.mark.slow

FEW_DAYS = Scenario(history_days=16, live_days=2)


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home: Path = tmp_path_factory.mktemp("demo") / "home"
    settings = Settings.from_env({"ML_PLATFORM_HOME": str(home)})
    demo.run(settings, scenario=FEW_DAYS, console=Console(file=io.StringIO()))
    read: dict[str, Any] = json.loads((home / "demo" / "summary.json").read_text())
    return read


def test_every_run_was_launched_by_a_sensor(summary: dict[str, Any]) -> None:
    launched = summary["runs_launched"]
    assert {"landing", "flight_delay_retraining"} <= set(launched)
    assert "by hand" not in launched


def test_no_run_failed(summary: dict[str, Any]) -> None:
    assert [alert for alert in summary["alerts"] if alert["severity"] == "critical"] == []
    assert summary["unexpected_failures"] == []


def test_the_first_model_was_trained_judged_and_promoted(summary: dict[str, Any]) -> None:
    [first] = summary["promotions"]
    assert (first["version"], first["cause"]) == ("1", "no_champion")
    assert first["metrics"]["roc_auc"] > 0.5
    assert summary["rejected_candidates"] == []


def test_every_live_day_was_decided_on(summary: dict[str, Any]) -> None:
    decided = {decision["as_of"] for decision in summary["decisions"]}
    assert {day.isoformat() for day in FEW_DAYS.live()} <= decided


def test_every_live_day_has_a_verdict_in_one_line(summary: dict[str, Any]) -> None:
    told = {verdict["partition"]: verdict for verdict in summary["verdicts"]}
    for day in FEW_DAYS.live():
        verdict = told[day.isoformat()]
        assert verdict["sentence"]
        assert verdict["action"] in set(Action)
        assert verdict["cause"] in set(Cause)


def test_every_request_that_was_answered_is_logged_and_moved(summary: dict[str, Any]) -> None:
    online = summary["online"]
    assert online["answered"] > 1_000
    assert online["answered"] == online["logged"] == online["moved"]
    assert (online["answered_and_not_logged"], online["answered_and_not_moved"]) == (0, 0)
    assert online["refused"] == {}
    assert online["by_version"] == {"1": online["answered"]}


def test_the_summary_says_what_happened(summary: dict[str, Any]) -> None:
    assert set(summary) == {
        *("days", "runs_launched", "decisions", "promotions", "rejected_candidates"),
        *("quarantined_rows", "fault_injections", "alerts", "seconds", "verdicts"),
        *("online", "unexpected_failures"),
    }
    assert summary["days"] == {
        "history": 16,
        "one_by_one": 2,
        "first": date(2013, 1, 1).isoformat(),
        "last": date(2013, 1, 18).isoformat(),
    }
    assert summary["quarantined_rows"] == dict.fromkeys(("flights", "weather", "outcomes"), 0)
