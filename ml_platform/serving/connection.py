"""One connection of a worker, which moves on: at an age, and when its worker leaves.

A worker cannot hand a connection to another one, so what a kept-alive client asks stays with the
worker that accepted it, however many workers come. Therefore a connection's answer says
`connection: close` at an age, and the client's next one goes to whichever worker accepts it first.
This is gRPC's MAX_CONNECTION_AGE
(https://github.com/grpc/proposal/blob/master/A9-server-side-conn-mgt.md).
"""

from __future__ import annotations

import random
from typing import Any, ClassVar, Final

from ml_platform.serving.bounded_http import BoundedHttp

CONNECTION_SECONDS: Final = 10.0
"""Age at which a connection in use is renewed, give or take a fifth: those that were opened
together are not renewed together. So long workers that came for a rush of kept-alive clients wait
at most for their share of it. A new connection costs some 0.1 ms, with TLS some 2 ms."""


class Connection(BoundedHttp):
    """A client's connection."""

    leaving: ClassVar[bool] = False
    """Whether this worker leaves; of the whole process."""
    renewed_at: float
    """When it is old, on the clock of its loop."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """Begin to age."""
        super().__init__(*given, **named)
        self.renewed_at = self.loop.time() + CONNECTION_SECONDS * random.uniform(0.8, 1.2)

    def on_headers_complete(self) -> None:
        """A request begins; the last one on this connection is answered with a goodbye."""
        super().on_headers_complete()
        if self.leaving or self.loop.time() > self.renewed_at:
            self.cycle.keep_alive = False
