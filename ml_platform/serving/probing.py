"""Requests of the platform's own probe: answered as any other, counted as nobody's."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, TypeVar

from ml_platform.serving.body import Headers, header
from ml_platform.serving.prediction import PredictionRequest

HEADER: Final = b"x-probe"
STATUS: Final = "probe"
"""Of its records in the log, so that no client is thought to have asked."""

Request = TypeVar("Request", bound=PredictionRequest)


def is_probe(headers: Headers) -> bool:
    """Whether a request says that it is a probe."""
    return bool(header(headers, HEADER))


def marked(request: Request, headers: Headers) -> Request:
    """Return the request, told apart from those of clients where it is a probe."""
    return replace(request, probe=True) if is_probe(headers) else request
