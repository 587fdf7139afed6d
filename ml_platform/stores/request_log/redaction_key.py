"""The key of redacted values: made once per installation, readable by its owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from ml_platform.core.errors import ConfigError
from ml_platform.core.redaction import KEY_BYTES


def redaction_key(path: Path) -> bytes:
    """Read the key, or make it where there is none.

    Without it digests of the past cannot be compared with new ones: it belongs into backups, apart
    from the log.

    Raises:
        ConfigError: others may read the file, or it holds no key.
    """
    if not path.exists():
        _make(path)
    if path.stat().st_mode & 0o077:
        raise ConfigError(f"{path}: others may read this key; chmod 600 it")
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise ConfigError(f"{path}: holds {len(key)} bytes, a key of redaction has {KEY_BYTES}")
    return key


def _make(path: Path) -> None:
    """Whole or not at all, and the first of several processes decides."""
    path.parent.mkdir(parents=True, exist_ok=True)
    own = path.with_name(f"{path.name}.{os.getpid()}")
    fd = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(fd)
    try:
        os.link(own, path)
    except FileExistsError:
        return  # another worker was first
    finally:
        own.unlink()
