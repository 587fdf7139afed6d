"""What can go wrong with the local processes, in the reader's words."""

from __future__ import annotations

from pathlib import Path

from ml_platform.core.errors import UserError


class EngineError(UserError):
    """A local process cannot start, or died; the message ends with its log's last lines."""


def with_log_tail(message: str, log: Path, lines: int = 15) -> str:
    """The message followed by where the log is and the last lines it holds."""
    if not log.exists():
        return f"{message} It left no log."
    tail = log.read_text(errors="replace").splitlines()[-lines:]
    return "\n".join(
        [f"{message} Its log is {log} and ends with:", *(f"  {line}" for line in tail)]
    )
