"""The endpoint's description in OpenAPI 3.1: every path, with schemas of the models live now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ml_platform
from ml_platform.serving.access import OPEN
from ml_platform.serving.content_type import CSV, JSON
from ml_platform.serving.csv_schema import csv_schema
from ml_platform.serving.error_document import CODES
from ml_platform.serving.request_schemas import (
    Schema,
    infer_schema,
    invocation_schema,
    record_schema,
    table_schemas,
)
from ml_platform.serving.response_schemas import (
    ERROR,
    LIVE,
    MODEL_READY,
    READY,
    SERVER,
    infer_answer,
    invocation_answer,
    metadata_answer,
)
from ml_platform.serving.served_model import ServedModel

TEXT = "text/plain"
_REFUSALS = {
    400: "The body cannot be read.",
    401: "No token, or one that is not known.",
    403: "A token without the scope that is needed.",
    404: "No such model or version is live.",
    408: "The body took too long to come.",
    413: "More rows or bytes than the model's limits allow.",
    415: "Another content type than those listed.",
    422: "The body does not fit the model's signature; field and message say where and why.",
    503: "The model cannot answer now, or too many requests are in work; see Retry-After.",
}


def description(live: Iterable[ServedModel], *, tokens: bool = False) -> dict[str, Any]:
    """Return the document that describes an endpoint.

    Args:
        live: the champions.
        tokens: whether a token is asked for.
    """
    models = sorted(live, key=lambda served: served.name)
    paths: dict[str, Any] = _server_paths()
    for served in models:
        paths |= _model_paths(served)
    if len(models) == 1:
        paths["/invocations"] = {"post": _invocation(models[0], "invocations")}
    rows = {f"{served.name}.row": record_schema(served.contract) for served in models}
    components: dict[str, Any] = {"schemas": {"Error": ERROR, **rows}}
    if tokens:
        components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        _ask_for_tokens(paths)
    return {
        "openapi": "3.1.0",
        "info": {"title": "ml_platform endpoint", "version": ml_platform.__version__},
        "paths": paths,
        "components": components,
    }


def _ask_for_tokens(paths: dict[str, Any]) -> None:
    refusals = {str(status): _refusal(status) for status in (401, 403)}
    for path in paths.keys() - OPEN:
        for operation in paths[path].values():
            operation["security"] = [{"token": []}]
            operation["responses"] |= refusals


def _server_paths() -> dict[str, Any]:
    ready = {200: _json("Ready.", READY), 503: _json("Not ready, and why.", READY)}
    return {
        "/ping": _page("ping", ready),
        "/health": _page("health", ready),
        "/version": _page("version", {200: _text("The version of MLflow whose protocol it is.")}),
        "/v2": _page("server", {200: _json("The server.", SERVER)}),
        "/v2/health/live": _page("live", {200: _json("Alive.", LIVE)}),
        "/v2/health/ready": _page("ready", ready),
        "/metrics": _page("metrics", {200: _text("Numbers for Prometheus.")}),
        "/openapi.json": _page("openapi", {200: _json("This document.", {"type": "object"})}),
    }


def _model_paths(served: ServedModel) -> dict[str, Any]:
    paths: dict[str, Any] = {
        f"/models/{served.name}/invocations": {
            "post": _invocation(served, f"{served.name}.invocations")
        }
    }
    base = f"/v2/models/{served.name}"
    for path, said in ((base, ""), (f"{base}/versions/{served.version}", ".version")):
        name = f"{served.name}{said}"
        about = {200: _json("The model.", metadata_answer()), 404: _refusal(404)}
        is_ready = {200: _json("Ready.", MODEL_READY), 404: _refusal(404), 503: _refusal(503)}
        paths |= {
            path: _page(f"{name}.model", about),
            f"{path}/ready": _page(f"{name}.ready", is_ready),
            f"{path}/infer": {"post": _infer(served, f"{name}.infer")},
        }
    return paths


def _page(name: str, responses: dict[int, Schema]) -> dict[str, Any]:
    by_status = {str(status): response for status, response in responses.items()}
    return {"get": {"operationId": name, "responses": by_status}}


def _invocation(served: ServedModel, name: str) -> dict[str, Any]:
    record = {"$ref": f"#/components/schemas/{served.name}.row"}
    tables = table_schemas(served.contract, record, served.serving.limits.rows)
    content = {
        JSON: {"schema": invocation_schema(tables)},
        CSV: {"schema": csv_schema(served.contract)},
    }
    return _prediction(name, "MLflow's scoring protocol", content, invocation_answer(served))


def _infer(served: ServedModel, name: str) -> dict[str, Any]:
    content = {JSON: {"schema": infer_schema(served.contract)}}
    return _prediction(name, "Open Inference Protocol, version 2", content, infer_answer(served))


def _prediction(name: str, summary: str, content: dict[str, Any], answer: Schema) -> dict[str, Any]:
    responses = {200: _json("The prediction.", answer)}
    responses |= {status: _refusal(status) for status in _REFUSALS if status not in (401, 403)}
    return {
        "operationId": name,
        "summary": summary,
        "requestBody": {"required": True, "content": content},
        "responses": {str(status): response for status, response in responses.items()},
    }


def _refusal(status: int) -> Schema:
    schema = {"$ref": "#/components/schemas/Error"}
    return _json(f"{CODES[status]}: {_REFUSALS[status]}", schema)


def _json(said: str, schema: Schema) -> Schema:
    return {"description": said, "content": {JSON: {"schema": schema}}}


def _text(said: str) -> Schema:
    return {"description": said, "content": {TEXT: {"schema": {"type": "string"}}}}
