"""What counts as a label, and of which type it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ml_platform.core.model_spec import LabelSpec
from ml_platform.spark.label_rows import label_rows, with_corrections

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
    found = with_corrections(recorded, fresh, ["id"]).collect()
    assert sorted((row.id, row.label) for row in found) == [(0, 12.5), (1, 7.0), (1, 7.5)]
