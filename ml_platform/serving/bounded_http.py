"""HTTP/1.1 whose request heads are bounded in size and time.

uvicorn reads a head of any length and waits for its end for ever, so one slow or talkative client
per connection would be enough to fill a worker's memory. What it cannot parse it refuses as plain
text; here every refusal is the same JSON.
"""

from __future__ import annotations

import logging
from asyncio import TimerHandle
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from ml_platform.core.request_id import request_ids
from ml_platform.serving.error_document import error_document
from ml_platform.serving.errors import RequestRefused

HEAD_BYTES = 32 * 1024
"""Request line and headers together; other servers take 8 to 64 KiB."""
HEAD_SECONDS = 10.0
"""From a head's first byte to its last; so long may a new connection stay silent too."""

_log = logging.getLogger(__name__)
# uvicorn warns of every malformed request, so that any client could fill the disk.
_log.setLevel(logging.ERROR)

_MALFORMED = RequestRefused(400, "this is not a request in HTTP/1.1")
_TOO_LARGE = RequestRefused(431, f"request line and headers are longer than {HEAD_BYTES} bytes")
_TOO_SLOW = RequestRefused(408, f"the headers took longer than {HEAD_SECONDS:g} seconds to come")


class HeadTooLarge(Exception):
    """Raised out of the parser, which then stops."""


class BoundedHttp(HttpToolsProtocol):
    """One connection."""

    _in_head = True
    _head_bytes = 0
    _head_timer: TimerHandle | None = None

    def __init__(self, *given: Any, **named: Any) -> None:
        """As uvicorn makes it."""
        super().__init__(*given, **named)
        self.logger = _log

    def connection_made(self, transport) -> None:  # type: ignore[no-untyped-def]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._watch_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._in_head = False
        self._watch_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came; refuse a head that grows too long before it is complete."""
        began_in_head = self._in_head
        super().data_received(data)
        if self._in_head and began_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
                self._refuse(_TOO_LARGE)
        if self._in_head is not (self._head_timer is not None):
            self._watch_head()

    def on_message_begin(self) -> None:
        """A head begins."""
        self._in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """A head is complete: what follows is bounded by the application."""
        if self._parsed_bytes() > HEAD_BYTES:
            raise HeadTooLarge
        super().on_headers_complete()
        self._in_head = False

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser stopped at."""
        too_large = max(self._head_bytes, self._parsed_bytes()) > HEAD_BYTES
        self._refuse(_TOO_LARGE if too_large else _MALFORMED)

    def _parsed_bytes(self) -> int:
        if self.headers is None:  # nothing that looks like a request has come yet
            return 0
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    def _watch_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        if self._in_head:
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self._head_took_too_long)

    def _head_took_too_long(self) -> None:
        if not self.transport.is_closing():
            self._refuse(_TOO_SLOW)

    def _refuse(self, refused: RequestRefused) -> None:
        request_id = request_ids(1)[0]
        body = error_document(refused, request_id)
        self.transport.write(
            b"%scontent-type: application/json\r\ncontent-length: %d\r\nx-request-id: %s\r\n"
            b"connection: close\r\n\r\n%s"
            % (STATUS_LINE[refused.status], len(body), request_id.encode(), body)
        )
        self.transport.close()
