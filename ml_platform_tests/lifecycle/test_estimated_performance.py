"""What is said of a day before its labels come, and how it is held against them afterwards."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from ml_platform.core import names
from ml_platform.core.estimation.estimator import Method, PerformanceEstimator
from ml_platform.core.estimation.expected import ESTIMABLE, expected_metrics
from ml_platform.core.verdict import Verdict
from ml_platform.estimators.artifact import load_artifact
from ml_platform.estimators.region_tree import grow_regions
from ml_platform.lifecycle.estimator_table import (
    ESTIMATOR_SCHEMA,
    KeptEstimator,
    read_estimator,
    region_features,
)
from ml_platform.lifecycle.partition_estimate import (
    CELLS,
    estimate_partitions,
    unseen_values,
)
from ml_platform.lifecycle.performance_checks import partitions_per_year
from ml_platform.lifecycle.scored_cells import count_cells
from ml_platform_tests.end_to_end.loop import MODEL, SMALL, Loop
from ml_platform_tests.end_to_end.trained import DAY, LAST, succeeded, take_in_outcomes


def kept(loop: Loop) -> KeptEstimator:
    found = read_estimator(loop.lake, loop.model, 1)
    assert found is not None
    return found


def of(rows: list[dict[str, Any]], window: str, metric: str) -> dict[str, Any]:
    [row] = [
        row
        for row in rows
        if (row["window"], row["metric"]) == (window, metric) and not row.get("segment")
    ]
    return row


def test_the_estimator_is_fitted_on_the_hold_out_of_its_version(trained: Loop) -> None:
    estimator, labels = kept(trained).estimator, kept(trained).labels
    table = trained.lake.table(trained.model.table(names.TRAINING_SET)).read_arrow().to_pylist()
    held_out = [row["label"] for row in table if row["split"] == "holdout"]
    assert (estimator.rows, labels.rows) == (len(held_out), len(held_out))
    assert labels.rate == pytest.approx(np.mean(held_out))
    assert labels.known_days == 6
    assert read_estimator(trained.lake, trained.model, 2) is None


def test_a_day_is_estimated_for_every_metric_and_counted_once(trained: Loop) -> None:
    rows = trained.rows(trained.model.table(names.ESTIMATED_PERFORMANCE), DAY)
    predicted = trained.rows(trained.model.table(names.PREDICTIONS), DAY)
    estimator = kept(trained).estimator
    for window in ("day", "trailing"):
        for metric in ESTIMABLE:
            assert of(rows, window, metric)["rows"] == len(predicted)
    cells = np.array(of(rows, "day", CELLS)["cells"]).reshape(estimator.rates.shape)
    assert (
        cells.sum(axis=0).tolist()
        == estimator.bins.counts([row["score"] for row in predicted]).tolist()
    )
    assert of(rows, "day", "brier")["value"] == expected_metrics(cells, estimator).value["brier"]


def test_the_check_says_what_is_expected_and_what_it_cannot_see(trained: Loop) -> None:
    path = trained.model.path(names.ESTIMATED_PERFORMANCE)
    found = trained.finding(path, names.ESTIMATED_LEVEL, DAY)
    assert "concept drift" in found.sentence
    assert found.numbers["model_version"] == 1


def test_the_label_rate_that_scores_let_expect_is_kept_with_the_version(trained: Loop) -> None:
    """Six days say too little of how much it varies, which the check says."""
    expected = kept(trained).expected_rate
    assert expected is not None
    labels = kept(trained).labels
    assert (expected.rows, expected.days, expected.known_days) == (labels.rows, labels.days, 6)
    assert expected.mean == pytest.approx(labels.rate, abs=0.05)
    path = trained.model.path(names.ESTIMATED_PERFORMANCE)
    found = trained.finding(path, names.EXPECTED_LABEL_RATE, DAY)
    assert found.verdict is Verdict.NOT_EVALUATED
    assert "takes 14 days to tell, the training set has 6" in found.sentence
    assert found.numbers["model_version"] == 1


def test_the_label_rate_is_judged_by_what_the_version_kept(own: Loop) -> None:
    trusting = SMALL | {"monitoring": {"estimated_performance": {"max_unseen": 1.0}}}
    model = own.having(changes={MODEL: trusting}).model
    table = own.lake.table(own.model.table(names.PERFORMANCE_ESTIMATORS))
    [row] = table.read_arrow().to_pylist()
    rows = own.rows(own.model.table(names.PREDICTIONS), DAY)
    for rate, verdict in ((0.001, Verdict.WARNED), (None, Verdict.PASSED)):
        known = row["expected_rate"] | {"known_days": 60, "day_variance": 0.001}
        changed = known if rate is None else known | {"mean": rate}
        stored = pa.Table.from_pylist([row | {"expected_rate": changed}], schema=ESTIMATOR_SCHEMA)
        table.replace_arrow(stored, None)
        found = estimate_partitions(model, own.lake, own.registry, [DAY])[DAY]
        outcome = found.outcome(names.EXPECTED_LABEL_RATE)
        assert outcome.verdict is verdict
        assert outcome.numbers["rows"] == len(rows)


def test_the_realised_value_stands_beside_the_estimate(trained: Loop) -> None:
    estimated = trained.rows(trained.model.table(names.ESTIMATED_PERFORMANCE), DAY)
    realised = trained.rows(trained.model.table(names.PERFORMANCE), DAY)
    row = of(realised, "day", "brier")
    assert row["estimated"] == of(estimated, "day", "brier")["value"]
    assert row["error"] == pytest.approx(row["value"] - row["estimated"])
    assert row["deviation"] > 0
    assert of(realised, "day", "calibration_error")["estimated"] is None


def test_concept_and_label_drift_are_judged_once_labels_are_in(trained: Loop) -> None:
    path = trained.model.path(names.PERFORMANCE)
    # The champion's first labelled day: one is too few to add up.
    concept = trained.finding(path, names.CONCEPT_DRIFT, DAY)
    assert concept.verdict is Verdict.NOT_EVALUATED
    assert "1 day with both an estimate and matured labels" in concept.sentence
    label = trained.finding(path, names.LABEL_DRIFT, DAY)
    assert label.verdict in (Verdict.PASSED, Verdict.NOT_EVALUATED)


def test_a_corrected_day_shows_what_was_said_before(own: Loop) -> None:
    table = own.model.table(names.PERFORMANCE)
    before = of(own.rows(table, DAY), "day", "brier")
    assert before["earlier"] is None
    path = own.landing_root / "outcomes" / f"{DAY}.csv"
    header, *rows = [line.split(",") for line in path.read_text().splitlines()]
    for row in [row for row in rows if row[6] and int(row[6]) <= 15][:200]:
        row[6] = "90"
    own.land("outcomes", DAY, "\n".join(",".join(row) for row in [header, *rows]) + "\n")
    take_in_outcomes(own, DAY)
    after = of(own.rows(table, DAY), "day", "brier")
    assert after["value"] > before["value"]
    assert (after["earlier"], after["earlier_as_of"]) == (before["value"], before["labels_as_of"])
    succeeded(own.run_stages((names.PERFORMANCE,), day=DAY))
    again = of(own.rows(table, DAY), "day", "brier")
    assert (again["value"], again["earlier"]) == (after["value"], after["earlier"])


def test_a_day_of_no_prediction_is_not_estimated(trained: Loop) -> None:
    found = estimate_partitions(trained.model, trained.lake, trained.registry, [LAST])[LAST]
    for check in (names.ESTIMATED_LEVEL, names.EXPECTED_LABEL_RATE):
        assert found.outcome(check).verdict is Verdict.NOT_EVALUATED
        assert "nothing was predicted" in found.outcome(check).sentence


def test_a_version_without_an_estimator_is_not_estimated(own: Loop) -> None:
    table = own.lake.table(own.model.table(names.PERFORMANCE_ESTIMATORS))
    table.replace_arrow(table.read_arrow().slice(0, 0), None)
    found = estimate_partitions(own.model, own.lake, own.registry, [DAY])[DAY]
    for check in (names.ESTIMATED_LEVEL, names.EXPECTED_LABEL_RATE):
        assert found.outcome(check).verdict is Verdict.NOT_EVALUATED
        assert "no estimator was kept with version 1" in found.outcome(check).sentence


def test_rows_are_counted_by_region_of_their_features(trained: Loop) -> None:
    """With a tree of regions the features of the log are read; else the score alone."""
    log = trained.lake.table(trained.model.table(names.INFERENCE_LOG))
    rows = log.read_arrow([DAY]).combine_chunks()
    champion = trained.registry.champion(trained.model.name)
    assert champion is not None
    scored = load_artifact(champion.path)
    score = rows["score"].to_numpy()
    columns = {
        name: np.array([row[name] for row in rows["features"].to_pylist()], dtype=object)
        for name in scored.input_columns
    }
    features = region_features(scored, columns, score)
    regions = grow_regions(features, (score > np.median(score)).astype(int))
    leaf = regions.leaf_of(features)
    leaves = tuple(np.unique(leaf).tolist())
    plain = kept(trained).estimator
    rates = np.full((len(leaves), len(plain.bins)), 0.2)
    wanted = PerformanceEstimator(Method.LEAF_CBPE, plain.bins, rates, regions.tree, leaves)
    found = count_cells(log.files([DAY]), lambda version: wanted, lambda version: scored)
    assert found is not None
    assert len(leaves) > 1
    assert np.array_equal(found.counts, wanted.counts(score, leaf))


def test_how_many_values_are_new_is_known_for_every_input_of_the_day(trained: Loop) -> None:
    unseen = unseen_values(trained.model, trained.lake, DAY, 1)
    assert unseen is not None
    assert set(unseen) == set(trained.model.inputs)
    assert all(0 <= share <= 1 for share in unseen.values())
    assert unseen_values(trained.model, trained.lake, DAY, 9) is None
    assert unseen_values(trained.model, trained.lake, "2013-02-01", 1) is None


def test_a_named_detector_judges_the_days_instead(own: Loop) -> None:
    spec = SMALL | {"monitoring": {"concept_drift": {"detector": "ddm"}}}
    other = own.having(changes={MODEL: spec})
    succeeded(other.run_stages((names.PERFORMANCE,), day=DAY))
    found = other.finding(other.model.path(names.PERFORMANCE), names.CONCEPT_DRIFT, DAY)
    assert "1 day with matured labels, 2 needed" in found.sentence
    assert found.numbers["model_version"] == 1


def test_a_year_has_as_many_partitions_as_the_calendar_says(trained: Loop) -> None:
    assert partitions_per_year(trained.model) == pytest.approx(365.25)
