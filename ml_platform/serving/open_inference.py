"""The Open Inference Protocol, version 2: what POST /v2/models/{model}/infer takes and gives.

https://github.com/open-inference/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
Values come in the JSON or, as Triton's clients send them, in bytes behind it. Answers are JSON
alone, which those clients read as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from ml_platform.core.serving_spec import LimitsSpec
from ml_platform.serving.binary_tensors import split
from ml_platform.serving.body import Headers, header
from ml_platform.serving.client_id import client_id
from ml_platform.serving.content_type import BINARY, JSON, media_type
from ml_platform.serving.errors import InvalidRequest
from ml_platform.serving.input_contract import InputContract
from ml_platform.serving.json_body import read_object
from ml_platform.serving.prediction import Prediction, PredictionRequest
from ml_platform.serving.tensors import read_tensors

SCORE, DECISION = "score", "decision"
OUTPUTS = {SCORE: "FP64", DECISION: "INT64"}

_KEYS = {"id", "inputs", "outputs", "parameters"}
_BINARY_WISH = {"binary_data_output": bool, "binary_data": bool}
"""Parameters that wish for a binary answer; JSON is always an answer too."""


@dataclass(frozen=True, slots=True)
class InferRequest(PredictionRequest):
    """Rows to be scored, and which outputs were asked for, in that order."""

    outputs: tuple[str, ...] = (SCORE,)


def parse(
    body: bytes, headers: Headers, contract: InputContract, limits: LimitsSpec
) -> InferRequest:
    """Return the rows that a body asks scores for; a body without content type is JSON.

    Raises:
        InvalidRequest: 400, it cannot be read; 413, too many rows; 415, it is not JSON; 422, it
            does not fit the protocol or the contract.
    """
    content_type = header(headers, b"content-type")
    if content_type not in (JSON, ""):
        media_type(content_type, (JSON, BINARY))
    written, binary = split(body, headers)
    document = read_object(written)
    odd = sorted(document.keys() - _KEYS)
    if odd:
        raise InvalidRequest(422, odd[0][:100], "there is no such key")
    _require_known("parameters", document.get("parameters"))
    outputs = _outputs(document.get("outputs"), contract.outputs)
    columns = read_tensors(document.get("inputs"), binary)
    asked = contract.request(columns, limits.rows, _id(document.get("id")))
    return InferRequest(asked.columns, asked.rows, asked.extra, asked.client_request_id, outputs)


def encode(prediction: Prediction, request: InferRequest) -> bytes:
    """Return the answer: one tensor of shape [n] per output that was asked for."""
    given = {SCORE: prediction.scores, DECISION: prediction.decisions}
    tensors = [
        {"name": name, "datatype": OUTPUTS[name], "shape": [prediction.rows], "data": given[name]}
        for name in request.outputs
    ]
    return orjson.dumps(
        {
            "model_name": prediction.model,
            "model_version": str(prediction.version),
            "id": request.client_request_id or prediction.request_id,
            "parameters": {"request_id": prediction.request_id, "role": prediction.role},
            "outputs": tensors,
        }
    )


def _id(given: Any) -> str | None:
    # Triton's clients write an empty one for none.
    return None if given == "" else client_id("id", given)


def _outputs(asked: Any, given: tuple[str, ...]) -> tuple[str, ...]:
    if asked is None or asked == []:
        return given
    if type(asked) is not list or set(map(type, asked)) - {dict}:
        raise InvalidRequest(422, "outputs", "expected a list of objects with a name each")
    names = [output.get("name") for output in asked]
    for output, name in zip(asked, names, strict=True):
        if name not in given or names.count(name) > 1 or output.keys() - {"name", "parameters"}:
            reason = f"each must name another one of {', '.join(given)}"
            raise InvalidRequest(422, "outputs", reason)
        _require_known(f"outputs.{name}.parameters", output.get("parameters"))
    return tuple(names)


def _require_known(field: str, parameters: Any) -> None:
    if parameters is None:
        return
    if type(parameters) is not dict:
        raise InvalidRequest(422, field, "expected an object")
    for name, value in parameters.items():
        if type(value) is not _BINARY_WISH.get(name):
            known = " and ".join(_BINARY_WISH)
            reason = f'there is no parameter "{name[:100]}" of that type; known are {known}'
            raise InvalidRequest(422, field, f"{reason}, true or false")
