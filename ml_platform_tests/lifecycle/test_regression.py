"""A model that predicts a number goes through the whole loop, on real flights."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ml_platform.core import names
from ml_platform.core.concept_drift.value_drift import ValueReference
from ml_platform.core.estimation.estimator import Method
from ml_platform.core.metric_names import REGRESSION_METRICS
from ml_platform.core.performance.measured_rows import task_metrics
from ml_platform.core.profile import ColumnProfile
from ml_platform.core.score_profile import SCORE
from ml_platform.core.verdict import Verdict
from ml_platform.estimators.artifact import load_artifact
from ml_platform.lifecycle.edges_table import read_score_edges
from ml_platform.lifecycle.estimator_table import read_estimator
from ml_platform_tests.end_to_end.loop import MODEL, SMALL, Loop
from ml_platform_tests.end_to_end.trained import DAY, succeeded, trained_loop

# When a flight lands, in hours after midnight: not known of those that were cancelled.
ARRIVAL = {
    **SMALL,
    "task": "regression",
    "label": {
        "column": "late",
        "expression": "floor(sched_dep_time / 100) + arr_delay / 60",
        "available_after": "1 day",
    },
    "decision": None,
    "promotion": {"must_not_worsen": ["mae", "bias"], "floors": {"r2": 0.5}},
    "monitoring": {
        "performance": {
            "window": "3 days",
            "min_labels": 200,
            "floors": {"r2": 0.5},
            "max_drop": {"rmse": 0.5},
        },
        "concept_drift": {"detector": "page_hinkley"},
        "segments": ["origin"],
    },
}


@pytest.fixture(scope="module")
def arrivals(
    spark: Any, empty_registry: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loop]:
    """Six days, a training, a day as it comes in life with its labels, and a second training."""
    home = tmp_path_factory.mktemp("arrivals")
    with trained_loop(home, empty_registry, ARRIVAL) as loop:
        succeeded(loop.run_stages(names.RETRAINING))
        yield loop


def of(rows: list[dict[str, Any]], window: str) -> dict[str, dict[str, Any]]:
    """Rows of all flights by metric."""
    return {
        row["metric"]: row for row in rows if row["window"] == window and not row.get("segment")
    }


def test_labels_are_numbers_and_unknown_ones_are_none(arrivals: Loop) -> None:
    rows = arrivals.rows(arrivals.model.table(names.LABELS), DAY)
    outcomes = arrivals.rows("outcomes/validated", DAY)
    assert all(isinstance(row["label"], float) for row in rows)
    assert len(rows) == sum(row["arr_delay"] is not None for row in outcomes)


def test_the_artifact_knows_its_task_and_predicts_hours(arrivals: Loop) -> None:
    champion = arrivals.registry.version(MODEL, 1)
    model = load_artifact(champion.path, champion.manifest_sha256)
    kept = json.loads((champion.path / "spec.json").read_text())
    assert (model.task.name, model.threshold) == ("regression", None)
    assert kept["spec"]["promotion"]["metric"] == "rmse"
    config = json.loads(model.booster.save_config())
    assert config["learner"]["objective"]["name"] == "reg:squarederror"
    assert model.decide(np.array([12.0])) is None


def test_predictions_and_log_have_a_number_and_no_decision(arrivals: Loop) -> None:
    for stage in (names.PREDICTIONS, names.INFERENCE_LOG):
        rows = arrivals.rows(arrivals.model.table(stage), DAY)
        assert len(rows) > 500
        assert {(row["decision"], row["threshold"]) for row in rows} == {(None, None)}
        assert np.median([row["score"] for row in rows]) == pytest.approx(13.5, abs=3)
    path = arrivals.model.path(names.PREDICTIONS)
    assert arrivals.finding(path, names.EVERY_EVENT_SCORED, DAY).verdict is Verdict.PASSED


def test_the_gate_compares_with_mean_rule_and_champion(arrivals: Loop) -> None:
    evaluated = arrivals.lake.table(arrivals.model.table(names.EVALUATION)).read_arrow()
    by_contender: dict[tuple[int, str], set[str]] = {}
    for row in evaluated.to_pylist():
        key = (row["model_version"], row["contender"])
        by_contender.setdefault(key, set()).add(row["metric"])
    assert {who for version, who in by_contender if version == 2} == {
        "candidate",
        "champion",
        "mean",
        "rule",
        "candidate_by_segment",
    }
    assert by_contender[2, "candidate"] == set(REGRESSION_METRICS)
    path = arrivals.model.path(names.EVALUATION)
    for check in ("better_than_mean", "better_than_rule", "floor_r2", "sane_on_extremes"):
        assert arrivals.finding(path, check).verdict is Verdict.PASSED
    compared = arrivals.finding(path, "not_worse_than_champion_bias")
    assert "of the champion" in compared.sentence


def test_the_score_is_profiled_in_bins_of_its_own_range(arrivals: Loop) -> None:
    edges = read_score_edges(arrivals.lake, arrivals.model)
    assert edges is not None
    assert edges.edges[0] > 1
    assert edges.edges[-1] > 20
    rows = arrivals.rows(arrivals.model.table(names.PROFILES), DAY)
    [score] = [
        ColumnProfile.from_row(r) for r in rows if r["column"] == SCORE and "," not in r["segment"]
    ]
    assert sum(score.counts[1:-1]) > 0.95 * score.rows
    drift = arrivals.rows(arrivals.model.table(names.DRIFT), DAY)
    assert SCORE in {row["column"] for row in drift}


def test_realised_errors_are_those_of_the_matched_rows(arrivals: Loop) -> None:
    labels = {
        (r["carrier"], r["flight"], r["origin"], r["sched_dep_time"]): r["label"]
        for r in arrivals.rows(arrivals.model.table(names.LABELS), DAY)
    }
    log = arrivals.rows(arrivals.model.table(names.INFERENCE_LOG), DAY)
    keys = [(r["carrier"], r["flight"], r["origin"], r["sched_dep_time"]) for r in log]
    pairs = [(labels[k], r["score"]) for k, r in zip(keys, log, strict=True) if k in labels]
    expected = task_metrics(*(np.array(side) for side in zip(*pairs, strict=True)), None)
    rows = of(arrivals.rows(arrivals.model.table(names.PERFORMANCE), DAY), "day")
    assert {name: row["value"] for name, row in rows.items()} == pytest.approx(expected)
    assert rows["rmse"]["low"] < rows["rmse"]["value"] < rows["rmse"]["high"]


def test_errors_are_estimated_by_dle_and_held_against_the_truth(arrivals: Loop) -> None:
    kept = read_estimator(arrivals.lake, arrivals.model, 1)
    assert kept is not None
    assert kept.estimator.method is Method.DLE
    assert set(kept.estimator.day_variance) <= {"mae", "rmse"}
    estimated = of(arrivals.rows(arrivals.model.table(names.ESTIMATED_PERFORMANCE), DAY), "day")
    assert set(estimated) == {"rows", "mae", "rmse"}
    realised = of(arrivals.rows(arrivals.model.table(names.PERFORMANCE), DAY), "day")
    for metric in ("mae", "rmse"):
        assert realised[metric]["estimated"] == estimated[metric]["value"]
        assert realised[metric]["error"] == pytest.approx(
            realised[metric]["value"] - estimated[metric]["value"]
        )
        assert estimated[metric]["value"] == pytest.approx(realised[metric]["value"], rel=0.5)
    assert realised["r2"]["estimated"] is None
    path = arrivals.model.path(names.ESTIMATED_PERFORMANCE)
    found = arrivals.finding(path, names.ESTIMATED_LEVEL, DAY)
    assert "r2 cannot be estimated" in found.sentence


def test_performance_is_judged_against_the_hold_out(arrivals: Loop) -> None:
    path = arrivals.model.path(names.PERFORMANCE)
    level = arrivals.finding(path, names.PERFORMANCE_LEVEL, DAY)
    assert level.verdict is Verdict.PASSED
    rows = of(arrivals.rows(arrivals.model.table(names.PERFORMANCE), DAY), "trailing")
    evaluated = arrivals.lake.table(arrivals.model.table(names.EVALUATION)).read_arrow().to_pylist()
    [reference] = [
        row["value"]
        for row in evaluated
        if (row["model_version"], row["contender"], row["metric"]) == (1, "candidate", "rmse")
    ]
    assert rows["rmse"]["limit"] == pytest.approx(1.5 * reference)


def test_labels_and_errors_are_watched_for_drift(arrivals: Loop) -> None:
    kept = read_estimator(arrivals.lake, arrivals.model, 1)
    assert kept is not None
    assert isinstance(kept.labels, ValueReference)
    path = arrivals.model.path(names.PERFORMANCE)
    labels = arrivals.finding(path, names.LABEL_DRIFT, DAY)
    assert labels.verdict.evaluated
    assert labels.numbers["reference_mean"] == pytest.approx(kept.labels.level.mean, abs=1e-3)
    # A detector needs a second day.
    concept = arrivals.finding(path, names.CONCEPT_DRIFT, DAY)
    assert "1 day with matured labels, 2 needed" in concept.sentence
