"""Which paths ask for predictions, in which protocol, of which model and version."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from ml_platform.serving import mlflow_protocol, open_inference
from ml_platform.serving.errors import NoSuchModel
from ml_platform.serving.live_models import LiveModel
from ml_platform.serving.wire import Wire

INVOCATIONS: Final = "/invocations"
_KEPT: Final = 1000
"""Paths remembered; more than these only a client that makes paths up asks for."""


@dataclass(frozen=True, slots=True)
class Route:
    """What a path asks for.

    Attributes:
        wire: the protocol.
        model: its name; None stands for the only one there is.
        version: number of the version; None leaves it to the rollout.
    """

    wire: Wire[Any]
    model: str | None = None
    version: str | None = None


class Routes:
    """Prediction paths, each taken apart once.

    >>> Routes().prediction("/models/flight_delay/invocations").model
    'flight_delay'
    >>> Routes().prediction("/v2/models/flight_delay/versions/3/infer").version
    '3'
    >>> Routes().prediction("/ping") is None
    True
    """

    def __init__(self) -> None:
        """Begin with the path that names no model."""
        self._known: dict[str, Route | None] = {INVOCATIONS: Route(mlflow_protocol)}

    def prediction(self, path: str) -> Route | None:
        """What a path asks for; None where it asks for no prediction."""
        try:
            return self._known[path]
        except KeyError:
            found = _route(path.split("/")[1:])
            if len(self._known) < _KEPT:
                self._known[path] = found
            return found


def _route(parts: list[str]) -> Route | None:
    match parts:
        case ["models", model, "invocations"]:
            return Route(mlflow_protocol, model)
        case ["v2", "models", model, "infer"]:
            return Route(open_inference, model)
        case ["v2", "models", model, "versions", version, "infer"]:
            return Route(open_inference, model, version)
        case _:
            return None


def of_version(live: LiveModel, version: str) -> LiveModel:
    """Return a model as it answers requests that name the champion's version: without a canary.

    Raises:
        NoSuchModel: the champion is another version.

    """
    champion = live.champion.version
    if version != str(champion):
        raise NoSuchModel(f'the live version of "{live.name}" is {champion}, not {version[:40]}')
    canary = live.challenger is not None and not live.challenger.in_shadow
    return replace(live, challenger=None) if canary else live
