"""Reaching the model registry: quickly known to be there, or quickly said to be not.

MLflow retries a dead database or server for minutes. A short probe before each use answers in
seconds, without changing MLflow's settings for the rest of the process.
"""

from __future__ import annotations

import os
import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from ml_platform.core.errors import ConfigError, StoreError

PROBE_SECONDS = 3.0
_PORTS = {"postgresql": 5432, "mysql": 3306, "mssql": 1433}


class RegistryUnreachable(StoreError):
    """The model registry cannot be reached or written; nothing was changed in it."""


def ensure_registry(uri: str) -> None:
    """Create MLflow's tables in a database that has none yet; otherwise only look.

    Takes about 5 s on an empty SQLite database. Two processes may call it at once.

    Raises:
        RegistryUnreachable: the database or server does not answer or cannot be written.
    """
    require_reachable(uri)
    with registry_errors(uri):
        from mlflow import MlflowClient

        MlflowClient(uri, uri).search_registered_models(max_results=1)


def require_reachable(uri: str) -> None:
    """Return if the registry answers within `PROBE_SECONDS`.

    Raises:
        RegistryUnreachable: it does not.
        ConfigError: the address is of a kind MLflow's registry does not take.
    """
    scheme = uri.partition(":")[0].partition("+")[0]
    try:
        if scheme == "sqlite":
            _probe_sqlite(uri)
        elif scheme in ("http", "https"):
            _probe_http(uri)
        elif scheme in _PORTS:
            _probe_socket(uri, _PORTS[scheme])
        else:
            raise ConfigError(
                f'MLFLOW_TRACKING_URI is "{without_password(uri)}"; '
                "expected sqlite:///, postgresql://, mysql://, mssql://, http:// or https://"
            )
    except (OSError, sqlite3.Error) as error:
        raise _unreachable(uri, error) from error


@contextmanager
def registry_errors(uri: str) -> Iterator[None]:
    """Turn MLflow's and the database's exceptions into `StoreError` with a plain sentence."""
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise _unreachable(uri, error) from error
    except MlflowException as error:
        if error.error_code in ("TEMPORARILY_UNAVAILABLE", "INTERNAL_ERROR"):
            raise _unreachable(uri, error) from error
        message = f"the model registry at {without_password(uri)} refused: {error.message}"
        raise StoreError(message) from error


def without_password(uri: str) -> str:
    """Return an address that may be shown.

    >>> without_password("postgresql://me:secret@db/mlflow")
    'postgresql://me:***@db/mlflow'
    """
    return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:***@", uri)


def _unreachable(uri: str, error: Exception) -> RegistryUnreachable:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return RegistryUnreachable(
        f"the model registry at {without_password(uri)} cannot be reached or written: {reason}. "
        "Check MLFLOW_TRACKING_URI, and that the server or database is up."
    )


def _probe_sqlite(uri: str) -> None:
    file = Path(uri.removeprefix("sqlite:///"))
    file.parent.mkdir(parents=True, exist_ok=True)
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise PermissionError(f"{file} is not writable")
    connection = sqlite3.connect(file, timeout=PROBE_SECONDS)
    try:
        connection.execute("PRAGMA schema_version").fetchone()
    finally:
        connection.close()


def _probe_http(uri: str) -> None:
    try:
        urlopen(f"{uri.rstrip('/')}/health", timeout=PROBE_SECONDS).close()
    except HTTPError:
        # Refusing this path (a proxy, a login) is an answer too; the call itself will tell.
        return
    except URLError as error:
        raise OSError(str(error.reason)) from error


def _probe_socket(uri: str, default_port: int) -> None:
    parts = urlsplit(uri)
    address = (parts.hostname or "localhost", parts.port or default_port)
    socket.create_connection(address, timeout=PROBE_SECONDS).close()
