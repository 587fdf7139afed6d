"""One message through Apprise, within a bounded time and with the reason where it fails."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from ml_platform.core.alerts import Message, Occasion, Severity
from ml_platform.stores.delivery import Delivery

if TYPE_CHECKING:
    from apprise import NotifyType

STEP_SECONDS: Final = 4.0
"""Longest wait for a connection, and for each answer on it."""
LONGEST_SECONDS: Final = 15.0
"""Longest time for all addresses of a channel, whatever the other side does."""

_KINDS: Mapping[Severity, str] = {
    Severity.INFO: "info",
    Severity.WARNING: "warning",
    Severity.ERROR: "failure",
    Severity.CRITICAL: "failure",
}


def deliver(message: Message, channel: str, addresses: Sequence[str]) -> Delivery:
    """Send a message to every address of a channel; ok only if all of them took it."""
    outcome: queue.Queue[list[str]] = queue.Queue()
    # A daemon thread: a receiver that keeps the line open must not keep this process alive.
    sender = threading.Thread(
        target=lambda: outcome.put(_errors(message, addresses)),
        daemon=True,
        name=f"alert {channel}",
    )
    sender.start()
    try:
        errors = outcome.get(timeout=LONGEST_SECONDS)
    except queue.Empty:
        errors = [f"no answer within {LONGEST_SECONDS:g} s"]
    return Delivery(channel, ok=not errors, error="; ".join(errors) or None)


def _errors(message: Message, addresses: Sequence[str]) -> list[str]:
    outcomes = [_error(message, address) for address in addresses]
    return [error for error in outcomes if error is not None]


def _error(message: Message, address: str) -> str | None:
    """Send to one address; return why it failed, or None."""
    scheme = address.partition("://")[0]
    try:
        return _refusal(message, address)
    except Exception as error:  # whatever breaks inside a plugin is a failed delivery, not ours
        return f"{scheme}://...: {type(error).__name__}: {error}"


def _refusal(message: Message, address: str) -> str | None:
    from apprise import Apprise

    receiver = Apprise.instantiate(address, suppress_exceptions=True)
    if receiver is None:
        scheme = address.partition("://")[0]
        return f'"{scheme}://..." is not an address that Apprise understands'
    receiver.socket_connect_timeout = receiver.socket_read_timeout = STEP_SECONDS
    with _Reasons() as reasons:
        taken = receiver.notify(
            title=message.title, body=message.body or message.title, notify_type=_kind(message)
        )
    if taken:
        return None
    return f"{receiver.url(privacy=True)}: {reasons.text() or 'refused without a reason'}"


def _kind(message: Message) -> NotifyType:
    from apprise import NotifyType

    recovered = message.occasion is Occasion.RECOVERED
    return NotifyType("success" if recovered else _KINDS[message.severity])


class _Reasons(logging.Handler):
    """What Apprise logs in this thread while it is entered; Apprise returns no reason."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._thread = threading.get_ident()
        self._lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread and record.levelno >= logging.WARNING:
            self._lines.append(record.getMessage())

    def text(self) -> str:
        return " ".join(self._lines)

    def __enter__(self) -> _Reasons:
        logging.getLogger("apprise").addHandler(self)
        return self

    def __exit__(self, *_: Any) -> None:
        logging.getLogger("apprise").removeHandler(self)
