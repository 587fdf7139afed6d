"""Bodies of /v2/models/{model}/infer: tensors of one value per row, or why not."""

import json
from typing import Any

import numpy as np
import pytest

from ml_platform.serving import open_inference
from ml_platform.serving.binary_tensors import BinaryData
from ml_platform.serving.errors import InvalidRequest
from ml_platform.serving.input_contract import InputContract
from ml_platform.serving.prediction import Prediction
from ml_platform_tests.serving.contracts import CONTRACT, INPUTS, LIMITS, SPEC, headers

DATA: dict[str, tuple[str, list[Any]]] = {
    "distance": ("FP64", [1400.5, None]),
    "sched_dep_time": ("INT32", [1745, 5]),
    "carrier": ("BYTES", ["AA", "\u00e9"]),
    "holiday": ("BOOL", [True, False]),
    "at": ("BYTES", ["2013-01-07T17:45:00", None]),
}
MADE = Prediction("id", "m", 3, "champion", [0.5, 0.25], [1, 0], 0.4, 2, 1.0)


def tensor(name: str, **changed: Any) -> dict[str, Any]:
    datatype, data = DATA[name]
    return {"name": name, "datatype": datatype, "shape": [2], "data": data} | changed


def body(**changed: Any) -> dict[str, Any]:
    return {"inputs": [tensor(name) for name in INPUTS]} | changed


def with_tensor(name: str, **changed: Any) -> dict[str, Any]:
    return {"inputs": [tensor(each, **(changed if each == name else {})) for each in INPUTS]}


def parsed(
    given: Any,
    content_type: str = "application/json",
    contract: InputContract = CONTRACT,
    **more: str,
) -> open_inference.InferRequest:
    raw = given if isinstance(given, bytes) else json.dumps(given).encode()
    return open_inference.parse(raw, headers(content_type, **more), contract, LIMITS)


def refused(given: Any, **options: Any) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as caught:
        parsed(given, **options)
    return caught.value


@pytest.mark.parametrize("content_type", ["", "application/json", "application/json;charset=utf8"])
def test_one_tensor_per_column_is_one_request(content_type: str) -> None:
    request = parsed(body(id="mine"), content_type)
    assert {name: list(values) for name, values in request.columns.items()} == {
        name: data for name, (_, data) in DATA.items()
    }
    assert (request.rows, request.client_request_id) == (2, "mine")
    assert request.outputs == ("score", "decision")


@pytest.mark.parametrize("data", [[1.5, None], [[1.5], [None]]])
def test_a_tensor_may_have_a_second_dimension_of_one(data: list[Any]) -> None:
    request = parsed(with_tensor("distance", shape=[2, 1], data=data))
    assert list(request.columns["distance"]) == [1.5, None]


def test_single_precision_holds_what_it_can() -> None:
    request = parsed(with_tensor("distance", datatype="FP32", data=[0.1, None]))
    assert list(request.columns["distance"]) == [float(np.float32(0.1)), None]
    error = refused(with_tensor("distance", datatype="FP32", data=[1e39, 0.0]))
    assert (error.status, error.field) == (422, "distance")


@pytest.mark.parametrize(
    "datatype",
    ["INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64", "FP32", "FP64"],
)
def test_numbers_may_come_in_any_datatype_of_numbers(datatype: str) -> None:
    for name in ("distance", "sched_dep_time"):
        request = parsed(with_tensor(name, datatype=datatype, data=[7, 100]))
        assert list(request.columns[name]) == [7, 100]


@pytest.mark.parametrize(
    ("datatype", "value"),
    [
        *(("INT8", 128), ("INT8", -129), ("UINT8", -1), ("UINT16", 65536), ("INT32", 2**31)),
        *(("INT64", 1.5), ("UINT64", 2**64), ("INT64", "1"), ("INT32", True), ("FP64", "1")),
        *(("FP64", True), ("BYTES", 1), ("BOOL", 5), ("FP64", [1.0])),
    ],
)
def test_a_value_outside_its_datatype_is_refused(datatype: str, value: Any) -> None:
    error = refused(with_tensor("distance", datatype=datatype, data=[0, value]))
    assert (error.status, error.field) == (422, "distance")


