"""Where the endpoint of this home listens: written by the server, read by whoever asks it."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ml_platform.core.errors import StoreError

ADDRESS_FILE = "endpoint.json"


@dataclass(frozen=True, slots=True)
class EndpointAddress:
    """A running endpoint.

    Attributes:
        url: `http://127.0.0.1:8000`, without a path.
        pid: the process that was started; ending it ends the endpoint.
        models: what it was asked to serve; empty stands for all.
    """

    url: str
    pid: int
    models: Sequence[str] = ()


def write_address(root: Path, address: EndpointAddress) -> None:
    """Say under the serving root where the endpoint listens."""
    root.mkdir(parents=True, exist_ok=True)
    scratch = root / f".{ADDRESS_FILE}.{os.getpid()}"
    scratch.write_text(json.dumps(asdict(address), indent=2) + "\n")
    scratch.replace(root / ADDRESS_FILE)


def read_address(root: Path) -> EndpointAddress | None:
    """Where the endpoint listens, or None where none runs: never started, ended, or killed.

    Raises:
        StoreError: the file is not what `write_address` writes.
    """
    file = root / ADDRESS_FILE
    try:
        found = EndpointAddress(**json.loads(file.read_text()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise StoreError(f"{file} does not say where the endpoint is: {error}") from error
    return found if _runs(found.pid) else None


def forget_address(root: Path) -> None:
    """Take the address away, if it is still this process's own."""
    found = read_address(root)
    if found is not None and found.pid == os.getpid():
        (root / ADDRESS_FILE).unlink(missing_ok=True)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
