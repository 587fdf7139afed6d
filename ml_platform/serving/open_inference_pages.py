"""What the Open Inference Protocol asks a server and its models to say of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import ml_platform
from ml_platform.serving.errors import NotReady
from ml_platform.serving.live_models import CHAMPION
from ml_platform.serving.open_inference import OUTPUTS
from ml_platform.serving.reply import Reply, json_reply, version_headers
from ml_platform.serving.routes import of_version
from ml_platform.serving.served_model import ServedModel
from ml_platform.serving.tensors import DATATYPE_OF

if TYPE_CHECKING:
    from ml_platform.serving.worker import Worker

PLATFORM = "ml_platform_{engine}"


def server_page(worker: Worker, _: Mapping[str, Any]) -> Reply:
    """What serves: GET /v2."""
    return json_reply({"name": "ml_platform", "version": ml_platform.__version__, "extensions": []})


def metadata(served: ServedModel) -> dict[str, Any]:
    """The inputs and outputs of a model as tensors; -1 stands for any number of rows."""
    contract = served.contract
    inputs = [(name, DATATYPE_OF[rule.kind]) for name, rule in contract.inputs.items()]
    outputs = [(name, OUTPUTS[name]) for name in contract.outputs]
    return {
        "name": served.name,
        "versions": [str(served.version)],
        "platform": PLATFORM.format(engine=served.serving.engine),
        "inputs": [_tensor(*each) for each in inputs],
        "outputs": [_tensor(*each) for each in outputs],
    }


def _tensor(name: str, datatype: str) -> dict[str, Any]:
    return {"name": name, "datatype": datatype, "shape": [-1]}


class ModelPage:
    """GET /v2/models/{model}[/versions/{version}][/ready]."""

    def __init__(self, model: str, version: str | None, ready: bool) -> None:
        """Say of a model, and of one version of it where named, what it is or that it is ready."""
        self._model, self._version, self._ready = model, version, ready

    def __call__(self, worker: Worker, _: Mapping[str, Any]) -> Reply:
        """Return the page.

        Raises:
            NoSuchModel: there is no such model, or another version of it is live.
            NotReady: the model cannot answer now.
        """
        live = worker.models.get(self._model)
        if self._version is not None:
            of_version(live, self._version)
        headers = version_headers(live.champion.version, CHAMPION)
        if not self._ready:
            return json_reply(metadata(live.champion), headers=headers)
        reason = worker.not_ready_for(self._model)
        if reason is not None:
            raise NotReady(reason)
        return json_reply({"name": self._model, "ready": True}, headers=headers)


def model_page(path: str) -> ModelPage | None:
    """The page of a path under /v2/models; None where there is none.

    >>> model_page("/v2/models/flight_delay/ready") is None, model_page("/v2/models") is None
    (False, True)
    """
    match path.split("/")[1:]:
        case ["v2", "models", model]:
            return ModelPage(model, None, ready=False)
        case ["v2", "models", model, "ready"]:
            return ModelPage(model, None, ready=True)
        case ["v2", "models", model, "versions", version]:
            return ModelPage(model, version, ready=False)
        case ["v2", "models", model, "versions", version, "ready"]:
            return ModelPage(model, version, ready=True)
        case _:
            return None
