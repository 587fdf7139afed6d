"""JSON Schemas (2020-12) of what the endpoint answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ml_platform.serving.open_inference import OUTPUTS
from ml_platform.serving.served_model import ServedModel

Schema = dict[str, Any]

_TEXT: Final = {"type": "string"}
_SCORE: Final = {"type": "number"}
_DECISION: Final = {"enum": [0, 1]}
_ROLE: Final = {"enum": ["champion", "challenger"]}
_IDENTIFIER: Final = {"type": "string", "format": "uuid"}


def _object(properties: Mapping[str, Any]) -> Schema:
    return {"type": "object", "properties": dict(properties), "required": list(properties)}


ERROR: Final = _object(
    {
        "error_code": _TEXT,
        "message": _TEXT,
        "field": {"type": ["string", "null"]},
        "request_id": _IDENTIFIER,
        "error": _TEXT,
    }
)
LIVE: Final = _object({"live": {"const": True}})
READY: Final = _object({"ready": {"type": "boolean"}, "reasons": {"type": "array", "items": _TEXT}})
MODEL_READY: Final = _object({"name": _TEXT, "ready": {"const": True}})
SERVER: Final = _object(
    {"name": _TEXT, "version": _TEXT, "extensions": {"type": "array", "items": _TEXT}}
)


def invocation_answer(served: ServedModel) -> Schema:
    """What /invocations answers: one object per row, and who answered."""
    outputs = {"score": _SCORE, "decision": _DECISION}
    row = _object({name: outputs[name] for name in served.contract.outputs})
    return _object(
        {
            "predictions": {"type": "array", "items": row, "minItems": 1},
            "request_id": _IDENTIFIER,
            "model": {"const": served.name},
            "model_version": {"type": "integer"},
            "role": _ROLE,
        }
    )


def infer_answer(served: ServedModel) -> Schema:
    """What the Open Inference Protocol answers: one tensor per output."""
    tensor = _object(
        {
            "name": {"enum": list(served.contract.outputs)},
            "datatype": {"enum": [OUTPUTS[name] for name in served.contract.outputs]},
            "shape": {"type": "array", "items": {"type": "integer"}},
            "data": {"type": "array", "items": _SCORE},
        }
    )
    return _object(
        {
            "model_name": {"const": served.name},
            "model_version": _TEXT,
            "id": _TEXT,
            "parameters": _object({"request_id": _IDENTIFIER, "role": _ROLE}),
            "outputs": {"type": "array", "items": tensor, "minItems": 1},
        }
    )


def metadata_answer() -> Schema:
    """What a model says of itself."""
    tensor = _object(
        {
            "name": _TEXT,
            "datatype": _TEXT,
            "shape": {"type": "array", "items": {"type": "integer"}},
        }
    )
    tensors = {"type": "array", "items": tensor}
    return _object(
        {
            "name": _TEXT,
            "versions": {"type": "array", "items": _TEXT},
            "platform": _TEXT,
            "inputs": tensors,
            "outputs": tensors,
        }
    )
