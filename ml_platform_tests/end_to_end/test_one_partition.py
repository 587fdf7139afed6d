"""One day through the whole loop: what lands in the morning is answered, logged and judged."""

from __future__ import annotations

from ml_platform.core import names
from ml_platform.core.verdict import Verdict
from ml_platform_tests.end_to_end.loop import MODEL, TABLES, Loop
from ml_platform_tests.end_to_end.trained import DAY


def test_every_flight_that_landed_has_one_logged_answer(trained: Loop) -> None:
    flights = len((trained.landing_root / "flights" / f"{DAY}.csv").read_text().splitlines()) - 1
    assert flights > 500
    for stage in (names.FEATURES, names.PREDICTIONS, names.INFERENCE_LOG):
        assert len(trained.rows(trained.model.table(stage), DAY)) == flights, stage
    log = trained.rows(trained.model.table(names.INFERENCE_LOG), DAY)
    assert len({row["request_id"] for row in log}) == flights


def test_rows_landed_are_rows_validated_and_quarantined(trained: Loop) -> None:
    for table in TABLES:
        landed = trained.lake.table(f"{table}/raw").row_counts()
        good = trained.lake.table(f"{table}/validated").row_counts()
        bad = trained.lake.table(f"{table}/quarantine").row_counts()
        assert len(landed) == 7
        assert landed == {day: good[day] + bad.get(day, 0) for day in landed}


def test_each_stage_of_the_day_has_its_verdict(trained: Loop) -> None:
    checked = [
        *((names.raw(table), names.READABLE) for table in TABLES),
        *((names.validated(table), names.CONTRACT) for table in TABLES),
        *((names.validated(table), names.CONSERVATION) for table in TABLES),
        (trained.model.path(names.FEATURES), names.JOINED),
        (trained.model.path(names.PREDICTIONS), names.EVERY_EVENT_SCORED),
        (trained.model.path(names.INFERENCE_LOG), names.LOGGED_ONCE),
        (trained.model.path(names.LABELS), names.LABEL_JOIN),
    ]
    for asset, check in checked:
        found = trained.finding(asset, check, DAY)
        assert found.verdict is Verdict.PASSED, (asset, check, found.sentence)


def test_performance_and_drift_are_measured_and_shown_with_their_numbers(trained: Loop) -> None:
    measured = trained.rows(trained.model.table(names.PERFORMANCE), DAY)
    assert {"brier", "roc_auc", "recall"} <= {row["metric"] for row in measured}
    assert all(row["low"] <= row["high"] for row in measured if row["low"] is not None)
    drift = trained.rows(trained.model.table(names.DRIFT), DAY)
    assert {row["column"] for row in drift} >= {"temp", "carrier", "score"}
    found = trained.finding(trained.model.path(names.DRIFT), names.COLUMN_DRIFT, DAY)
    assert found.numbers


def test_the_day_before_the_first_champion_says_that_nothing_was_scored(trained: Loop) -> None:
    predictions = trained.lake.table(trained.model.table(names.PREDICTIONS))
    assert predictions.partitions() == [DAY]
    entries = trained.ledger.entries(model=MODEL)
    assert [entry.verdict for entry in entries] == ["promoted"]


def test_dagster_knows_rows_schema_and_version_of_a_table(trained: Loop) -> None:
    event = trained.instance.get_latest_materialization_event(trained.model.key(names.FEATURES))
    assert event is not None
    assert event.asset_materialization is not None
    metadata = event.asset_materialization.metadata
    features = trained.lake.table(trained.model.table(names.FEATURES))
    assert metadata["delta_version"].value == features.version()
    assert metadata["dagster/partition_row_count"].value == features.row_counts()[DAY]
    columns = [column.name for column in metadata["dagster/column_schema"].value.columns]
    assert columns == features.schema().names
    lineage = metadata["dagster/column_lineage"].value.deps_by_column
    assert [dep.column_name for dep in lineage["temp"]] == ["temp"]
