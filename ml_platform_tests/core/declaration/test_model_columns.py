"""A declaration against the contracts of the tables that it reads."""

from __future__ import annotations

from typing import Any

import pytest

from ml_platform.core.declaration.label_column import label_type_mistake
from ml_platform.core.declaration.mistake import Mistake
from ml_platform.core.declaration.model_columns import lineage_mistakes, model_column_mistakes
from ml_platform.core.model_spec import LabelSpec, ModelSpec

ORDERS = {"order_id": "string", "country": "string", "items": "int"}
RETURNS = {"order_id": "string", "returned": "int", "why": "string", "fee": "date"}
CONTRACTS = {"orders": ORDERS, "returns": RETURNS}


def spec(**other: Any) -> ModelSpec:
    declared = {
        "name": "order_return",
        "task": "binary_classification",
        "sources": {"primary": "orders", "labels": "returns"},
        "key": ["order_id"],
        "label": {"column": "returned", "available_after": "14 days"},
        "estimator": {"kind": "xgboost"},
        "training": {"holdout": "7 days"},
        "monitoring": {"segments": ["country"]},
    }
    return ModelSpec.model_validate(declared | other)


def mistakes(**other: Any) -> list[Mistake]:
    return list(model_column_mistakes(spec(**other), ["country", "items"], CONTRACTS))


def labelled(column: str, **other: Any) -> dict[str, Any]:
    return {"column": column, "available_after": "1 day", **other}


def test_what_is_there_passes() -> None:
    assert not mistakes()
    assert not mistakes(label=labelled("why", positive="damaged"))
    assert not mistakes(label=labelled("anything", expression="fee is null"))


@pytest.mark.parametrize(
    ("declared", "key", "told"),
    [
        ({"key": ["order"]}, "key", 'given "order", did you mean "order_id"?'),
        ({"key": ["Order_id"]}, "key", 'contract of returns writes "order_id"'),
        ({"label": labelled("retuned")}, "label.column", 'did you mean "returned"?'),
        ({"label": labelled("Returned")}, "label.column", 'returns writes "returned"'),
        ({"label": labelled("why")}, "label.column", "is text: say which value means yes"),
        ({"label": labelled("fee")}, "label.column", "is of type date; a binary classification"),
        ({"monitoring": {"segments": ["cuntry"]}}, "monitoring.segments", 'mean "country"?'),
    ],
)  # fmt: skip
def test_a_column_that_is_not_there_is_told_with_those_that_are(
    declared: dict[str, Any], key: str, told: str
) -> None:
    [mistake] = mistakes(**declared)
    assert (mistake.file, mistake.key) == ("defs.yaml", key)
    assert told in mistake.message


def test_a_key_that_clashes_with_an_input_is_told() -> None:
    found = list(model_column_mistakes(spec(), ["country", "ORDER_ID"], CONTRACTS))
    assert "differ in capital letters alone" in found[0].message


def test_a_regression_needs_a_number_and_no_word_for_yes() -> None:
    label = LabelSpec.model_validate(labelled("fee"))
    told = label_type_mistake(label, "regression", "string")
    assert told == "is of type string; a regression needs a number"
    assert label_type_mistake(label, "regression", "decimal(10,2)") is None
    with pytest.raises(ValueError, match=r"label.positive: the label of a regression is the num"):
        spec(task="regression", label=labelled("fee", positive="x"))


@pytest.mark.parametrize(
    ("label", "told"),
    [
        ({"positive": True}, "given true; YAML takes yes, no, on, off, true and false"),
        ({"negative": "no"}, "negative: say which value means yes too"),
        ({"positive": "a", "negative": "a"}, 'negative: "a" means yes already'),
    ],
)
def test_words_for_yes_and_no_are_words_and_differ(label: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match="label") as refused:
        spec(label=labelled("why", **label))
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("lineage", "told"),
    [
        ({"items": [("order", "items")]}, 'table: given "order", did you mean "orders"?'),
        ({"items": [("orders", "item")]}, 'column of orders: given "item", did you mean "items"?'),
        ([("orders", "items")], "given list; expected a dictionary"),
    ],
)
def test_lineage_names_columns_that_are_there(lineage: Any, told: str) -> None:
    [mistake] = lineage_mistakes(lineage, CONTRACTS)
    assert told in mistake


def test_lineage_may_name_the_partition() -> None:
    assert not list(lineage_mistakes({"day": [("orders", "partition")]}, CONTRACTS))
