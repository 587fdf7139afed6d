"""The caller's own name for a request, logged beside the server's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from ml_platform.serving.body import Headers, header
from ml_platform.serving.errors import InvalidRequest
from ml_platform.serving.prediction import PredictionRequest

ID_LIMIT = 200
"""Characters in a name."""
HEADER = "x-request-id"

Request = TypeVar("Request", bound=PredictionRequest)


def client_id(field: str, given: Any) -> str | None:
    """Return a caller's name for a request, or None.

    Raises:
        InvalidRequest: 422, it is not a text, or too long.
    """
    if given is None or (type(given) is str and 0 < len(given) <= ID_LIMIT):
        return given
    raise InvalidRequest(422, field, f"expected a text of 1 to {ID_LIMIT} characters")


def named_by_header(request: Request, headers: Headers) -> Request:
    """Return a request with the name of its header, where its body has none.

    Raises:
        InvalidRequest: 422, the header is too long.
    """
    if request.client_request_id is not None:
        return request
    given = header(headers, HEADER.encode())
    return replace(request, client_request_id=client_id(HEADER, given)) if given else request
