"""Tensors of the Open Inference Protocol, version 2: one per column, of shape [n] or [n, 1].

https://github.com/open-inference/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
The protocol has no word for a missing value. Here null is one in any tensor, and so is NaN in one
of floating point.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import Any

from ml_platform.serving.binary_tensors import BinaryData
from ml_platform.serving.column_rules import ColumnRule, ValueKind, rule_of, whole_rule
from ml_platform.serving.errors import InvalidRequest

DATATYPES: Mapping[str, ColumnRule] = {
    "BOOL": rule_of("bool"),
    **{
        f"INT{bits}": whole_rule(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        for bits in (8, 16, 32, 64)
    },
    **{f"UINT{bits}": whole_rule(0, 2**bits - 1) for bits in (8, 16, 32, 64)},
    "FP32": rule_of("float64"),
    "FP64": rule_of("float64"),
    "BYTES": rule_of("string"),
}
"""The datatypes that are read, each with what its values are."""

DATATYPE_OF: Mapping[ValueKind, str] = {
    ValueKind.NUMBER: "FP64",
    ValueKind.WHOLE: "INT64",
    ValueKind.BOOLEAN: "BOOL",
    ValueKind.TEXT: "BYTES",
    ValueKind.TIME: "BYTES",
}
"""The datatype a model's metadata names for a column; any other that can hold it is read too."""

_KEYS = {"name", "shape", "datatype", "data", "parameters"}


def read_tensors(tensors: Any, binary: BinaryData) -> dict[str, Sequence[Any]]:
    """Return the columns that a request's `inputs` are.

    Args:
        tensors: as the JSON has them.
        binary: the bytes behind it.

    Raises:
        InvalidRequest: 422, with the tensor at fault.
    """
    if type(tensors) is not list or set(map(type, tensors)) - {dict}:
        raise InvalidRequest(422, "inputs", "expected a list of tensors, one per column")
    columns: dict[str, Sequence[Any]] = {}
    for tensor in tensors:
        name = tensor.get("name")
        if type(name) is not str:
            raise InvalidRequest(422, "inputs", "each tensor needs a name: that of its column")
        if name in columns:
            raise InvalidRequest(422, name[:100], "there is more than one tensor of this name")
        try:
            columns[name] = _values(tensor, binary)
        except ValueError as error:
            raise InvalidRequest(422, name[:100], str(error)) from None
    if binary.left:
        reason = f"no tensor takes the last {binary.left} bytes behind the JSON"
        raise InvalidRequest(422, "inputs", reason)
    return columns


def _values(tensor: Mapping[str, Any], binary: BinaryData) -> Sequence[Any]:
    if not tensor.keys() <= _KEYS:
        raise ValueError(f'a tensor has no key "{min(tensor.keys() - _KEYS)[:100]}"')
    datatype = tensor.get("datatype")
    rule = DATATYPES.get(datatype) if type(datatype) is str else None
    if rule is None:
        raise ValueError(f"the datatype must be one of {', '.join(DATATYPES)}")
    values = rule.column(_flat(tensor.get("shape"), _data(tensor, datatype, binary)))
    return _rounded(values) if datatype == "FP32" else values


def _data(tensor: Mapping[str, Any], datatype: str, binary: BinaryData) -> Any:
    parameters = tensor.get("parameters")
    if parameters is None or parameters == {}:
        return tensor.get("data")
    if type(parameters) is not dict or parameters.keys() != {"binary_data_size"}:
        raise ValueError("a tensor takes no parameter but binary_data_size")
    if "data" in tensor:
        raise ValueError("there is `data` beside binary_data_size: send one of the two")
    return binary.take(parameters["binary_data_size"], datatype)


def _flat(shape: Any, data: Any) -> Sequence[Any]:
    if type(data) is list and shape == [len(data)] and type(shape[0]) is int:
        return data
    if type(shape) is not list or set(map(type, shape)) - {int} or shape[1:] not in ([], [1]):
        raise ValueError("the shape must be [n] or [n, 1]: one value per row")
    if type(data) is not list:
        raise ValueError("`data` must be a list of values")
    if len(shape) == 2 and set(map(type, data)) == {list} and set(map(len, data)) == {1}:
        data = [value for (value,) in data]
    if [len(data)] != shape[:1]:
        raise ValueError(f"the shape is {shape[:2]}, but there are {len(data)} values")
    return data


def _rounded(values: Sequence[float | None]) -> Sequence[float | None]:
    """What single precision holds of the values; one beyond it becomes an infinity."""
    present = iter(array("f", [value for value in values if value is not None]))
    return [None if value is None else next(present) for value in values]
