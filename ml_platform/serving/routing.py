"""Which version answers a request: decided once, before it is scored."""

from __future__ import annotations

from dataclasses import dataclass

from ml_platform.core.request_id import request_ids
from ml_platform.serving.live_models import CHAMPION, LiveModel
from ml_platform.serving.prediction import PredictionRequest
from ml_platform.serving.served_model import ServedModel


@dataclass(frozen=True, slots=True)
class Routed:
    """Who answers a request.

    Attributes:
        request_id: of the request, a UUID version 7.
        served: the version.
        role: champion, or challenger where a canary answers.
    """

    request_id: str
    served: ServedModel
    role: str


def route(live: LiveModel, request: PredictionRequest) -> Routed:
    """Give a request its identifier and the version that answers it; a probe gets the champion.

    Args:
        live: the model's versions, taken once for this request.
        request: checked against the model's contract.
    """
    request_id = request_ids(1)[0]
    if live.challenger is None or request.probe:
        return Routed(request_id, live.champion, CHAMPION)
    served, role = live.answering(_key(live.challenger.key, request, request_id))
    return Routed(request_id, served, role)


def _key(columns: tuple[str, ...], request: PredictionRequest, request_id: str) -> str:
    """What decides between champion and canary: the declared columns of the first row.

    A request that does not have them is routed by its identifier, the client's where it gave one.
    """
    sent = {**request.columns, **request.extra}
    if columns and all(name in sent for name in columns):
        return "\0".join(repr(sent[name][0]) for name in columns)
    return request.client_request_id or request_id
