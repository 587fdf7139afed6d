"""Every daily stage may be run again, by hand or by a retry, and nothing is doubled or lost."""

from __future__ import annotations

from ml_platform.core import names
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
    assert all(before[table] for table in tables if not table.startswith("quarantine"))


def test_a_changed_file_replaces_its_partition_and_no_other(own: Loop) -> None:
    path = own.landing_root / "flights" / f"{DAY}.csv"
    lines = path.read_text().splitlines()
    former = own.rows("validated/flights", LAST)
    own.land("flights", DAY, "\n".join([*lines[:101], ""]))
    take_in_inputs(own, DAY)
    for table in ("raw/flights", "validated/flights", f"{MODEL}/features", f"{MODEL}/predictions"):
        assert len(own.rows(table, DAY)) == 100, table
    assert own.rows("validated/flights", LAST) == former


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
    assert _day_brier(own.rows(measured, DAY)) > brier
    assert own.rows(own.model.table(names.INFERENCE_LOG), DAY) == log
    found = own.finding(own.model.path(names.LABELS), names.LABEL_JOIN, DAY)
    assert found.numbers["corrected"] == len(arrived)


def test_each_day_of_a_range_shows_its_own_verdict(trained: Loop) -> None:
    days = [f"2013-01-0{number}" for number in range(1, 7)]
    for day in days:
        contract = trained.finding(names.validated("flights"), names.CONTRACT, day)
        rows = len(trained.rows("raw/flights", day))
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
