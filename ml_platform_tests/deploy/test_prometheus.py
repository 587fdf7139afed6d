import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from ml_platform.core.service_level.burn_rate import RULES
from ml_platform.core.serving_spec import ObjectivesSpec
from ml_platform_tests.deploy.exposed import DEPLOY, asked_for, exposed

FOLDER = DEPLOY / "prometheus"


def read(name: str) -> dict[str, Any]:
    found = YAML(typ="safe").load((FOLDER / name).read_text())
    assert isinstance(found, dict)
    return found


def rules() -> list[dict[str, Any]]:
    return [rule for group in read("rules.yml")["groups"] for rule in group["rules"]]


def test_each_rule_asks_for_what_metrics_exposes(tmp_path: Path) -> None:
    known = exposed(tmp_path)
    for rule in rules():
        for name, labels in asked_for(rule["expr"]):
            assert name in known, rule
            assert labels <= known[name], rule


def test_each_recorded_series_that_is_asked_for_is_recorded() -> None:
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    used = {name for rule in rules() for name in re.findall(r"model:\w+:\w+", rule["expr"])}
    assert used == recorded


def test_the_configuration_scrapes_metrics_and_reads_the_rules() -> None:
    configuration = read("prometheus.yml")
    assert configuration["rule_files"] == ["rules.yml"]
    [job] = configuration["scrape_configs"]
    assert job["metrics_path"] == "/metrics"
    down = next(rule for rule in rules() if rule.get("alert") == "MlPlatformEndpointDown")
    assert f'job="{job["job_name"]}"' in down["expr"]


def test_the_alerts_burn_at_the_rates_that_the_platform_judges_by() -> None:
    objectives = ObjectivesSpec()
    told = {rule["alert"]: rule["expr"] for rule in rules() if "alert" in rule}
    fast, slow = told["MlPlatformErrorBudgetBurnsFast"], told["MlPlatformErrorBudgetBurnsSlowly"]
    for rule in RULES:
        limit = f"{rule.limit(objectives.window):g} * {1 - objectives.availability:.3g}"
        assert (fast if rule.pages else slow).count(f"> {limit}") == 2
    assert f'le="{objectives.p99_ms / 1000:g}"' in told["MlPlatformSlow"]


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_promtool_accepts_the_files_and_the_rules_tell_what_they_should() -> None:
    for arguments in (["check", "config", "prometheus.yml"], ["test", "rules", "rules_test.yml"]):
        done = subprocess.run(
            ["promtool", *arguments], cwd=FOLDER, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
