from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ml_platform.core.labels import LabelAnomalies
from ml_platform.spark.labels_join import join_labels, label_anomalies

NOON = datetime(2013, 1, 2, 12, tzinfo=UTC)
EVENING = datetime(2013, 1, 2, 18, tzinfo=UTC)
LABELS = "carrier string, flight int, label int, labelled_at timestamp"


@pytest.fixture
def predictions(spark: Any) -> Any:
    rows = [("AA", 1, 0.2), ("AA", 2, 0.7), ("UA", 1, 0.4)]
    return spark.createDataFrame(rows, "carrier string, flight int, score double")


def _joined(predictions: Any, labels: Any, as_of: datetime | None) -> dict[Any, Any]:
    frame = join_labels(predictions, labels, ["carrier", "flight"], as_of)
    assert frame.columns == ["carrier", "flight", "score", "label", "labelled_at"]
    return {(row.carrier, row.flight): row.label for row in frame.collect()}


def test_the_latest_label_known_at_the_time_counts(spark: Any, predictions: Any) -> None:
    labels = spark.createDataFrame([("AA", 1, 0, NOON), ("AA", 1, 1, EVENING)], LABELS)

    assert _joined(predictions, labels, None)["AA", 1] == 1
    assert _joined(predictions, labels, EVENING)["AA", 1] == 1
    assert _joined(predictions, labels, datetime(2013, 1, 2, 17, 59))["AA", 1] == 0
    assert _joined(predictions, labels, datetime(2013, 1, 1))["AA", 1] is None


def test_a_label_comes_with_the_time_it_was_learned(spark: Any, predictions: Any) -> None:
    labels = spark.createDataFrame([("AA", 1, 0, NOON), ("AA", 1, 1, EVENING)], LABELS)

    frame = join_labels(predictions, labels, ["carrier", "flight"])

    at = {
        (row.carrier, row.flight): row.at
        for row in frame.selectExpr(
            "carrier", "flight", "unix_seconds(labelled_at) AS at"
        ).collect()
    }
    assert at == {("AA", 1): EVENING.timestamp(), ("AA", 2): None, ("UA", 1): None}


def test_every_prediction_stays_once_whatever_the_labels(spark: Any, predictions: Any) -> None:
    rows = [("AA", 1, 1, NOON), ("AA", 1, 1, NOON), ("ZZ", 9, 1, NOON), ("UA", 1, None, NOON)]
    labels = spark.createDataFrame(rows, LABELS)

    frame = join_labels(predictions, labels, ["carrier", "flight"])

    assert frame.count() == 3
    assert _joined(predictions, labels, None) == {("AA", 1): 1, ("AA", 2): None, ("UA", 1): None}


def test_conflicting_labels_give_the_same_answer_in_any_order(spark: Any, predictions: Any) -> None:
    rows = [("AA", 2, 0, NOON), ("AA", 2, 1, NOON)]

    for order in (rows, rows[::-1]):
        labels = spark.createDataFrame(order, LABELS)
        assert _joined(predictions, labels, NOON)["AA", 2] == 1


def test_odd_labels_are_counted_by_kind_and_partition(spark: Any, predictions: Any) -> None:
    rows = [
        ("ZZ", 9, 1, NOON, "2013-01-01"),
        ("ZZ", 8, 1, NOON, "2013-01-01"),
        ("AA", 1, 0, NOON, "2013-01-01"),
        ("AA", 1, 1, NOON, "2013-01-01"),
        ("AA", 2, 0, NOON, "2013-01-02"),
        ("AA", 2, 1, EVENING, "2013-01-02"),
        ("UA", 1, 1, NOON, "2013-01-02"),
        ("UA", 1, 1, EVENING, "2013-01-02"),
    ]
    labels = spark.createDataFrame(rows, f"{LABELS}, partition string")

    assert label_anomalies(predictions, labels, ["carrier", "flight"]) == {
        "2013-01-01": LabelAnomalies(unknown=2, conflicting=1, corrected=0),
        "2013-01-02": LabelAnomalies(unknown=0, conflicting=0, corrected=1),
    }


def test_no_labels_are_no_anomaly(spark: Any, predictions: Any) -> None:
    labels = spark.createDataFrame([], f"{LABELS}, partition string")

    assert label_anomalies(predictions, labels, ["carrier"]) == {}
