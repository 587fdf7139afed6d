"""The endpoint as an ASGI application: the way from a path to a prediction and back.

A path is looked up once in a dictionary; no router, middleware or request object lies on the way
of a prediction.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from ml_platform.core.errors import StoreError
from ml_platform.core.request_id import request_ids
from ml_platform.serving.access import Forbidden, Unauthorized
from ml_platform.serving.body import ClientLeft, Message, Receive
from ml_platform.serving.client_id import named_by_header
from ml_platform.serving.error_document import error_document
from ml_platform.serving.errors import NotReady, RequestRefused
from ml_platform.serving.information import page_of
from ml_platform.serving.limits import MethodNotAllowed, NoSuchPath, body_within
from ml_platform.serving.live_models import CHAMPION
from ml_platform.serving.prediction import Prediction, PredictionRequest
from ml_platform.serving.probing import is_probe, marked
from ml_platform.serving.reply import Header, Reply, version_headers
from ml_platform.serving.routes import Route, Routes, of_version
from ml_platform.serving.worker import Worker

Send = Callable[[Message], Awaitable[None]]
Scope = Mapping[str, Any]

_log = logging.getLogger(__name__)


class Endpoint:
    """One worker's application."""

    def __init__(self, worker: Worker) -> None:
        """Serve what a worker holds."""
        self.worker = worker
        self._routes = Routes()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; also ASGI's start and stop of the application."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self.worker.start()
        except Exception as error:
            _log.exception("the worker cannot start")
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.worker.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        arrived = time.perf_counter()
        route = self._routes.prediction(scope["path"])
        self.worker.metrics.in_flight(1)
        try:
            if route is None:
                reply = self._page(scope, arrived)
            else:
                reply = await self._prediction(route, scope, receive, arrived)
            await _send(send, reply, scope["method"] == "HEAD")
        except ClientLeft:
            _log.debug("a client left before its request was complete")
        finally:
            self.worker.metrics.in_flight(-1)

    def _page(self, scope: Scope, arrived: float) -> Reply:
        try:
            self.worker.access.require(scope["path"], scope["headers"])
            page = page_of(scope["path"])
            if page is None:
                raise NoSuchPath
            if scope["method"] not in ("GET", "HEAD"):
                raise MethodNotAllowed("GET, HEAD")
            reply = page(self.worker, scope)
            return replace(reply, headers=(*reply.headers, _request_id_header(request_ids(1)[0])))
        except RequestRefused as refused:
            return self._refused(refused, None, arrived)

    async def _prediction(
        self, route: Route, scope: Scope, receive: Receive, arrived: float
    ) -> Reply:
        """Answer with a prediction, or with the reason why there is none."""
        try:
            return await self._predicted(route, scope, receive, arrived)
        except RequestRefused as error:
            refused = error
        except TimeoutError:
            refused = NotReady("the answer took longer than the model's timeout")
        except StoreError as error:
            refused = NotReady(str(error))
        except ClientLeft:
            raise
        except Exception:
            _log.exception("a request failed")
            refused = RequestRefused(500, "the endpoint failed; its log says why")
        return self._refused(refused, route.model, arrived, is_probe(scope["headers"]))

    async def _predicted(
        self, route: Route, scope: Scope, receive: Receive, arrived: float
    ) -> Reply:
        worker = self.worker
        worker.access.require(scope["path"], scope["headers"])
        live = worker.models.get(route.model or worker.models.only())
        if route.version is not None:
            live = of_version(live, route.version)
        limits = live.champion.serving.limits
        body = await body_within(scope, receive, limits)
        began = time.perf_counter()
        request = route.wire.parse(body, scope["headers"], live.champion.contract, limits)
        request = marked(named_by_header(request, scope["headers"]), scope["headers"])
        worker.metrics.stage(live.name, "parse", time.perf_counter() - began)
        async with asyncio.timeout(limits.timeout_seconds):
            made = await worker.pipeline(live.name).predict(live, request, arrived)
        self._count(made, request, time.perf_counter() - arrived)
        return Reply(200, route.wire.encode(made, request), headers=_named(made))

    def _count(self, made: Prediction, request: PredictionRequest, seconds: float) -> None:
        metrics = self.worker.metrics
        if request.probe:
            metrics.probed(made.model, 200)
            return
        metrics.stage(made.model, "total", seconds)
        metrics.answered(made.model, made.version, made.role, 200, made.rows, seconds)

    def _refused(
        self, refused: RequestRefused, model: str | None, arrived: float, probe: bool = False
    ) -> Reply:
        known = self._known(model)
        self._count_refusal(refused, known, arrived, probe)
        request_id = request_ids(1)[0]
        headers = [_request_id_header(request_id), *self._champion(known)]
        if refused.retry_after is not None:
            headers.append((b"retry-after", b"%d" % refused.retry_after))
        if isinstance(refused, MethodNotAllowed):
            headers.append((b"allow", refused.allow.encode()))
        if isinstance(refused, Unauthorized | Forbidden):
            headers.append((b"www-authenticate", refused.challenge))
        if refused.status == 408:
            headers.append((b"connection", b"close"))
        return Reply(refused.status, error_document(refused, request_id), headers=tuple(headers))

    def _count_refusal(
        self, refused: RequestRefused, known: str, arrived: float, probe: bool
    ) -> None:
        metrics = self.worker.metrics
        if probe:
            metrics.probed(known, refused.status)
            return
        metrics.error(known, refused.kind)
        metrics.answered(known, 0, "", refused.status, 0, time.perf_counter() - arrived)

    def _champion(self, model: str) -> tuple[Header, ...]:
        """Whose contract a refused request was held against; nothing where no version is live."""
        try:
            return version_headers(self.worker.models.get(model).champion.version, CHAMPION)
        except RequestRefused:
            return ()

    def _known(self, model: str | None) -> str:
        """The model's name for the counters: never what a client made up."""
        names = self.worker.models.names
        if model is None:
            return names[0] if len(names) == 1 else ""
        return model if model in names else ""


def _named(made: Prediction) -> tuple[Header, ...]:
    return (_request_id_header(made.request_id), *version_headers(made.version, made.role))


def _request_id_header(request_id: str) -> Header:
    return b"x-request-id", request_id.encode()


async def _send(send: Send, reply: Reply, without_body: bool = False) -> None:
    headers = [
        (b"content-type", reply.content_type.encode()),
        (b"content-length", b"%d" % len(reply.body)),
        *reply.headers,
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    body = b"" if without_body else reply.body
    await send({"type": "http.response.body", "body": body})
