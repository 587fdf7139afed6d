"""The numbers of an endpoint over HTTP, counted and written by the endpoint's own code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from ml_platform.serving.metrics_exposition import exposition
from ml_platform.serving.service_metrics import ServiceMetrics


@dataclass(frozen=True)
class CountingEndpoint:
    """Where it is asked, and what it counts with."""

    url: str
    metrics: ServiceMetrics

    def answers(self, model: str, version: int, role: str, well: int, failed: int = 0) -> None:
        """Count so many answers."""
        for number in range(well + failed):
            status = 200 if number < well else 500
            self.metrics.answered(model, version, role, status, 1, 0.002)


@contextmanager
def counting_endpoint(folder: Path) -> Iterator[CountingEndpoint]:
    """An endpoint that only says what it counted."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, kind = exposition(folder)
            self.send_response(200 if self.path == "/metrics" else 404)
            self.send_header("content-type", kind)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    metrics = ServiceMetrics(folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield CountingEndpoint(f"http://127.0.0.1:{server.server_port}", metrics)
        server.shutdown()
        metrics.close()
