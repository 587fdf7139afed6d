"""The log that an answer waits for: many requests, one fsync, and no answer without it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path

from ml_platform.core.log_record import LogRecord
from ml_platform.core.serving_spec import LogSpec
from ml_platform.serving.log_policy import LogPolicy
from ml_platform.serving.log_queue import LogQueue
from ml_platform.stores.request_log.codec import encode
from ml_platform.stores.request_log.port import LogUnavailable, LogWriter
from ml_platform.stores.request_log.where import open_writer

EX_SOFTWARE = 70
"""Exit status of a worker whose log failed, as in sysexits.h."""
LAST_ANSWERS = 0.2
"""Seconds in which a worker whose log failed still refuses what it holds, before it exits."""
RETRY_SECONDS = 0.5


def exit_at_once() -> None:
    """End this process with all that its other threads are doing; its supervisor starts another."""
    os._exit(EX_SOFTWARE)


class DurableLog:
    """Group commit of one model's records within an event loop.

    All records that wait when a commit begins are one transaction with one fsync. A local log is
    committed in the loop itself, which is quicker at every load than a thread, whose answer waits
    for the interpreter. A log on another machine has a thread: networks may be silent for long.

    Fail closed: while the log cannot be written nothing is accepted, and it is tried again each
    half second. After an error that leaves its state unknown the process exits, so that a new one
    begins a new log.
    """

    def __init__(
        self,
        open_writer: Callable[[], LogWriter],
        key_file: Path,
        *,
        most_waiting: int = 1024,
        on_broken: Callable[[], object] = exit_at_once,
    ) -> None:
        """Open the log, or go on trying in the background; needs a running event loop.

        Args:
            open_writer: begins a log; may raise LogUnavailable, and is then called again.
            key_file: of the key of redacted values; made when it is first needed.
            most_waiting: records beyond these are refused.
            on_broken: called when this process must not write on.
        """
        self._open_writer, self._key_file = open_writer, key_file
        self._most_waiting, self._on_broken = most_waiting, on_broken
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(1, "request-log")
        self._policies: dict[LogSpec, LogPolicy] = {}
        self._writer: LogWriter | None = None
        self._queue = LogQueue(self._loop.time)
        self._busy = False
        self._recovery: asyncio.Task[None] | None = None
        self.trouble: str | None = None
        self._judge(self._open_or_probe())

    @classmethod
    def open(cls, where: str | Path, model: str, key_file: Path) -> DurableLog:
        """The log of this process for one model; `where` is a folder or a PostgreSQL address."""
        return cls(partial(open_writer, str(where), model), key_file)

    @property
    def ready(self) -> bool:
        """Whether records are accepted; `trouble` says why not."""
        return self.trouble is None

    @property
    def waiting(self) -> int:
        """Records that are accepted and not on disk yet."""
        return len(self._queue)

    @property
    def oldest_seconds(self) -> float:
        """Age of the oldest of these; 0 where there is none."""
        return self._queue.oldest_seconds

    async def append(self, record: LogRecord, spec: LogSpec) -> bool:
        """Return once the record is on disk, or at once where it is not sampled.

        Args:
            record: with its values as they came.
            spec: what the version that answered declares of its log.

        Returns:
            Whether it is logged.

        Raises:
            LogUnavailable: it should be and is not, so the request must not be answered.
        """
        kept = self._policy(spec).kept(record)
        if kept is None:
            return False
        if self.trouble is not None:
            raise LogUnavailable(self.trouble)
        if self._queue.next >= self._most_waiting:
            raise LogUnavailable(f"{self._most_waiting} requests wait for the request log already")
        done: asyncio.Future[None] = self._loop.create_future()
        self._queue.add((encode(kept), done))
        if not self._busy:
            self._busy = True
            self._loop.call_soon(self._commit)
        await done
        return True

    async def close(self) -> None:
        """Commit what waits, then give the log up."""
        self.trouble = "the request log is closed"
        if self._recovery is not None:
            self._recovery.cancel()
        while self._busy:
            await asyncio.sleep(0.001)
        self._thread.shutdown()
        if self._writer is not None:
            self._writer.close()

    def _policy(self, spec: LogSpec) -> LogPolicy:
        found = self._policies.get(spec)
        if found is None:
            found = self._policies[spec] = LogPolicy.of(spec, self._key_file)
        return found

    def _commit(self) -> None:
        """Commit all that waits; what comes meanwhile is the next batch."""
        assert self._writer is not None, "records are accepted only when it is open"
        records = [record for record, _ in self._queue.take()]
        if self._writer.local:
            self._settle(_error_of(self._writer.append, records))
            return
        found = self._loop.run_in_executor(self._thread, _error_of, self._writer.append, records)
        found.add_done_callback(lambda done: self._settle(done.result()))

    def _settle(self, error: Exception | None) -> None:
        # After an error, what came meanwhile was accepted by a log that cannot be written any more.
        batch = self._queue.settle(all_of_them=error is not None)
        if error is not None:
            self._judge(error)
        for _, done in batch:
            if done.cancelled():  # its client went away; it is logged all the same
                continue
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(LogUnavailable(str(error)))
        self._busy = bool(len(self._queue))
        if self._busy:
            self._loop.call_soon(self._commit)

    def _judge(self, error: Exception | None) -> None:
        """Draw the consequences of the last thing tried: serve, try again, or stop."""
        self.trouble = None if error is None else str(error)
        if isinstance(error, LogUnavailable):
            if self._recovery is None or self._recovery.done():
                self._recovery = self._loop.create_task(self._recover())
        elif error is not None:
            self._loop.call_later(LAST_ANSWERS, self._on_broken)
            said = f"the request log failed, this worker stops: {error}"
            with suppress(OSError):  # nobody may be left to read it
                print(said, file=sys.stderr, flush=True)

    async def _recover(self) -> None:
        error: Exception | None = LogUnavailable("")
        while isinstance(error, LogUnavailable):
            await asyncio.sleep(RETRY_SECONDS)
            error = await self._loop.run_in_executor(self._thread, self._open_or_probe)
        self._judge(error)

    def _open_or_probe(self) -> Exception | None:
        if self._writer is not None:
            return _error_of(self._writer.probe)
        try:
            self._writer = self._open_writer()
        except Exception as error:
            return error
        return None


def _error_of(action: Callable[..., None], *given: object) -> Exception | None:
    """What an action raised, of whatever kind: nobody may be answered after any of it."""
    try:
        action(*given)
    except Exception as error:
        return error
    return None
