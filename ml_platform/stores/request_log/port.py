"""The request log as its writers and its mover see it, whatever keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from ml_platform.core.errors import StoreError
from ml_platform.core.log_record import LogRecord


class LogUnavailable(StoreError):
    """Nothing of this batch counts as logged, and trying again later is safe."""


class LogBroken(StoreError):
    """What is on disk is unknown: this process must not write on.

    After a failed fsync the kernel may drop the pages it could not write and report success the
    next time (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020).
    """


class EncodedRecord(NamedTuple):
    """A record ready to be written: encoding fails for its own request, never for a batch."""

    rows: int
    body: bytes


@dataclass(frozen=True, slots=True)
class LoggedRecord:
    """A record with its place in its writer's log.

    Attributes:
        seq: number of its first row; rows of one writer are numbered upwards from 0.
        record: as it was logged.
    """

    seq: int
    record: LogRecord

    @property
    def end(self) -> int:
        """Number of the row behind its last one."""
        return self.seq + self.record.rows


class LogWriter(Protocol):
    """The log of one worker process and model."""

    local: bool
    """Whether a write takes a fraction of a millisecond, as on a disk of this machine."""

    @property
    def writer(self) -> str:
        """Its name, never used by another process."""

    def append(self, records: Sequence[EncodedRecord]) -> None:
        """Put a batch on disk; once this returns, it survives the loss of process and power.

        Raises:
            LogUnavailable: disk full, log locked: nothing of the batch is logged.
            LogBroken: on anything after which the log's state is unknown.
        """

    def probe(self) -> None:
        """Write something that is no record, to learn whether the log can be written again.

        Raises:
            LogUnavailable: not yet.
            LogBroken: never again in this process.
        """

    def close(self) -> None:
        """Give the log up; the mover may then remove it once all is moved."""


class LogReader(Protocol):
    """All writers' logs of one model, as the mover reads them."""

    def writers(self) -> list[str]:
        """Names of the writers that left something, in a settled order."""

    def read(self, writer: str, start: int, rows: int) -> list[LoggedRecord]:
        """Records whose first row is among the ``rows`` from ``start`` on, in order.

        Numbers have no gaps: where ``start`` is the end of what was read, nothing comes only
        where nothing more is logged.
        """

    def rows(self, writer: str, start: int, end: int) -> int:
        """How many rows the log holds with numbers from ``start`` up to before ``end``."""

    def forget(self, writer: str, end: int) -> bool:
        """Remove the log of a dead writer, if all its rows have numbers below ``end``.

        Returns:
            Whether it is gone.
        """
