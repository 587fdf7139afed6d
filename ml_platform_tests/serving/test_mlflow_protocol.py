"""Bodies of /invocations: every form MLflow documents is read, anything else refused with why."""

import csv
import io
import json
from typing import Any

import pytest

from ml_platform.serving import mlflow_protocol
from ml_platform.serving.errors import InvalidRequest
from ml_platform.serving.prediction import Prediction, PredictionRequest
from ml_platform_tests.serving.contracts import CONTRACT, INPUTS, LIMITS, ROW, columns, headers

ROWS = [ROW, {**ROW, "carrier": None, "distance": 7.0}]
SPLIT = {"columns": list(INPUTS), "data": [[row[name] for name in INPUTS] for row in ROWS]}
NAMED = {name: [row[name] for row in ROWS] for name in INPUTS}


def parsed(body: Any, content_type: str = "application/json") -> PredictionRequest:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return mlflow_protocol.parse(raw, headers(content_type), CONTRACT, LIMITS)


def refused(body: Any, content_type: str = "application/json") -> InvalidRequest:
    with pytest.raises(InvalidRequest) as caught:
        parsed(body, content_type)
    return caught.value


def as_csv(rows: list[dict[str, Any]]) -> bytes:
    written = io.StringIO()
    writer = csv.DictWriter(written, list(INPUTS))
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().encode()


