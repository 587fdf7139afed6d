"""What is declared changes while a champion is live: it goes on as it was trained."""

from __future__ import annotations

from typing import Any

from ml_platform.core import names
from ml_platform.estimators.artifact import load_artifact
from ml_platform_tests.end_to_end.loop import MODEL, Loop
from ml_platform_tests.end_to_end.trained import DAY, FIRST, succeeded, take_in_inputs
from ml_platform_tests.lifecycle.edited import Edit, edit

__all__ = ["edit"]

KEY = ("flight_date", "carrier", "flight", "origin", "sched_dep_time")
OTHER_PARAMS = '{"n_estimators": 20, "max_depth": 3, "learning_rate": 0.1, "min_child_weight": 20}'
PRIOR = {"features": [("PRIOR_FLIGHTS = 10\n", "PRIOR_FLIGHTS = 1000\n")]}
REMOVED = {
    "preprocess": [('    "visib": "double",\n', "")],
    "features": [('"pressure", "visib",\n', '"pressure",\n')],
}
ADDED = {
    "preprocess": [
        ('    "visib": "double",\n', '    "visib": "double",\n    "gusts": "double",\n')
    ],
    "features": [
        (
            "    joined = flights.with",
            '    weather = weather.withColumn("gusts", F.col("wind_gust"))\n'
            "    joined = flights.with",
        )
    ],
}


def scores(loop: Loop, day: str = DAY) -> dict[tuple[Any, ...], tuple[int, float]]:
    rows = loop.rows(loop.model.table(names.PREDICTIONS), day)
    return {tuple(row[c] for c in KEY): (row["model_version"], row["score"]) for row in rows}


def column(loop: Loop, stage: str, name: str, day: str) -> dict[tuple[Any, ...], Any]:
    return {
        tuple(row[c] for c in KEY): row[name] for row in loop.rows(loop.model.table(stage), day)
    }


def train(loop: Loop) -> None:
    succeeded(loop.run_stages(names.RETRAINING, tags={names.TAG_PARAMS: OTHER_PARAMS}))


def test_an_edited_formula_changes_no_score_of_the_champion_and_the_next_one_has_it(
    unlabelled: Loop, edit: Edit
) -> None:
    before = scores(unlabelled)
    rates = {
        d: column(unlabelled, names.FEATURES, "hour_late_rate", d) for d in (DAY, "2013-01-06")
    }
    edited = edit(unlabelled, PRIOR)
    take_in_inputs(edited, DAY)
    assert column(edited, names.FEATURES, "hour_late_rate", DAY) != rates[DAY]
    assert scores(edited) == before
    train(edited)
    # Days from before the edit were made anew, so that the training had one formula.
    assert column(edited, names.FEATURES, "hour_late_rate", "2013-01-06") != rates["2013-01-06"]
    succeeded(edited.run_stages((names.PREDICTIONS,), day=DAY))
    after = scores(edited)
    assert {version for version, _ in after.values()} == {2}
    champion = edited.registry.champion(MODEL)
    assert champion is not None
    # Rolled back to, the first version answers as it always did.
    edited.registry.promote(MODEL, 1)
    succeeded(edited.run_stages((names.PREDICTIONS,), day=DAY))
    assert scores(edited) == before


def test_an_input_is_removed_and_the_champion_goes_on_with_it(unlabelled: Loop, edit: Edit) -> None:
    before = scores(unlabelled)
    edited = edit(unlabelled, REMOVED)
    take_in_inputs(edited, DAY)
    assert scores(edited) == before
    train(edited)
    take_in_inputs(edited, DAY)
    assert {version for version, _ in scores(edited).values()} == {2}
    champion = edited.registry.champion(MODEL)
    assert champion is not None
    own = load_artifact(champion.path, champion.manifest_sha256)
    assert "visib" not in own.input_columns


def test_an_input_is_added_and_the_log_takes_it_up(unlabelled: Loop, edit: Edit) -> None:
    before = scores(unlabelled)
    edited = edit(unlabelled, ADDED)
    take_in_inputs(edited, DAY)
    assert scores(edited) == before
    train(edited)
    log = edited.lake.table(edited.model.table(names.INFERENCE_LOG))
    log.replace_arrow(log.read_arrow([DAY]).slice(0, 0), [DAY])
    take_in_inputs(edited, DAY)
    assert {version for version, _ in scores(edited).values()} == {2}
    logged = edited.rows(log.name, DAY)
    assert all("gusts" in row["features"] for row in logged)
    assert any(row["features"]["gusts"] is not None for row in logged)
    assert all(row["features"]["gusts"] is None for row in edited.rows(log.name, FIRST))
