"""What INPUTS and FEATURES of a model's preprocessing may be."""

from __future__ import annotations

from typing import Any

import pytest

from ml_platform.core.declaration.inputs import INPUT_TYPES, features_mistakes, inputs_mistakes


def test_the_types_there_are_pass() -> None:
    assert not list(inputs_mistakes({f"c_{kind}": kind for kind in INPUT_TYPES}))


@pytest.mark.parametrize(
    ("kind", "instead"),
    [("bool", "boolean"), ("date", "timestamp"), ("float", "double"), ("bigint", "long")],
)
def test_a_type_that_is_not_carried_is_refused_with_the_one_to_write(
    kind: str, instead: str
) -> None:
    [mistake] = inputs_mistakes({"hour": kind})
    assert mistake.startswith(f'"hour": given "{kind}", write "{instead}". Valid types: string,')


def test_a_type_nobody_knows_is_refused_with_those_there_are() -> None:
    [mistake] = inputs_mistakes({"hour": "intt"})
    assert 'did you mean "int"? Valid choices: string, int, long' in mistake


@pytest.mark.parametrize("given", [None, {}, ["country"], "country"])
def test_inputs_are_a_dictionary(given: Any) -> None:
    [mistake] = inputs_mistakes(given)
    assert "expected a dictionary from each input column to its type" in mistake


def test_the_name_of_an_input_is_text() -> None:
    [mistake] = inputs_mistakes({1: "int", "hour": "int"})
    assert mistake == "given 1; a column's name is text"


@pytest.mark.parametrize("name", ["price<10", "x[0]", "x]"])
def test_a_feature_that_the_estimator_refuses_is_refused_when_declared(name: str) -> None:
    [mistake] = features_mistakes(("hour", name))
    assert mistake.startswith(f'given "{name}"; the name of a feature may not hold')


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("hour", "expected the names of the matrix's columns"),
        ((), "expected the names of the matrix's columns"),
        (5, "given 5; expected"),
        (("hour", 3), "given 3; the name of a feature is text"),
        (("hour", "hour"), '"hour" is listed more than once'),
    ],
)
def test_features_are_names_each_once(given: Any, told: str) -> None:
    [mistake] = features_mistakes(given)
    assert told in mistake


def test_what_is_long_is_cut_in_a_message() -> None:
    [mistake] = inputs_mistakes(["x" * 200])
    assert "..." in mistake
