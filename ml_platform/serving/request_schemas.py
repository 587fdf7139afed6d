"""JSON Schemas (2020-12) of what a model takes, made from its contract.

Every document that fits a schema is answered. Some that do not fit are answered too, where a
schema cannot say that lists have one length: columns and tensors are described with one row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import permutations
from typing import Any, Final

from ml_platform.core.column_kind import TEXT_LIMIT
from ml_platform.serving.client_id import ID_LIMIT
from ml_platform.serving.column_rules import EXACT, ColumnRule, ValueKind
from ml_platform.serving.input_contract import InputContract
from ml_platform.serving.mlflow_protocol import CLIENT_REQUEST_ID
from ml_platform.serving.tensors import DATATYPE_OF

Schema = dict[str, Any]

_LARGEST: Final = 1.7976931348623157e308
_TEXT: Final = {"type": ["string", "null"], "maxLength": TEXT_LIMIT}
_DAY = "((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
_TIME = f"^(19|20)[0-9]{{2}}-{_DAY}(T{_CLOCK}(:[0-5][0-9]([.][0-9]{{1,6}})?)?(Z|[+-]{_CLOCK})?)?$"

_VALUES: Mapping[ValueKind, Callable[[ColumnRule], Schema]] = {
    ValueKind.NUMBER: lambda rule: {
        "type": ["number", "null"],
        "minimum": -_LARGEST,
        "maximum": _LARGEST,
    },
    ValueKind.WHOLE: lambda rule: {
        "type": ["integer", "null"],
        **_between(*(rule.bounds or (-EXACT, EXACT))),
    },
    ValueKind.BOOLEAN: lambda rule: {"enum": [True, False, 1, 0, None]},
    ValueKind.TEXT: lambda rule: dict(_TEXT),
    ValueKind.TIME: lambda rule: {
        "type": ["string", "null"],
        "pattern": _TIME,
        "description": "A time, ISO 8601; without a zone it is UTC. February 29 is taken too.",
    },
    ValueKind.ANY: lambda rule: {
        "type": ["string", "number", "boolean", "null"],
        "maxLength": TEXT_LIMIT,
        **_between(-(2**63), 2**63 - 1),
    },
}


def value_schema(rule: ColumnRule) -> Schema:
    """The schema of one value of a column; null is missing."""
    return _VALUES[rule.kind](rule)


def record_schema(contract: InputContract) -> Schema:
    """One row: every input column, and what may come along."""
    rules = {**contract.inputs, **contract.extra}
    return {
        "type": "object",
        "properties": {name: value_schema(rule) for name, rule in rules.items()},
        "required": list(contract.inputs),
        "additionalProperties": False,
    }


def table_schemas(contract: InputContract, record: Schema, rows: int) -> dict[str, Schema]:
    """The formats of /invocations, by the key of the body each stands under.

    Args:
        contract: of the model.
        record: schema of one row, or a reference to it.
        rows: how many there may be at most.
    """
    records = {"type": "array", "items": record, "minItems": 1, "maxItems": rows}
    named = {"anyOf": [records, record, _columns(contract)]}
    return {
        "dataframe_split": _split(contract, rows),
        "dataframe_records": records,
        "instances": named,
        "inputs": named,
    }


def invocation_schema(tables: Mapping[str, Schema]) -> Schema:
    """A body of /invocations: exactly one of the formats."""
    beside = {
        "params": {"type": ["object", "null"], "maxProperties": 0},
        CLIENT_REQUEST_ID: {"type": ["string", "null"], "minLength": 1, "maxLength": ID_LIMIT},
    }
    return {
        "oneOf": [
            {
                "type": "object",
                "properties": {name: table, **beside},
                "required": [name],
                "additionalProperties": False,
            }
            for name, table in tables.items()
        ]
    }


def infer_schema(contract: InputContract) -> Schema:
    """A body of the Open Inference Protocol: one tensor per column, here with one row."""
    tensors = [_tensor(name, rule) for name, rule in contract.inputs.items()]
    parameters = {
        "type": ["object", "null"],
        "properties": {
            "binary_data_output": {"type": "boolean"},
            "binary_data": {"type": "boolean"},
        },
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "description": "Tensors may come in any order, with any number of rows, and in any "
        "datatype that holds their values; as bytes behind the JSON too.",
        "properties": {
            "id": {"type": ["string", "null"], "maxLength": ID_LIMIT},
            "inputs": _tuple(tensors),
            "outputs": _outputs(contract.outputs, parameters),
            "parameters": parameters,
        },
        "required": ["inputs"],
        "additionalProperties": False,
    }


def _outputs(names: tuple[str, ...], parameters: Schema) -> Schema:
    """Any of the outputs in any order, none twice; null and none stand for all."""
    output = {
        name: {
            "type": "object",
            "properties": {"name": {"const": name}, "parameters": parameters},
            "required": ["name"],
            "additionalProperties": False,
        }
        for name in names
    }
    orders = (order for count in range(len(names) + 1) for order in permutations(names, count))
    tuples = [_tuple([output[name] for name in order]) for order in orders]
    return {"anyOf": [{"type": "null"}, *tuples]}


def _split(contract: InputContract, rows: int) -> Schema:
    row = _tuple([value_schema(rule) for rule in contract.inputs.values()])
    return {
        "type": "object",
        "description": "Columns may come in any order, as long as each row follows it.",
        "properties": {
            "columns": _tuple([{"const": name} for name in contract.inputs]),
            "data": {"type": "array", "items": row, "minItems": 1, "maxItems": rows},
            "index": {"type": "array", "description": "Names of rows: not looked at."},
        },
        "required": ["columns", "data"],
        "additionalProperties": False,
    }


def _columns(contract: InputContract) -> Schema:
    return {
        "type": "object",
        "description": "One list per column; all may be longer, as long as they are equally long.",
        "properties": {
            name: {"type": "array", "items": value_schema(rule), "minItems": 1, "maxItems": 1}
            for name, rule in contract.inputs.items()
        },
        "required": list(contract.inputs),
        "additionalProperties": False,
    }


def _tensor(name: str, rule: ColumnRule) -> Schema:
    return {
        "type": "object",
        "properties": {
            "name": {"const": name},
            "shape": {"enum": [[1], [1, 1]]},
            "datatype": {"const": DATATYPE_OF[rule.kind]},
            "data": {"type": "array", "items": value_schema(rule), "minItems": 1, "maxItems": 1},
            "parameters": {"type": ["object", "null"], "maxProperties": 0},
        },
        "required": ["name", "shape", "datatype", "data"],
        "additionalProperties": False,
    }


def _tuple(parts: list[Schema]) -> Schema:
    count = len(parts)
    sized = {"type": "array", "minItems": count, "maxItems": count}
    return {**sized, "prefixItems": parts} if parts else sized


def _between(least: int, greatest: int) -> Schema:
    return {"minimum": least, "maximum": greatest}
