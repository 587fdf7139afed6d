"""Files that hold secrets: read only where nobody else can read them."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from ml_platform.core.errors import ConfigError

PRIVATE: Final = 0o600
_OTHERS: Final = 0o077


def read_private(file: Path, what: str) -> bytes:
    """Return the content of a secret file.

    Args:
        file: where it is.
        what: what it holds, for the message: "the tokens".

    Raises:
        ConfigError: it cannot be read, or others than its owner can read or change it; the
            message names the file and its mode.
    """
    try:
        with file.open("rb") as opened:
            found = os.fstat(opened.fileno())
            _require_private(file, found, what)
            return opened.read()
    except OSError as error:
        raise ConfigError(f"{file} should hold {what} and cannot be read: {error}") from error


def write_private(file: Path, content: bytes) -> None:
    """Replace a secret file as a whole; it is never readable for others, not for a moment.

    Raises:
        ConfigError: it cannot be written.
    """
    scratch = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "wb") as o:
            os.fchmod(o.fileno(), PRIVATE)
            o.write(content)
            o.flush()
            os.fsync(o.fileno())
        scratch.replace(file)
    except OSError as error:
        with suppress(OSError):
            scratch.unlink()
        raise ConfigError(f"{file} cannot be written: {error}") from error


def _require_private(file: Path, found: os.stat_result, what: str) -> None:
    mode = stat.S_IMODE(found.st_mode)
    if mode & _OTHERS:
        raise ConfigError(
            f"{file} holds {what} and has mode {mode:04o}: others than its owner can reach it. "
            f"Set it right with: chmod 600 {file}"
        )
    if found.st_uid not in (os.geteuid(), 0):
        raise ConfigError(f"{file} holds {what} and belongs to another user.")
