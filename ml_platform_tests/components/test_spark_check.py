"""What Spark says of a label's expression and of features, before there is any data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from ml_platform.components.spark_check import spark_mistakes
from ml_platform.lifecycle.model import Model
from ml_platform_tests.components.flight_delay import declared_model


@pytest.fixture(scope="module")
def model() -> Model:
    return declared_model()


def labelled(model: Model, expression: str, **other: Any) -> Model:
    label = model.spec.label.model_copy(update={"expression": expression, **other})
    return replace(model, spec=model.spec.model_copy(update={"label": label}))


def test_nothing_is_said_of_a_model_that_is_in_order(spark: Any, model: Model) -> None:
    assert spark_mistakes(spark, model) == []
    assert spark_mistakes(spark, labelled(model, "origin", positive="EWR")) == []


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("arr_dely > 15", "`arr_delay`"),
        ("arr_delay > > 15", "Syntax error at or near '>'"),
        ("origin", '"origin" is text: say which value means yes'),
        ("flight_date", "is of type date; a binary classification needs"),
    ],
)
def test_an_expression_that_gives_no_label_is_told(
    spark: Any, model: Model, expression: str, told: str
) -> None:
    [mistake] = spark_mistakes(spark, labelled(model, expression))
    assert (mistake.file, mistake.key) == ("defs.yaml", "label.expression")
    assert told in mistake.message
    assert "SQLSTATE" not in mistake.message


def making(model: Model, change: Callable[[Any], Any]) -> Model:
    def features(primary: Any, lookups: Mapping[str, Any], history: Mapping[str, Any]) -> Any:
        return change(model.features(primary, lookups, history))

    return replace(model, features=features)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda made: made.drop("distance"), 'it makes no column "distance", and INPUTS of'),
        (lambda made: made.drop("event_time"), 'no column "event_time", and every event has'),
        (lambda made: made.withColumnRenamed("temp", "Temp"), '"Temp" and must make "temp"'),
        (
            lambda made: made.withColumn("carrier", made["flight"]),
            'it makes "carrier" of type int, and INPUTS says string: text is needed',
        ),
        (lambda made: made.select("distanse"), "`distanse` cannot be resolved"),
    ],
)  # fmt: skip
def test_features_that_lack_something_are_told(
    spark: Any, model: Model, change: Callable[[Any], Any], told: str
) -> None:
    [mistake] = spark_mistakes(spark, making(model, change))
    assert (mistake.file, mistake.key) == ("features.py", "features")
    assert told in mistake.message


def test_features_that_raise_are_told_with_what_they_raised(spark: Any, model: Model) -> None:
    [mistake] = spark_mistakes(spark, making(model, lambda made: made / 2))
    assert mistake.message.startswith("features fails on empty tables: TypeError: unsupported")
