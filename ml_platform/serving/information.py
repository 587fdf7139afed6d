"""What the endpoint says of itself: alive, ready, its version, its numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from ml_platform.serving.body import header
from ml_platform.serving.metrics_exposition import exposition
from ml_platform.serving.open_inference_pages import model_page, server_page
from ml_platform.serving.reply import Reply, json_reply

if TYPE_CHECKING:
    from ml_platform.serving.worker import Worker

Scope = Mapping[str, Any]
Page = Callable[["Worker", Scope], Reply]


def alive(worker: Worker, _: Scope) -> Reply:
    """The process answers; says nothing of models."""
    return json_reply({"live": True})


def ready(worker: Worker, _: Scope) -> Reply:
    """Every model that was asked for has a champion, and answers can be logged."""
    reasons = worker.not_ready()
    return json_reply({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)


def metrics(worker: Worker, scope: Scope) -> Reply:
    """The numbers of all workers, for Prometheus."""
    body, content_type = exposition(worker.metrics_folder, header(scope["headers"], b"accept"))
    return Reply(200, body, content_type)


def described(worker: Worker, _: Scope) -> Reply:
    """Every path, and what the models that are live now take, in OpenAPI 3.1."""
    from ml_platform.serving.openapi import description

    tokens = worker.settings.tokens is not None
    return json_reply(description(worker.models.champions, tokens=tokens))


def mlflow_version(worker: Worker, _: Scope) -> Reply:
    """The version of MLflow whose protocol is spoken: that of the installed package."""
    return Reply(200, _mlflow(), "text/plain; charset=utf-8")


@cache
def _mlflow() -> bytes:
    return version("mlflow").encode()


PAGES: Mapping[str, Page] = {
    "/ping": ready,
    "/health": ready,
    "/v2/health/live": alive,
    "/v2/health/ready": ready,
    "/version": mlflow_version,
    "/openapi.json": described,
    "/v2": server_page,
    "/metrics": metrics,
}


def page_of(path: str) -> Page | None:
    """The page of a path, or None where there is none."""
    return PAGES.get(path) or model_page(path)
