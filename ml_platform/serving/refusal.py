"""The answer to a request that gets no prediction: counted, and as one JSON with its reason."""

from __future__ import annotations

import time

from ml_platform.core.request_id import request_ids
from ml_platform.serving.access import Forbidden, Unauthorized
from ml_platform.serving.asked import Asked
from ml_platform.serving.error_document import error_document
from ml_platform.serving.errors import RequestRefused
from ml_platform.serving.limits import MethodNotAllowed
from ml_platform.serving.live_models import CHAMPION
from ml_platform.serving.reply import Header, Reply, request_id_header, version_headers
from ml_platform.serving.worker import Worker


def refusal(worker: Worker, refused: RequestRefused, asked: Asked) -> Reply:
    """Count a refusal, and return it as an answer.

    Where the version that should have answered was chosen already, the refusal is counted as its:
    a canary that fails is told from a champion that does not.
    """
    # The traceback holds the frames, one of which holds the refusal: a cycle, and in it the body.
    refused.__traceback__ = None
    known = _known(worker, asked.model)
    _count(worker, refused, asked, known)
    request_id = request_ids(1)[0]
    headers = [request_id_header(request_id), *_version(worker, asked, known)]
    if refused.retry_after is not None:
        headers.append((b"retry-after", b"%d" % refused.retry_after))
    if isinstance(refused, MethodNotAllowed):
        headers.append((b"allow", refused.allow.encode()))
    if isinstance(refused, Unauthorized | Forbidden):
        headers.append((b"www-authenticate", refused.challenge))
    if refused.status == 408:
        headers.append((b"connection", b"close"))
    return Reply(refused.status, error_document(refused, request_id), headers=tuple(headers))


def _count(worker: Worker, refused: RequestRefused, asked: Asked, known: str) -> None:
    metrics, status = worker.metrics, refused.status
    if asked.probe:
        metrics.probed(known, status)
        return
    metrics.error(known, refused.kind)
    seconds = time.perf_counter() - asked.arrived
    metrics.answered(known, asked.version, asked.role, status, 0, seconds)


def _version(worker: Worker, asked: Asked, model: str) -> tuple[Header, ...]:
    """Who failed, else whose contract the request was held against; nothing before one is live."""
    if asked.version:
        return version_headers(asked.version, asked.role)
    try:
        return version_headers(worker.models.get(model).champion.version, CHAMPION)
    except RequestRefused:
        return ()


def _known(worker: Worker, model: str | None) -> str:
    """The model's name for the counters: never what a client made up."""
    names = worker.models.names
    if model is None:
        return names[0] if len(names) == 1 else ""
    return model if model in names else ""