FORMS: dict[str, Any] = {
    "split": {"dataframe_split": SPLIT},
    "split with an index": {"dataframe_split": {**SPLIT, "index": [4, 9]}},
    "records": {"dataframe_records": ROWS},
    "instances": {"instances": ROWS},
    "instances by column": {"instances": NAMED},
    "inputs by column": {"inputs": NAMED},
    "inputs as records": {"inputs": ROWS},
    "no parameters": {"dataframe_records": ROWS, "params": {}},
    "null parameters": {"params": None, "dataframe_records": ROWS},
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_request(form: str) -> None:
    request = parsed(FORMS[form])
    assert {name: list(values) for name, values in request.columns.items()} == NAMED
    assert (request.rows, request.client_request_id) == (2, None)


def test_csv_gives_the_same_request() -> None:
    request = parsed(as_csv(ROWS), "text/csv; charset=utf-8")
    assert {name: list(values) for name, values in request.columns.items()} == NAMED


@pytest.mark.parametrize("form", ["instances", "inputs"])
def test_one_row_may_be_an_object_of_values(form: str) -> None:
    request = parsed({form: ROW})
    assert {name: list(values) for name, values in request.columns.items()} == columns(1)


def test_the_callers_name_for_the_request_is_kept() -> None:
    request = parsed({"dataframe_records": ROWS, "client_request_id": "order-17"})
    assert request.client_request_id == "order-17"


def test_key_columns_may_be_absent_from_some_rows() -> None:
    request = parsed({"dataframe_records": [{**ROW, "flight": "17"}, ROW]})
    assert request.extra == {"flight": ["17", None]}


REFUSED: list[tuple[Any, int, str | None]] = [
    ({}, 422, None),
    ({"columns": []}, 422, None),
    ({"dataframe_split": SPLIT, "inputs": NAMED}, 422, None),
    ({"dataframe_records": ROWS, "signature_name": "x"}, 422, "signature_name"),
    ({"dataframe_records": ROWS, "params": {"temperature": 1}}, 422, "params"),
    ({"dataframe_records": ROWS, "params": []}, 422, "params"),
    ({"dataframe_records": ROWS, "client_request_id": 7}, 422, "client_request_id"),
    ({"dataframe_records": ROWS, "client_request_id": "x" * 201}, 422, "client_request_id"),
    ({"dataframe_split": ROWS}, 422, "dataframe_split"),
    ({"dataframe_split": {"data": SPLIT["data"]}}, 422, "dataframe_split"),
    ({"dataframe_split": {**SPLIT, "dtypes": []}}, 422, "dataframe_split.dtypes"),
    ({"dataframe_split": {**SPLIT, "index": 5}}, 422, "dataframe_split.index"),
    ({"dataframe_split": {**SPLIT, "columns": "distance"}}, 422, "dataframe_split.columns"),
    ({"dataframe_split": {**SPLIT, "columns": [1, 2]}}, 422, "dataframe_split.columns"),
    ({"dataframe_split": {**SPLIT, "columns": ["at", "at"]}}, 422, "at"),
    ({"dataframe_split": {**SPLIT, "data": {}}}, 422, "dataframe_split.data"),
    ({"dataframe_split": {**SPLIT, "data": [1]}}, 422, "dataframe_split.data"),
    ({"dataframe_split": {**SPLIT, "data": [[1, 2]]}}, 422, "dataframe_split.data"),
    ({"dataframe_split": {**SPLIT, "data": []}}, 422, None),
    ({"dataframe_records": []}, 422, "dataframe_records"),
    ({"dataframe_records": ROW}, 422, "dataframe_records"),
    ({"dataframe_records": [1]}, 422, "dataframe_records"),
    ({"dataframe_records": [ROW, {}]}, 422, "distance"),
    ({"dataframe_records": [ROW, {**ROW, "zzz": 1}]}, 422, "zzz"),
    ({"dataframe_records": ROWS * 3}, 413, None),
    ({"instances": [[1, 2, 3, 4, 5]]}, 422, "instances"),
    ({"inputs": {**NAMED, "carrier": "AA"}}, 422, "carrier"),
    ({"inputs": {**NAMED, "carrier": ["AA"]}}, 422, "carrier"),
    ({"inputs": {}}, 422, "distance"),
    ({"inputs": 5}, 422, "inputs"),
    ({"inputs": {**ROW, "carrier": {"a": 1}}}, 422, "distance"),
]


@pytest.mark.parametrize(("body", "status", "field"), REFUSED)
def test_a_body_of_another_form_is_refused_with_its_field(
    body: Any, status: int, field: str | None
) -> None:
    error = refused(body)
    assert (error.status, error.field) == (status, field)
    assert error.reason


def test_infinity_is_refused_with_its_column() -> None:
    body = json.dumps({"inputs": {**NAMED, "distance": [1.0, float("inf")]}}).encode()
    error = refused(body)
    assert (error.status, error.field) == (422, "distance")
    assert error.reason == "row 1: expected a finite number, got inf"


@pytest.mark.parametrize(
    "content_type",
    [
        *("", "text/plain", "application/vnd.apache.parquet", "application/x-www-form-urlencoded"),
        *("application/json; charset=latin-1", "text/csv; header=present", "application/jsonx"),
    ],
)
def test_another_content_type_is_refused(content_type: str) -> None:
    error = refused({"dataframe_records": ROWS}, content_type)
    assert (error.status, error.field) == (415, "content-type")


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json; charset=utf-8", 'Application/JSON ; Charset="UTF-8";'],
)
def test_json_may_name_its_charset(content_type: str) -> None:
    assert parsed({"dataframe_records": ROWS}, content_type).rows == 2


def test_the_answer_is_what_mlflow_writes_and_who_gave_it() -> None:
    made = Prediction("id", "m", 3, "champion", [0.5, 0.25], [1, 0], 0.4, 2, 1.0)
    request = parsed({"dataframe_records": ROWS})
    assert json.loads(mlflow_protocol.encode(made, request)) == {
        "predictions": [{"score": 0.5, "decision": 1}, {"score": 0.25, "decision": 0}],
        "request_id": "id",
        "model": "m",
        "model_version": 3,
        "role": "champion",
    }


def test_the_answer_of_a_model_that_decides_nothing_has_no_decision() -> None:
    made = Prediction("id", "m", 3, "champion", [12.5], None, None, 1, 1.0)
    answer = json.loads(mlflow_protocol.encode(made, parsed({"inputs": ROW})))
    assert answer["predictions"] == [{"score": 12.5}]