@pytest.mark.parametrize(
    ("name", "datatype", "data"),
    [
        *(("carrier", "INT64", [1, 2]), ("distance", "BYTES", ["1", "2"])),
        *(("sched_dep_time", "FP64", [1.5, 2.0]), ("distance", "BOOL", [True, False])),
    ],
)
def test_a_tensor_of_another_kind_than_its_column_is_refused(
    name: str, datatype: str, data: list[Any]
) -> None:
    error = refused(with_tensor(name, datatype=datatype, data=data))
    assert (error.status, error.field) == (422, name)


@pytest.mark.parametrize(
    "changed",
    [
        *({"datatype": "FP16"}, {"datatype": None}, {"datatype": ["FP64"]}, {"shape": [3]}),
        *({"shape": []}, {"shape": [1, 2]}, {"shape": [2, 1, 1]}, {"shape": "2"}, {"shape": [2.0]}),
        *({"shape": [True]}, {"shape": [-1]}, {"data": None}, {"data": 5}, {"data": [1.0]}),
        *({"parameters": {"priority": 16}}, {"parameters": 5}, {"contents": []}),
        {"data": [[1.0], [2.0]]},
    ],
)
def test_a_tensor_of_another_form_is_refused(changed: dict[str, Any]) -> None:
    error = refused(with_tensor("distance", **changed))
    assert (error.status, error.field) == (422, "distance")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "inputs"),
        ({"inputs": {}}, "inputs"),
        ({"inputs": [1]}, "inputs"),
        ({"inputs": [{"data": []}]}, "inputs"),
        ({"inputs": [tensor("at"), tensor("at")]}, "at"),
        ({"inputs": [tensor("at")]}, "distance"),
        (body(id=7), "id"),
        (body(id="x" * 201), "id"),
        (body(signature="x"), "signature"),
        (body(parameters={"priority": 1}), "parameters"),
        (body(parameters=[]), "parameters"),
        (body(outputs={}), "outputs"),
        (body(outputs=["score"]), "outputs"),
        (body(outputs=[{"name": "shap"}]), "outputs"),
        (body(outputs=[{"name": ["score"]}]), "outputs"),
        (body(outputs=[{"name": "score"}, {"name": "score"}]), "outputs"),
        (body(outputs=[{"name": "score", "shape": [2]}]), "outputs"),
        (
            body(outputs=[{"name": "score", "parameters": {"classification": 2}}]),
            "outputs.score.parameters",
        ),
    ],
)
def test_a_body_of_another_form_is_refused_with_its_field(given: Any, field: str) -> None:
    error = refused(given)
    assert (error.status, error.field) == (422, field)


def binary(datatype: str, data: bytes, /, **changed: Any) -> tuple[bytes, str]:
    """A body whose first tensor stands behind the JSON, and how long that is."""
    given: dict[str, Any] = {"parameters": {"binary_data_size": len(data)}} | changed
    first = tensor("distance", datatype=datatype, **given)
    if "data" not in changed:
        del first["data"]
    rest = [tensor(name) for name in INPUTS if name != "distance"]
    written = json.dumps({"inputs": [first, *rest]}).encode()
    return written + data, str(len(written))


@pytest.mark.parametrize(
    ("datatype", "dtype"),
    [("FP64", "<f8"), ("FP32", "<f4"), ("INT8", "i1"), ("INT64", "<i8"), ("UINT16", "<u2")],
)
def test_values_may_stand_in_bytes_behind_the_json(datatype: str, dtype: str) -> None:
    raw, length = binary(datatype, np.array([7, 100], dtype=dtype).tobytes())
    request = parsed(raw, "application/octet-stream", inference_header_content_length=length)
    assert list(request.columns["distance"]) == [7, 100]


