"""One worker process: how it is asked whether it serves, and how it leaves."""

from __future__ import annotations

import asyncio
import time
from socket import socket
from threading import Event
from typing import Final

from uvicorn import Config, Server
from uvicorn.supervisors.multiprocess import Process

from ml_platform.serving.connection import Connection

LEAVING_SECONDS: Final = 1.0
"""So long a leaving worker waits for the next request of an idle connection, to say goodbye in its
answer. A client that was silent for longer must expect the connection to be gone
(https://www.rfc-editor.org/rfc/rfc9112#section-9.6)."""
START_SECONDS: Final = 60.0
"""A worker that does not serve so long after its start is replaced."""


class LeavingServer(Server):
    """A worker's server that lets its clients finish before it closes their connections."""

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Accept nothing more, end each connection with an answer, then close what is idle."""
        Connection.leaving = True
        for server in self.servers:
            server.close()
        deadline = time.monotonic() + LEAVING_SECONDS
        while self.server_state.connections and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        await super().shutdown(sockets)


class WorkerProcess(Process):
    """One worker."""

    def __init__(self, config: Config, sockets: list[socket]) -> None:
        """Prepare it; `start` starts it."""
        super().__init__(config, sockets)
        self.began = time.monotonic()
        self.ready = False
        self._asked = False

    @property
    def server(self) -> Server:
        """Within the worker: what serves."""
        if self._server is None:
            self._server = LeavingServer(config=self.config)
        return self._server

    def lives(self) -> bool:
        """Whether it is there, and answers or may still be starting."""
        if not self.process.is_alive():
            return False
        if self.ready:
            return self.ping(self.config.timeout_worker_healthcheck)
        self.ready = self._serves()
        return self.ready or time.monotonic() - self.began < START_SECONDS

    def await_ready(self, given_up: Event) -> bool:
        """Block until it serves; False where it ended before, took too long, or is given up."""
        while self.lives() and not self.ready and not given_up.wait(0.05):
            pass
        return self.ready and self.process.is_alive()

    def _serves(self) -> bool:
        """Ask once and come back for the answer: the worker may still be importing."""
        try:
            if not self._asked:
                self.parent_conn.send(b"ping")
                self._asked = True
            if not self.parent_conn.poll():
                return False
            self._asked = False
            return bool(self.parent_conn.recv())
        except (OSError, EOFError):
            return False  # it ended meanwhile, as the next look finds
