"""A request fits the model's signature, or the column and the reason are named."""

import math
from typing import Any

import pytest

from ml_platform.core.errors import ConfigError
from ml_platform.serving.errors import InvalidRequest
from ml_platform.serving.input_contract import InputContract
from ml_platform_tests.serving.contracts import CONTRACT, INPUTS, ROW, SPEC, columns


def refused(given: dict[str, Any], most_rows: int = 5) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as caught:
        CONTRACT.request(given, most_rows)
    return caught.value


@pytest.mark.parametrize("rows", [1, 3])
def test_columns_that_fit_go_on_in_the_order_of_the_signature(rows: int) -> None:
    request = CONTRACT.request(dict(reversed(columns(rows).items())), 5, "mine")
    assert list(request.columns) == list(INPUTS)
    assert {name: list(values) for name, values in request.columns.items()} == columns(rows)
    assert (request.rows, request.extra, request.client_request_id) == (rows, {}, "mine")


@pytest.mark.parametrize("rows", [1, 3])
def test_a_missing_value_is_null_in_any_column(rows: int) -> None:
    request = CONTRACT.request({name: [None] * rows for name in INPUTS}, 5)
    assert all(list(values) == [None] * rows for values in request.columns.values())


def test_one_row_and_many_are_brought_into_the_same_form() -> None:
    odd = {"distance": 7, "sched_dep_time": 1745.0, "holiday": 1, "at": "2013-01-07"}
    one = CONTRACT.request(columns(1, **{name: [value] for name, value in odd.items()}), 5)
    two = CONTRACT.request(columns(2, **{name: [value, None] for name, value in odd.items()}), 5)
    for name in INPUTS:
        assert (one.columns[name][0], type(one.columns[name][0])) == (
            two.columns[name][0],
            type(two.columns[name][0]),
        )
    assert [one.columns[name][0] for name in odd] == [7.0, 1745, True, "2013-01-07T00:00:00"]


WRONG = {
    "distance": ["1400", True, math.inf, -math.inf, 10**400, [1], {}],
    "sched_dep_time": ["1745", True, 1745.5, 2**53 + 1, math.inf, [1]],
    "carrier": [1, 1.5, True, [], "x" * 4097],
    "holiday": ["true", 2, 0.5],
    "at": ["soon", 20130107, 1.5, True, "2013-02-30"],
}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
def test_a_value_of_another_kind_is_refused_with_its_column_and_row(
    name: str, value: Any, rows: int
) -> None:
    error = refused(columns(rows, **{name: [ROW[name]] * (rows - 1) + [value]}))
    assert (error.status, error.field) == (422, name)
    assert error.reason.startswith(f"row {rows - 1}: ")


def test_large_numbers_whose_sum_is_infinite_are_finite_all_the_same() -> None:
    request = CONTRACT.request(columns(3, distance=[1.7e308, 1.7e308, -5e-324]), 5)
    assert list(request.columns["distance"]) == [1.7e308, 1.7e308, -5e-324]


def test_a_missing_column_is_named_with_the_others_that_are() -> None:
    error = refused({name: [value] for name, value in ROW.items() if name not in ("at", "carrier")})
    assert (error.status, error.field) == (422, "carrier")
    assert 'so too "at"' in error.reason


def test_one_missing_column_is_named_alone() -> None:
    error = refused({name: [value] for name, value in ROW.items() if name != "at"})
    assert (error.field, "so too" in error.reason) == ("at", False)


def test_an_unknown_column_is_refused() -> None:
    error = refused(columns(1, tailnum=["N1"], zzz=[1]))
    assert (error.status, error.field) == (422, "tailnum")
    assert error.reason == 'the model has no such column (so too "zzz")'


def test_many_unknown_columns_are_counted_not_listed() -> None:
    error = refused(columns(1, **{f"x{number}": [1] for number in range(20)}))
    assert error.reason.endswith(" and more)")


def test_columns_of_different_lengths_are_refused() -> None:
    error = refused(columns(2, carrier=["AA"]))
    assert (error.status, error.field) == (422, "carrier")
    assert error.reason == '1 values, where column "distance" has 2'


def test_no_row_is_refused() -> None:
    assert refused(columns(0)).status == 422


def test_too_many_rows_are_refused() -> None:
    error = refused(columns(6))
    assert (error.status, error.reason) == (413, "6 rows; at most 5 in one request")


def test_key_columns_and_event_time_may_come_along() -> None:
    along = {"flight": ["17"], "event_time": ["2013-01-07T17:45:00+01:00"]}
    request = CONTRACT.request(columns(1, **along), 5)
    assert request.extra == {"event_time": ["2013-01-07T16:45:00"], "flight": ["17"]}
    assert list(request.columns) == list(INPUTS)


@pytest.mark.parametrize(
    ("name", "value"), [("flight", 17), ("flight", [1]), ("event_time", "soon"), ("event_time", 5)]
)
def test_what_comes_along_must_fit_too(name: str, value: Any) -> None:
    error = refused(columns(1, **{name: [value]}))
    assert (error.status, error.field) == (422, name)


def test_a_column_that_a_rollout_routes_by_may_come_along() -> None:
    spec = {"key": ["flight"], "serving": {"rollout": {"key": ["customer"]}}}
    contract = InputContract.of({"input_columns": INPUTS, "threshold": None, "spec": spec})
    assert contract.request(columns(1, customer=[5], flight=[2.5]), 5).extra == {
        "customer": [5],
        "flight": [2.5],
    }


@pytest.mark.parametrize(
    ("threshold", "outputs"), [(0.4, ("score", "decision")), (None, ("score",))]
)
def test_a_model_without_threshold_gives_no_decision(
    threshold: float | None, outputs: tuple[str, ...]
) -> None:
    assert InputContract.of(SPEC | {"threshold": threshold}).outputs == outputs


def test_widths_that_are_declared_bound_whole_numbers() -> None:
    spec = {"input_columns": {"n": "int16", "u": "uint8", "f": "float32"}, "threshold": None}
    contract = InputContract.of({**spec, "spec": {}})
    contract.request({"n": [-32768], "u": [255], "f": [0.5]}, 5)
    for name, value in [("n", 32768), ("u", -1), ("u", 256)]:
        row = {"n": [0], "u": [0], "f": [None]} | {name: [value]}
        with pytest.raises(InvalidRequest, match="expected a whole number from"):
            contract.request(row, 5)


def test_a_dtype_no_model_can_take_is_an_error_of_the_declaration() -> None:
    with pytest.raises(ConfigError, match="a model cannot take"):
        InputContract.of({"input_columns": {"x": "array<int>"}, "threshold": None, "spec": {}})