def test_texts_in_bytes_have_their_lengths_ahead() -> None:
    taken = BinaryData(b"\x02\x00\x00\x00AA\x00\x00\x00\x00\x02\x00\x00\x00\xc3\xa9!")
    assert taken.take(16, "BYTES") == ["AA", "", "\u00e9"]
    assert taken.left == 1


def test_nan_in_bytes_is_missing_and_infinity_refused() -> None:
    raw, length = binary("FP64", np.array([np.nan, -0.0]).tobytes())
    request = parsed(raw, inference_header_content_length=length)
    assert list(request.columns["distance"]) == [None, -0.0]
    raw, length = binary("FP64", np.array([0, np.inf]).tobytes())
    assert refused(raw, inference_header_content_length=length).field == "distance"


@pytest.mark.parametrize(
    ("datatype", "data", "changed"),
    [
        ("FP64", b"1234567", {}),
        ("FP64", b"12345678", {}),
        ("BOOL", b"\x00\x02", {}),
        ("BYTES", b"\x05\x00\x00\x00abc", {}),
        ("BYTES", b"\x05\x00", {}),
        ("BYTES", b"\x01\x00\x00\x00\xff" * 2, {}),
        ("FP64", bytes(16), {"data": [1.0, 2.0]}),
        ("FP64", bytes(16), {"parameters": {"binary_data_size": 17}}),
        ("FP64", bytes(16), {"parameters": {"binary_data_size": -8}}),
        ("FP64", bytes(16), {"parameters": {"binary_data_size": True}}),
        ("FP64", bytes(16), {"parameters": {"binary_data_size": 16, "x": 1}}),
        ("FP16", bytes(4), {}),
    ],
)
def test_bytes_that_are_no_values_are_refused(
    datatype: str, data: bytes, changed: dict[str, Any]
) -> None:
    raw, length = binary(datatype, data, **changed)
    error = refused(raw, inference_header_content_length=length)
    assert (error.status, error.field) == (422, "distance")


def test_bytes_that_no_tensor_takes_are_refused() -> None:
    raw, length = binary("FP64", bytes(16))
    error = refused(raw + b"x", inference_header_content_length=length)
    assert (error.status, error.field) == (422, "inputs")


@pytest.mark.parametrize(
    "length", ["-1", "abc", "99999999999999999999", "0000000000001", "\u00b2", "1e2"]
)
def test_a_length_of_the_json_that_is_none_is_refused(length: str) -> None:
    raw, _ = binary("FP64", bytes(16))
    assert refused(raw, inference_header_content_length=length).status == 400


def test_what_is_no_json_is_refused() -> None:
    assert refused(b"{").status == 400
    assert refused(body(), content_type="text/csv").status == 415


def test_a_wish_for_a_binary_answer_gets_json() -> None:
    wish = {"name": "score", "parameters": {"binary_data": True}}
    request = parsed(body(outputs=[wish], parameters={"binary_data_output": True}, id=""))
    assert (request.outputs, request.client_request_id) == (("score",), None)


def test_the_answer_has_one_tensor_per_output_in_the_order_asked_for() -> None:
    request = parsed(body(id="mine", outputs=[{"name": "decision"}, {"name": "score"}]))
    assert json.loads(open_inference.encode(MADE, request)) == {
        "model_name": "m",
        "model_version": "3",
        "id": "mine",
        "parameters": {"request_id": "id", "role": "champion"},
        "outputs": [
            {"name": "decision", "datatype": "INT64", "shape": [2], "data": [1, 0]},
            {"name": "score", "datatype": "FP64", "shape": [2], "data": [0.5, 0.25]},
        ],
    }


def test_a_request_without_a_name_is_answered_with_the_servers() -> None:
    assert json.loads(open_inference.encode(MADE, parsed(body())))["id"] == "id"


def test_a_model_that_decides_nothing_has_no_such_output() -> None:
    contract = InputContract.of(SPEC | {"threshold": None})
    assert parsed(body(), contract=contract).outputs == ("score",)
    assert refused(body(outputs=[{"name": "decision"}]), contract=contract).field == "outputs"
