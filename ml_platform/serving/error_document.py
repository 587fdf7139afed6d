"""The JSON that says why there is no prediction; one form in all protocols.

`error_code` and `message` are where MLflow's clients look, `error` is where clients of the Open
Inference Protocol look. `field` names the input or key at fault, or is null.
"""

from __future__ import annotations

import orjson

from ml_platform.serving.errors import RequestRefused

CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "RESOURCE_DOES_NOT_EXIST",
    405: "METHOD_NOT_ALLOWED",
    408: "REQUEST_TIMEOUT",
    413: "REQUEST_TOO_LARGE",
    415: "UNSUPPORTED_CONTENT",
    422: "INVALID_PARAMETER_VALUE",
    431: "REQUEST_HEADERS_TOO_LARGE",
    503: "TEMPORARILY_UNAVAILABLE",
}
"""One word per status; where MLflow's error codes have one, it is theirs."""
_FAILED = "INTERNAL_ERROR"


def error_document(refused: RequestRefused, request_id: str) -> bytes:
    """Return the document.

    >>> from ml_platform.serving.errors import InvalidRequest
    >>> error_document(InvalidRequest(422, "temp", "row 0: expected a number"), "id").decode()[:40]
    '{"error_code":"INVALID_PARAMETER_VALUE",'
    """
    place = f'column or key "{refused.field}": ' if refused.field else ""
    return orjson.dumps(
        {
            "error_code": CODES.get(refused.status, _FAILED),
            "message": refused.reason,
            "field": refused.field,
            "request_id": request_id,
            "error": place + refused.reason,
        }
    )
