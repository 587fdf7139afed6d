"""What counts as a label, and of which type it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ml_platform.core.model_spec import LabelSpec
from ml_platform.spark.label_rows import label_rows, refused_labels, with_corrections
from ml_platform.spark.labels_join import join_labels, label_anomalies

NOW = datetime(2026, 1, 5, tzinfo=UTC)
PRICE = LabelSpec(column="price", available_after="1 day")


def truth(spark: Any, *prices: float | None) -> Any:
    rows = [(number, price, "2026-01-01") for number, price in enumerate(prices)]
    return spark.createDataFrame(rows, "id int, price double, partition string")


def test_a_number_is_kept_as_it_is_and_what_is_none_is_no_label(spark: Any) -> None:
    given = truth(spark, 12.5, None, float("nan"), float("inf"), float("-inf"), -3.25)
    found = label_rows(given, ["id"], PRICE, NOW, "double")
    assert dict(found.dtypes)["label"] == "double"
    assert {row.id: row.label for row in found.collect()} == {0: 12.5, 5: -3.25}


@pytest.mark.parametrize(("expression", "labels"), [("price > 12", [1, 0]), ("1", [1, 1])])
def test_of_a_classification_it_is_0_or_1(spark: Any, expression: str, labels: list[int]) -> None:
    label = LabelSpec(column="dear", expression=expression, available_after="1 day")
    found = label_rows(truth(spark, 12.5, 3.0), ["id"], label, NOW, "int")
    assert dict(found.dtypes)["label"] == "int"
    assert [row.label for row in found.orderBy("id").collect()] == labels


def test_a_number_that_comes_again_unchanged_is_no_correction(spark: Any) -> None:
    recorded = label_rows(truth(spark, 12.5, 7.0), ["id"], PRICE, NOW, "double")
    later = datetime(2026, 1, 6, tzinfo=UTC)
    fresh = label_rows(truth(spark, 12.5, 7.5), ["id"], PRICE, later, "double")
    found = with_corrections(recorded, fresh, ["id"], later).collect()
    assert sorted((row.id, row.label) for row in found) == [(0, 12.5), (1, 7.0), (1, 7.5)]


def test_a_label_that_is_no_longer_there_is_withdrawn_once_and_may_come_again(spark: Any) -> None:
    def at(day: int, recorded: Any, *prices: float | None) -> Any:
        moment = datetime(2026, 1, day, tzinfo=UTC)
        fresh = label_rows(truth(spark, *prices), ["id"], PRICE, moment, "double")
        return fresh if recorded is None else with_corrections(recorded, fresh, ["id"], moment)

    first = at(6, None, 12.5, 7.0, 3.0)
    fewer = at(7, first, 12.5, None)
    same = at(8, fewer, 12.5, None)
    again = at(9, same, 12.5, 7.0)
    events = truth(spark, 0.0, 0.0, 0.0).select("id")

    def counted(labels: Any, day: int = 30) -> dict[int, float]:
        moment = datetime(2026, 1, day, tzinfo=UTC)
        rows = join_labels(events, labels, ["id"], moment).where("label is not null").collect()
        return {row.id: row.label for row in rows}

    assert counted(first) == {0: 12.5, 1: 7.0, 2: 3.0}
    assert counted(fewer) == {0: 12.5}
    assert counted(fewer, day=6) == {0: 12.5, 1: 7.0, 2: 3.0}
    assert same.count() == fewer.count() == 5
    assert counted(again) == {0: 12.5, 1: 7.0}
    assert label_anomalies(events.limit(0), fewer, ["id"])["2026-01-01"].unknown == 1


def said(spark: Any, kind: str, *values: Any) -> Any:
    rows = [(number, value, "2026-01-01") for number, value in enumerate(values)]
    return spark.createDataFrame(rows, f"id int, trend {kind}, partition string")


def trend(**other: Any) -> LabelSpec:
    return LabelSpec(column="trend", available_after="1 day", **other)


def labels_and_refused(
    frame: Any, label: LabelSpec, kind: str = "int"
) -> tuple[dict[int, Any], dict[str, int]]:
    rows = label_rows(frame, ["id"], label, NOW, kind).collect()
    refused = refused_labels(frame, label, kind)
    return {row.id: row.label for row in rows}, refused.get("2026-01-01", {})


def test_text_is_a_label_once_it_is_said_which_value_means_yes(spark: Any) -> None:
    frame = said(spark, "string", "UP", "DOWN", None, "UP")
    assert labels_and_refused(frame, trend()) == ({}, {"UP": 2, "DOWN": 1})
    assert labels_and_refused(frame, trend(positive="UP")) == ({0: 1, 1: 0, 3: 1}, {})
    either = trend(positive="UP", negative="DOWN")
    assert labels_and_refused(frame, either) == ({0: 1, 1: 0, 3: 1}, {})


def test_what_is_neither_of_two_declared_values_is_refused_with_its_count(spark: Any) -> None:
    frame = said(spark, "string", "yes", "no", "n/a", "n/a", "")
    found = labels_and_refused(frame, trend(positive="yes", negative="no"))
    assert found == ({0: 1, 1: 0}, {"n/a": 2, "": 1})


@pytest.mark.parametrize(
    ("kind", "values", "labels", "refused"),
    [
        ("double", (1.0, 0.9, 0.0), {0: 1, 2: 0}, {"0.9": 1}),
        ("int", (1, 2, 1), {0: 1, 2: 1}, {"2": 1}),
        ("int", (-1, 1), {1: 1}, {"-1": 1}),
        ("boolean", (True, False, None), {0: 1, 1: 0}, {}),
        ("string", ("1", "0", "true"), {0: 1, 1: 0}, {"true": 1}),
    ],
)
def test_of_a_classification_all_but_0_and_1_is_refused(
    spark: Any, kind: str, values: Any, labels: dict[int, int], refused: dict[str, int]
) -> None:
    assert labels_and_refused(said(spark, kind, *values), trend()) == (labels, refused)


def test_numbers_other_than_0_and_1_are_labels_where_that_is_declared(spark: Any) -> None:
    frame = said(spark, "int", 1, 2, 3)
    assert labels_and_refused(frame, trend(positive=2, negative=1)) == ({0: 0, 1: 1}, {"3": 1})


def test_of_a_regression_text_that_is_no_number_is_refused(spark: Any) -> None:
    found = labels_and_refused(said(spark, "string", "12.5", "n/a", None), trend(), "double")
    assert found == ({0: 12.5}, {"n/a": 1})
