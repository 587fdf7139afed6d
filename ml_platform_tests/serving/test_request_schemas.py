"""Whatever fits the published schemas is taken: every kind of column, in every form."""

import json
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ml_platform.core.serving_spec import LimitsSpec
from ml_platform.serving import mlflow_protocol, open_inference
from ml_platform.serving.csv_schema import csv_schema
from ml_platform.serving.input_contract import InputContract
from ml_platform.serving.request_schemas import (
    Schema,
    infer_schema,
    invocation_schema,
    record_schema,
    table_schemas,
)
from ml_platform_tests.serving.contracts import headers

LIMITS = LimitsSpec(rows=50)
CONTRACT = InputContract.of(
    {
        "input_columns": {
            "number": "double",
            "whole": "int",
            "narrow": "int8",
            "flag": "boolean",
            "word": "string",
            "at": "timestamp",
            'odd, "name"': "float32",
        },
        "threshold": 0.5,
        "spec": {"key": ["customer"]},
    }
)


def documents(schema: Schema) -> st.SearchStrategy[Any]:
    """Documents that fit a schema, as schemathesis draws them."""
    content = {"application/json": {"schema": schema}}
    operation = {"requestBody": {"required": True, "content": content}, "responses": {"200": {}}}
    described = {
        "openapi": "3.1.0",
        "info": {"title": "x", "version": "1"},
        "paths": {"/x": {"post": operation}},
    }
    for found in schemathesis.openapi.from_dict(described).get_all_operations():
        return found.ok().as_strategy().map(lambda case: case.body)
    raise AssertionError("there is one operation")


TABLES = table_schemas(CONTRACT, record_schema(CONTRACT), LIMITS.rows)
BOUNDED = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@BOUNDED
@given(documents(invocation_schema(TABLES)))
def test_every_table_of_the_schema_is_taken(document: Any) -> None:
    body = json.dumps(document).encode()
    assert mlflow_protocol.parse(body, headers(), CONTRACT, LIMITS).rows


@BOUNDED
@given(documents(infer_schema(CONTRACT)))
def test_every_tensor_of_the_schema_is_taken(document: Any) -> None:
    body = json.dumps(document).encode()
    assert open_inference.parse(body, headers(), CONTRACT, LIMITS).rows == 1


@BOUNDED
@given(st.from_regex(csv_schema(CONTRACT)["pattern"], fullmatch=True))
def test_every_csv_of_the_schema_is_taken(body: str) -> None:
    assert mlflow_protocol.parse(body.encode(), headers("text/csv"), CONTRACT, LIMITS).rows


def test_a_schema_names_what_may_come_along() -> None:
    row = record_schema(CONTRACT)
    assert row["properties"].keys() - set(row["required"]) == {"customer", "event_time"}
    assert row["properties"]["narrow"]["maximum"] == 127
