"""Who may ask what: the rules of the endpoint's door.

Without tokens everybody on this machine may ask, and nobody else can: only loopback is listened
on. Health is open, as what watches a process need not know a secret.
"""

from __future__ import annotations

import ipaddress
import logging
import time
from pathlib import Path
from typing import Final

from ml_platform.core.errors import ConfigError
from ml_platform.serving.body import Headers, header
from ml_platform.serving.errors import RequestRefused
from ml_platform.stores.access_tokens import ADMIN, PREDICT, AccessToken, holder, read_tokens

OPEN: Final = frozenset({"/ping", "/health", "/v2/health/live", "/v2/health/ready"})
"""Paths for which no token is asked."""
LOOK_SECONDS: Final = 1.0
"""A token that is withdrawn is refused after so long, without a restart."""
_SCHEME: Final = "bearer "

_log = logging.getLogger(__name__)


class Unauthorized(RequestRefused):
    """No token, or an unknown one: 401."""

    kind = "unauthorized"
    challenge = b'Bearer realm="ml-platform"'

    def __init__(self) -> None:
        super().__init__(401, "a token is needed: send it as 'Authorization: Bearer TOKEN'")


class Forbidden(RequestRefused):
    """A token that may not do this: 403."""

    kind = "forbidden"

    def __init__(self, scope: str) -> None:
        super().__init__(403, f"this token may not do that: it needs the scope {scope}")
        self.challenge = b'Bearer error="insufficient_scope", scope="%s"' % scope.encode()


class Access:
    """The tokens of one worker; withdrawn and new ones count within a second."""

    def __init__(self, file: Path | None = None) -> None:
        """Read the tokens.

        Args:
            file: of the tokens' digests; None lets everybody in.

        Raises:
            ConfigError: the file cannot be used; the message names it.
        """
        self._file = file
        self._tokens: tuple[AccessToken, ...] = () if file is None else read_tokens(file)
        self._state = _state(file)
        self._looked_at = time.monotonic()

    def require(self, path: str, headers: Headers, scope: str = PREDICT) -> None:
        """Let a request in.

        Args:
            path: asked for.
            headers: of the request, names in lower case.
            scope: that it needs.

        Raises:
            Unauthorized: it has no token, or one that is not known.
            Forbidden: its token has another scope.
        """
        if self._file is None or path in OPEN:
            return
        self._keep_up(self._file)
        given = header(headers, b"authorization")
        if not given.lower().startswith(_SCHEME):
            raise Unauthorized
        found = holder(self._tokens, given[len(_SCHEME) :].strip())
        if found is None:
            raise Unauthorized
        if found.scope not in (scope, ADMIN):
            raise Forbidden(scope)

    def _keep_up(self, file: Path) -> None:
        now = time.monotonic()
        if now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        state = _state(file)
        if state == self._state:
            return
        self._state = state
        try:
            self._tokens = read_tokens(file)
        except ConfigError as error:
            self._tokens = ()
            _log.error("no token is accepted until this is put right: %s", error)


def require_guarded(host: str, *, tls: bool, tokens: bool) -> None:
    """Refuse to listen where others can reach an endpoint that does not ask who they are.

    Raises:
        ConfigError: the address is not loopback, and TLS or tokens are absent.
    """
    if is_loopback(host) or (tls and tokens):
        return
    absent = [
        option
        for option, there in (("--tls-cert and --tls-key", tls), ("--tokens", tokens))
        if not there
    ]
    raise ConfigError(
        f"{host} can be reached from other machines, so the endpoint needs TLS and tokens there; "
        f"give {' and '.join(absent)} too, or listen on 127.0.0.1. "
        "'ml-platform token NAME' makes a token."
    )


def is_loopback(host: str) -> bool:
    """Whether an address is reached from this machine alone; a name other than localhost is not.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _state(file: Path | None) -> tuple[int, ...]:
    """What tells one content of the file from the next; a change of its mode counts."""
    if file is None:
        return ()
    try:
        found = file.stat()
    except OSError:
        return ()
    return (found.st_mtime_ns, found.st_ino, found.st_mode, found.st_uid)
