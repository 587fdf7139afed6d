"""MLflow's scoring protocol (version 2.0 of it): what POST /invocations takes and gives.

https://mlflow.org/docs/latest/ml/deployment/deploy-model-locally/ states the body: exactly one of
`dataframe_split`, `dataframe_records`, `instances` and `inputs`, or CSV. Stricter than MLflow's own
server: columns that the model does not have are refused, and so are rows that lack some. `params`
may be empty only, as no model here declares any; MLflow's server ignores them, which hides that
they do nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any

import orjson

from ml_platform.core.serving_spec import LimitsSpec
from ml_platform.serving.body import Headers, header
from ml_platform.serving.client_id import client_id
from ml_platform.serving.content_type import CSV, JSON, media_type
from ml_platform.serving.csv_body import read_columns
from ml_platform.serving.errors import InvalidRequest
from ml_platform.serving.input_contract import InputContract
from ml_platform.serving.json_body import read_object
from ml_platform.serving.named_tables import (
    Columns,
    columns_of_named,
    columns_of_records,
    columns_of_split,
)
from ml_platform.serving.prediction import Prediction, PredictionRequest

FORMATS: Mapping[str, Callable[[str, Any, Container[str]], Columns]] = {
    "dataframe_split": columns_of_split,
    "dataframe_records": columns_of_records,
    "instances": columns_of_named,
    "inputs": columns_of_named,
}
CLIENT_REQUEST_ID = "client_request_id"


def parse(
    body: bytes, headers: Headers, contract: InputContract, limits: LimitsSpec
) -> PredictionRequest:
    """Return the rows that a body asks scores for.

    Raises:
        InvalidRequest: 400, it cannot be read; 413, too many rows; 415, it is neither JSON nor
            CSV; 422, it does not fit the contract.
    """
    content_type = header(headers, b"content-type")
    if content_type != JSON and media_type(content_type, (JSON, CSV)) == CSV:
        rules = {**contract.inputs, **contract.extra}
        return contract.request(read_columns(body, rules), limits.rows)
    document = read_object(body)
    if len(document) == 1:
        ((name, table),) = document.items()
        asked = None
    else:
        name, asked = _named(document)
        table = document[name]
    if name not in FORMATS:
        raise _no_table(document)
    columns = FORMATS[name](name, table, contract.extra)
    return contract.request(columns, limits.rows, asked)


def encode(prediction: Prediction, request: PredictionRequest) -> bytes:
    """Return the answer: `predictions` as MLflow writes a frame, one object per row.

    Beside it stand request_id, model, model_version and role, which MLflow's clients keep.
    """
    if prediction.decisions is None:
        rows = [{"score": score} for score in prediction.scores]
    else:
        rows = [
            {"score": score, "decision": decision}
            for score, decision in zip(prediction.scores, prediction.decisions, strict=True)
        ]
    return orjson.dumps(
        {
            "predictions": rows,
            "request_id": prediction.request_id,
            "model": prediction.model,
            "model_version": prediction.version,
            "role": prediction.role,
        }
    )


def _named(document: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return which format a body with further keys has, and the caller's name for it."""
    given = [name for name in document if name in FORMATS]
    if len(given) != 1:
        raise _no_table(document)
    odd = sorted(document.keys() - FORMATS.keys() - {"params", CLIENT_REQUEST_ID})
    if odd:
        raise InvalidRequest(422, odd[0][:100], "there is no such key")
    if document.get("params") not in (None, {}):
        raise InvalidRequest(422, "params", "the model's signature declares no parameters")
    return given[0], client_id(CLIENT_REQUEST_ID, document.get(CLIENT_REQUEST_ID))


def _no_table(document: Mapping[str, Any]) -> InvalidRequest:
    given = ", ".join(f'"{name[:40]}"' for name in list(document)[:6]) or "none"
    reason = f"expected exactly one of the keys {', '.join(FORMATS)}; got {given}"
    return InvalidRequest(422, None, reason)
