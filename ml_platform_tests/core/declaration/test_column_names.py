"""Names that columns may have, and what is said of the others."""

from __future__ import annotations

import pytest

from ml_platform.core.declaration.column_names import (
    contract_column_mistakes,
    input_column_mistakes,
    key_column_mistakes,
    spelling,
)


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (["amount", "Amount"], '"amount" and "Amount" differ in capital letters alone'),
        (["partition"], 'column "partition": the platform adds a column of that name'),
        (["_source_file"], 'column "_source_file": the platform adds'),
        (["_typed_amount"], 'column "_typed_amount": the platform adds'),
        (["a`b"], "a name may not hold a backtick"),
        ([""], 'column "": a column needs a name'),
    ],
)
def test_a_contract_column_that_would_fail_each_run_is_refused(
    columns: list[str], told: str
) -> None:
    [mistake] = contract_column_mistakes(columns)
    assert told in mistake


def test_columns_of_a_contract_may_hold_dots_spaces_and_capitals() -> None:
    assert not list(contract_column_mistakes(["Net Price", "a.b", "_id", "größe"]))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("unit price", '"unit_price" would do'),
        ("a.b", '"a_b" would do'),
        ("1st", "an input is letters, digits and _"),
        ("score", "the platform has a column of that name beside the inputs"),
        ("event_time", "give this one another name"),
    ],
)
def test_an_input_that_cannot_be_read_is_refused(name: str, told: str) -> None:
    [mistake] = input_column_mistakes([name])
    assert told in mistake


def test_inputs_may_have_capitals_as_long_as_nothing_else_tells_them_apart() -> None:
    assert not list(input_column_mistakes(["Amount", "status", "model"]))
    [mistake] = input_column_mistakes(["Amount", "AMOUNT"])
    assert "differ in capital letters alone" in mistake


def test_a_key_is_told_apart_from_inputs_and_from_what_stands_beside_it() -> None:
    assert not list(key_column_mistakes(["order_id"], ["order_id", "items"]))
    assert "another name" in next(key_column_mistakes(["split"], []))
    [clash] = key_column_mistakes(["Carrier"], ["carrier"])
    assert "differ in capital letters alone" in clash


def test_a_column_is_known_by_its_letters_whatever_their_size() -> None:
    assert spelling("AMOUNT", ["Amount", "x"]) == "Amount"
    assert spelling("amounts", ["Amount"]) is None
