"""Every daily stage may be run again, by hand or by a retry, and nothing is doubled or lost."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from math import isnan
from pathlib import Path
from typing import Any

from pyspark.sql import functions as F

from ml_platform.core import names
from ml_platform.core.prediction_quality import LoggedKeys
from ml_platform.core.verdict import Verdict
from ml_platform.lifecycle.inference_log import append_log, logged_keys
from ml_platform.lifecycle.predictions import score_ranges
from ml_platform.stores.lake import Lake
from ml_platform_tests.end_to_end.loop import MODEL, TABLES, Loop
from ml_platform_tests.end_to_end.trained import (
    DAY,
    LAST,
    lasting,
    stages_of,
    succeeded,
    take_in_inputs,
    take_in_outcomes,
)

STAGES = (*names.DAILY, *names.ON_LABELS)
KEY = ("flight_date", "carrier", "flight", "origin", "sched_dep_time")
OTHER_PARAMS = '{"n_estimators": 20, "max_depth": 3, "learning_rate": 0.1, "min_child_weight": 20}'


def keys(rows: list[dict[str, object]]) -> list[tuple[object, ...]]:
    return sorted(tuple(row[column] for column in KEY) for row in rows)


def test_a_day_taken_in_again_gives_the_same_rows(own: Loop) -> None:
    of_tables = [names.table_of(stage) for table in TABLES for stage in stages_of(table)]
    tables = [*of_tables, *(own.model.table(stage) for stage in STAGES)]
    before = {table: lasting(own.rows(table, DAY)) for table in tables}
    take_in_inputs(own, DAY)
    take_in_outcomes(own, DAY)
    for table in tables:
        assert lasting(own.rows(table, DAY)) == before[table], table
    assert all(before[table] for table in tables if not table.endswith("/quarantine"))


def test_a_changed_file_replaces_its_partition_and_no_other(own: Loop) -> None:
    path = own.landing_root / "flights" / f"{DAY}.csv"
    lines = path.read_text().splitlines()
    former = own.rows("flights/validated", LAST)
    own.land("flights", DAY, "\n".join([*lines[:101], ""]))
    take_in_inputs(own, DAY)
    for table in ("flights/raw", "flights/validated", f"{MODEL}/features", f"{MODEL}/predictions"):
        assert len(own.rows(table, DAY)) == 100, table
    assert own.rows("flights/validated", LAST) == former


def test_the_log_keeps_its_first_answer_when_another_champion_scores_again(
    unlabelled: Loop,
) -> None:
    log = unlabelled.model.table(names.INFERENCE_LOG)
    before = unlabelled.rows(log, DAY)
    succeeded(unlabelled.run_stages(names.RETRAINING, tags={names.TAG_PARAMS: OTHER_PARAMS}))
    succeeded(unlabelled.run_stages((names.PREDICTIONS, names.INFERENCE_LOG), day=DAY))
    predicted = unlabelled.rows(unlabelled.model.table(names.PREDICTIONS), DAY)
    assert {row["model_version"] for row in predicted} == {2}
    after = unlabelled.rows(log, DAY)
    assert sorted(after, key=str) == sorted(before, key=str)
    assert keys(after) == sorted(set(keys(after))) == keys(predicted)


def test_predictions_are_those_of_the_champion(own: Loop) -> None:
    champion = own.registry.champion(MODEL)
    assert champion is not None
    rows = own.rows(own.model.table(names.PREDICTIONS), DAY)
    assert {row["model_version"] for row in rows} == {champion.version}
    assert all(row["decision"] == int(row["score"] >= row["threshold"]) for row in rows)


def test_two_runs_that_log_different_predictions_at_once_lose_none(own: Loop, spark: Any) -> None:
    model = own.model
    log = own.lake.table(model.table(names.INFERENCE_LOG))
    log.replace_arrow(log.read_arrow([DAY]).slice(0, 0), [DAY])
    predicted = own.lake.table(model.table(names.PREDICTIONS)).read(spark, [DAY])
    ready = threading.Barrier(2)

    def append(half: int) -> None:
        rows = predicted.where(F.pmod(F.col("flight"), F.lit(2)) == half)
        ready.wait()
        append_log(model, log, rows, [DAY], f"batch:{half}")

    with ThreadPoolExecutor(2) as runs:
        list(runs.map(append, [0, 1]))
    logged = own.rows(log.name, DAY)
    assert keys(logged) == keys(own.rows(model.table(names.PREDICTIONS), DAY))
    assert {row["writer"] for row in logged} == {"batch:0", "batch:1"}


def test_a_missing_prediction_is_found_behind_a_withdrawn_one(trained: Loop, spark: Any) -> None:
    model = trained.model
    predicted = trained.lake.table(model.table(names.PREDICTIONS)).read(spark, [DAY])
    logged = trained.lake.table(model.table(names.INFERENCE_LOG)).read(spark, [DAY])
    rows = predicted.count()
    withdrawn, missing = (row.request_id for row in predicted.orderBy("request_id").take(2))
    left, kept = F.col("request_id") != withdrawn, F.col("request_id") != missing
    found = logged_keys(predicted.where(left), logged.where(kept), KEY, "batch:other")
    assert found == {DAY: LoggedKeys(rows - 1, rows - 1, missing=1, doubled=0, added=0)}
    twice = logged.unionByName(logged.where(~kept).withColumn("writer", F.lit("batch:other")))
    found = logged_keys(predicted, twice, KEY, "batch:other")
    assert found == {DAY: LoggedKeys(rows, rows + 1, missing=0, doubled=1, added=1)}


def test_scores_as_written_are_ranged_by_partition(tmp_path: Path, spark: Any) -> None:
    table = Lake(str(tmp_path)).table("predictions")
    query = """values (0.25D, 'a'), (0.75D, 'a'), (double('NaN'), 'b'), (null, 'b'), (1.5D, 'b'),
      (double('NaN'), 'c') as t(score, partition)"""
    commit = table.replace(spark.sql(f"select * from {query}"), ["a", "b", "c", "d"])
    found = score_ranges(table, commit)
    assert {p: each.undefined for p, each in found.items()} == {"a": 0, "b": 2, "c": 1}
    assert [(found[p].lowest, found[p].highest) for p in "ab"] == [(0.25, 0.75), (1.5, 1.5)]
    assert isnan(found["c"].lowest)
    emptied = table.replace(table.read(spark).where("false"), ["a"])
    assert score_ranges(table, emptied) == {}


def test_a_day_without_events_passes_no_check(own: Loop) -> None:
    events = own.lake.table("flights/validated")
    events.replace_arrow(events.read_arrow([DAY]).slice(0, 0), [DAY])
    succeeded(own.run_stages((names.FEATURES, names.PREDICTIONS, names.INFERENCE_LOG), day=DAY))
    for stage, check in (
        (names.FEATURES, names.JOINED),
        (names.PREDICTIONS, names.EVERY_EVENT_SCORED),
        (names.INFERENCE_LOG, names.LOGGED_ONCE),
    ):
        found = own.finding(own.model.path(stage), check, DAY)
        assert found.verdict is Verdict.NOT_EVALUATED, stage


def test_corrected_labels_are_added_and_performance_is_restated(own: Loop) -> None:
    labels, measured = own.model.table(names.LABELS), own.model.table(names.PERFORMANCE)
    before, log = own.rows(labels, DAY), own.rows(own.model.table(names.INFERENCE_LOG), DAY)
    brier = _day_brier(own.rows(measured, DAY))
    path = own.landing_root / "outcomes" / f"{DAY}.csv"
    header, *rows = [line.split(",") for line in path.read_text().splitlines()]
    arrived = [row for row in rows if row[6] and int(row[6]) <= 15][:200]
    for row in arrived:
        row[6] = "90"
    own.land("outcomes", DAY, "\n".join(",".join(row) for row in [header, *rows]) + "\n")
    take_in_outcomes(own, DAY)
    after = own.rows(labels, DAY)
    assert len(after) == len(before) + len(arrived)
    assert all(row in after for row in before)
    restated, learned = own.rows(measured, DAY), max(row["labelled_at"] for row in after)
    assert _day_brier(restated) > brier
    assert {row["labels_as_of"] for row in restated} == {learned}
    level = own.finding(own.model.path(names.PERFORMANCE), names.PERFORMANCE_LEVEL, DAY)
    assert f"as of {learned:%Y-%m-%d %H:%M} UTC" in level.sentence
    assert own.rows(own.model.table(names.INFERENCE_LOG), DAY) == log
    found = own.finding(own.model.path(names.LABELS), names.LABEL_JOIN, DAY)
    assert found.numbers["corrected"] == len(arrived)


def test_each_day_of_a_range_shows_its_own_verdict(trained: Loop) -> None:
    days = [f"2013-01-0{number}" for number in range(1, 7)]
    for day in days:
        contract = trained.finding(names.validated("flights"), names.CONTRACT, day)
        rows = len(trained.rows("flights/raw", day))
        assert contract.numbers["rows"] == rows
        assert f"all {rows} rows keep the contract" in contract.sentence
        joined = trained.finding(trained.model.path(names.FEATURES), names.JOINED, day)
        assert joined.numbers["feature_rows"] == rows


def _day_brier(rows: list[dict[str, object]]) -> float:
    [value] = [
        row["value"]
        for row in rows
        if row["metric"] == "brier" and row["window"] == "day" and not row["segment"]
    ]
    assert isinstance(value, float)
    return value
