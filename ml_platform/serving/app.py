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
from ml_platform.serving import routing
from ml_platform.serving.asked import Asked
from ml_platform.serving.body import ClientLeft, Message, Receive
from ml_platform.serving.client_id import named_by_header
from ml_platform.serving.errors import NotReady, RequestRefused
from ml_platform.serving.information import page_of
from ml_platform.serving.limits import MethodNotAllowed, NoSuchPath, TooSlow, body_within
from ml_platform.serving.prediction import Prediction, PredictionRequest
from ml_platform.serving.probing import is_probe, marked
from ml_platform.serving.refusal import refusal
from ml_platform.serving.reply import Header, Reply, request_id_header, version_headers
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
        asked = Asked(time.perf_counter())
        route = self._routes.prediction(scope["path"])
        if route is None:
            await _send(send, self._page(scope, asked), scope["method"] == "HEAD")
            return
        # Pages are not load: what watches the endpoint shall not have it grow.
        self.worker.metrics.in_flight(1)
        try:
            reply = await self._prediction(route, scope, receive, asked)
            await _send(send, reply, scope["method"] == "HEAD")
        except ClientLeft:
            _log.debug("a client left before its request was complete")
        finally:
            self.worker.metrics.in_flight(-1)

    def _page(self, scope: Scope, asked: Asked) -> Reply:
        try:
            self.worker.access.require(scope["path"], scope["headers"])
            page = page_of(scope["path"])
            if page is None:
                raise NoSuchPath
            if scope["method"] not in ("GET", "HEAD"):
                raise MethodNotAllowed("GET, HEAD")
            reply = page(self.worker, scope)
            return replace(reply, headers=(*reply.headers, request_id_header(request_ids(1)[0])))
        except RequestRefused as error:
            refused = error
        except Exception:
            refused = _failed("a page failed")
        return refusal(self.worker, refused, asked)

    async def _prediction(
        self, route: Route, scope: Scope, receive: Receive, asked: Asked
    ) -> Reply:
        """Answer with a prediction, or with the reason why there is none."""
        asked.model, asked.probe = route.model, is_probe(scope["headers"])
        try:
            return await self._predicted(route, scope, receive, asked)
        except RequestRefused as error:
            refused = error
        except TimeoutError:
            # Time passes while the body comes and, once a version is chosen, while it is logged.
            late = "the answer took longer than the model's timeout"
            refused = NotReady(late) if asked.version else TooSlow()
        except StoreError as error:
            refused = NotReady(str(error))
        except ClientLeft:
            raise
        except Exception:
            refused = _failed("a request failed")
        return refusal(self.worker, refused, asked)

    async def _predicted(self, route: Route, scope: Scope, receive: Receive, asked: Asked) -> Reply:
        worker = self.worker
        worker.access.require(scope["path"], scope["headers"])
        live = worker.models.get(route.model or worker.models.only())
        contract, limits = live.contract, live.champion.serving.limits
        if route.version is not None:
            live = of_version(live, route.version)
        pipeline = worker.pipeline(live.name)
        with pipeline.place(limits.in_flight):
            async with asyncio.timeout(limits.timeout_seconds):
                body = await body_within(scope, receive, limits)
                began = time.perf_counter()
                request = route.wire.parse(body, scope["headers"], contract, limits)
                request = marked(named_by_header(request, scope["headers"]), scope["headers"])
                worker.metrics.stage(live.name, "parse", time.perf_counter() - began)
                routed = routing.route(live, request)
                asked.version, asked.role = routed.served.version, routed.role
                made = await pipeline.predict(live, request, routed, asked.arrived)
            reply = Reply(200, route.wire.encode(made, request), headers=_named(made))
        self._count(made, request, time.perf_counter() - asked.arrived)
        return reply

    def _count(self, made: Prediction, request: PredictionRequest, seconds: float) -> None:
        metrics = self.worker.metrics
        if request.probe:
            metrics.probed(made.model, 200)
            return
        metrics.stage(made.model, "total", seconds)
        metrics.answered(made.model, made.version, made.role, 200, made.rows, seconds)


def _failed(what: str) -> RequestRefused:
    """What the sender is told of an exception that nobody expected; the log is told all of it."""
    _log.exception(what)
    return RequestRefused(500, "the endpoint failed; its log says why")


def _named(made: Prediction) -> tuple[Header, ...]:
    return (request_id_header(made.request_id), *version_headers(made.version, made.role))


async def _send(send: Send, reply: Reply, without_body: bool = False) -> None:
    headers = [
        (b"content-type", reply.content_type.encode()),
        (b"content-length", b"%d" % len(reply.body)),
        *reply.headers,
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    body = b"" if without_body else reply.body
    await send({"type": "http.response.body", "body": body})
