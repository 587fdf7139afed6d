"""A model that predicts a number, declared in YAML as a team would, and what is said of a slip."""

from __future__ import annotations

import re

from dagster import Definitions

from ml_platform.core import names
from ml_platform_tests.components.project import definitions_with, refusal_of
from ml_platform_tests.end_to_end.loop import DEFS

MODEL = "models/flight_delay"
DECLARED = DEFS.joinpath(MODEL, "defs.yaml").read_text(encoding="utf-8")
# Of minutes there is no decision, and limits are on errors.
MINUTES = (
    re.sub(r"  decision: .*\n", "", DECLARED)
    .replace("task: binary_classification", "task: regression")
    .replace('expression: "arr_delay > 15"', "expression: arr_delay")
    .replace("metric: brier, must_not_worsen: [roc_auc]", "must_not_worsen: [mae]")
    .replace(
        "floors: {roc_auc: 0.55}, max_drop: {brier: 0.02}",
        "floors: {rmse: 60}, max_drop: {rmse: 0.1}",
    )
)


def checks_of(defs: Definitions, stage: str) -> set[str]:
    graph = defs.resolve_asset_graph()
    path = ["flight_delay", stage]
    return {key.name for key in graph.asset_check_keys if list(key.asset_key.path) == path}


def test_a_regression_becomes_the_same_stages_with_checks_of_its_own() -> None:
    with definitions_with(MODEL, DECLARED, MINUTES) as defs:
        Definitions.validate_loadable(defs)
        found = {tuple(key.path) for key in defs.resolve_all_asset_keys()}
        assert {
            names.of_model("flight_delay", stage)
            for stage in (*names.DAILY, *names.ON_LABELS, *names.RETRAINING)
        } <= found
        gate = checks_of(defs, names.EVALUATION)
        assert {"not_worse_than_champion_rmse", "not_worse_than_champion_mae"} <= gate
        assert "better_than_mean" in gate
        assert "better_than_base_rate" not in gate
        assert checks_of(defs, names.ESTIMATED_PERFORMANCE) == {names.ESTIMATED_LEVEL}


def test_a_metric_of_the_other_task_is_refused_with_those_there_are() -> None:
    told = refusal_of(MODEL, DECLARED, MINUTES.replace("{rmse: 0.1}", "{brier: 0.02}"))
    for words in (
        "monitoring.performance.max_drop",
        '"brier"',
        "Valid choices: mae, rmse, median_absolute_error, r2, bias",
    ):
        assert words in told


def test_a_decision_of_a_regression_is_refused() -> None:
    declared = MINUTES.replace("  promotion:", "  decision: {threshold: 0.5}\n  promotion:")
    assert "a regression predicts a number and decides nothing; leave it out" in refusal_of(
        MODEL, DECLARED, declared
    )
