"""Nothing is answered before it is on disk, and nothing at all while it cannot be."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from ml_platform.core.serving_spec import LogSpec
from ml_platform.serving.durable_log import DurableLog
from ml_platform.stores.request_log.codec import decode
from ml_platform.stores.request_log.port import LogBroken, LogUnavailable, LogWriter
from ml_platform.stores.request_log.sqlite_reader import SqliteReader
from ml_platform.stores.request_log.sqlite_writer import SqliteWriter
from ml_platform_tests.serving.failing_log import FailingLog
from ml_platform_tests.stores.request_log.records import a_record
from ml_platform_tests.stores.small_disk import filled, mounted
from ml_platform_tests.waiting import soon

ALL = LogSpec()
Steps = Callable[[DurableLog], Coroutine[Any, Any, None]]


def run(open_writer: Callable[[], LogWriter], steps: Steps, **options: Any) -> None:
    async def with_log() -> None:
        log = DurableLog(open_writer, Path("no key is needed"), **options)
        await steps(log)
        await log.close()

    asyncio.run(with_log())


async def refusals(log: DurableLog, count: int) -> list[BaseException | bool]:
    return await asyncio.gather(
        *(log.append(a_record(), ALL) for _ in range(count)), return_exceptions=True
    )


def test_a_record_is_readable_by_others_the_moment_append_returns(tmp_path: Path) -> None:
    reader, record = SqliteReader(tmp_path, "delay"), a_record(3)

    async def steps(log: DurableLog) -> None:
        await log.append(record, ALL)
        (writer,) = reader.writers()
        assert [each.record for each in reader.read(writer, 0, 9)] == [record]

    run(lambda: SqliteWriter(tmp_path, "delay"), steps)


@pytest.mark.parametrize("local", [True, False])
def test_what_waits_together_is_committed_together(local: bool) -> None:
    store = FailingLog(local)

    async def steps(log: DurableLog) -> None:
        await asyncio.gather(*(log.append(a_record(), ALL) for _ in range(20)))
        await log.append(a_record(), ALL)

    run(lambda: store, steps)
    assert [len(batch) for batch in store.batches] == [20, 1]
    assert store.closed


def test_what_comes_while_a_distant_log_commits_is_its_next_batch() -> None:
    store = FailingLog(local=False)

    async def steps(log: DurableLog) -> None:
        store.open.clear()
        first = asyncio.create_task(log.append(a_record(), ALL))
        await soon(lambda: store.committing, "the first is on its way")
        others = [asyncio.create_task(log.append(a_record(), ALL)) for _ in range(5)]
        await soon(lambda: log.waiting == 6, "five more wait")
        await soon(lambda: log.oldest_seconds >= 0.1, "the first has waited")
        assert not first.done()
        store.open.set()
        await asyncio.gather(first, *others)

    run(lambda: store, steps)
    assert [len(batch) for batch in store.batches] == [1, 5]


def test_more_than_may_wait_is_refused_and_the_rest_is_logged() -> None:
    store = FailingLog()

    async def steps(log: DurableLog) -> None:
        found = await refusals(log, 12)
        assert [error is True for error in found] == [True] * 8 + [False] * 4
        assert isinstance(found[-1], LogUnavailable)
        assert log.ready, "a full queue is no fault of the log"

    run(lambda: store, steps, most_waiting=8)
    assert sum(map(len, store.batches)) == 8


def test_a_failed_fsync_refuses_all_and_ends_the_worker_which_never_writes_again() -> None:
    store, ended = FailingLog(), []

    async def steps(log: DurableLog) -> None:
        store.error = LogBroken("disk I/O error")
        found = await refusals(log, 3)
        assert all(isinstance(error, LogUnavailable) for error in found)
        assert not log.ready
        store.error = None
        assert isinstance((await refusals(log, 1))[0], LogUnavailable)
        await soon(lambda: bool(ended), "the process is ended")

    run(lambda: store, steps, on_broken=lambda: ended.append(1))
    assert store.batches == []
    assert ended == [1]


def test_a_worker_that_nobody_listens_to_ends_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    store, ended = FailingLog(), []

    async def steps(log: DurableLog) -> None:
        store.error = LogBroken("disk I/O error")
        assert all(isinstance(error, LogUnavailable) for error in await refusals(log, 3))
        await soon(lambda: bool(ended), "the process is ended")

    with open(writing, "w", buffering=1) as broken:
        monkeypatch.setattr(sys, "stderr", broken)
        run(lambda: store, steps, on_broken=lambda: ended.append(1))
        monkeypatch.undo()
        with suppress(BrokenPipeError):
            broken.close()
    assert ended == [1]


def test_a_worker_whose_fsync_failed_is_gone_a_moment_later() -> None:
    script = (
        "import asyncio, pathlib\n"
        "from ml_platform.core.serving_spec import LogSpec\n"
        "from ml_platform.serving.durable_log import DurableLog\n"
        "from ml_platform.stores.request_log.port import LogBroken\n"
        "from ml_platform_tests.serving.failing_log import FailingLog\n"
        "from ml_platform_tests.stores.request_log.records import a_record\n"
        "async def serve():\n"
        "    store = FailingLog()\n"
        "    log = DurableLog(lambda: store, pathlib.Path('no key'))\n"
        "    store.error = LogBroken('disk I/O error')\n"
        "    await asyncio.gather(log.append(a_record(), LogSpec()), return_exceptions=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(serve())\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=600
    )
    assert ended.returncode == 70
    assert ended.stderr.startswith("the request log failed, this worker stops: disk I/O error")


def test_a_fault_of_the_code_is_no_reason_to_answer_either() -> None:
    store, ended = FailingLog(), []

    async def steps(log: DurableLog) -> None:
        store.error = ValueError("a slip")
        assert isinstance((await refusals(log, 1))[0], LogUnavailable)
        await soon(lambda: bool(ended), "the process is ended")

    run(lambda: store, steps, on_broken=lambda: ended.append(1))


@pytest.mark.parametrize("local", [True, False])
def test_a_log_that_was_unavailable_is_used_again_once_it_can_be(local: bool) -> None:
    store = FailingLog(local)

    async def steps(log: DurableLog) -> None:
        store.error = LogUnavailable("the disk is full")
        assert isinstance((await refusals(log, 1))[0], LogUnavailable)
        assert log.trouble == "the disk is full"
        store.error = None
        await soon(lambda: log.ready, "the log is there again")
        await log.append(a_record(), ALL)

    run(lambda: store, steps)
    assert [len(batch) for batch in store.batches] == [1]


def test_a_log_that_cannot_be_opened_at_first_is_opened_later() -> None:
    store, asked = FailingLog(), []

    def opened() -> FailingLog:
        asked.append(1)
        if len(asked) < 3:
            raise LogUnavailable("the database is away")
        return store

    async def steps(log: DurableLog) -> None:
        assert log.trouble == "the database is away"
        assert isinstance((await refusals(log, 1))[0], LogUnavailable)
        await soon(lambda: log.ready, "the log is there again")
        await log.append(a_record(), ALL)

    run(opened, steps)
    assert len(store.batches) == 1


def test_the_record_of_a_client_that_went_away_is_logged_and_harms_no_other() -> None:
    store = FailingLog(local=False)

    async def steps(log: DurableLog) -> None:
        store.open.clear()
        gone = asyncio.create_task(log.append(a_record(), ALL))
        await soon(lambda: store.committing, "the first is on its way")
        stays = asyncio.create_task(log.append(a_record(), ALL))
        await soon(lambda: log.waiting == 2, "the second waits")
        gone.cancel()
        store.open.set()
        await stays

    run(lambda: store, steps)
    assert [len(batch) for batch in store.batches] == [1, 1]


def test_what_cannot_be_encoded_fails_alone() -> None:
    store = FailingLog()

    async def steps(log: DurableLog) -> None:
        bad = log.append(a_record(columns={"a": [object()]}), ALL)
        found = await asyncio.gather(log.append(a_record(), ALL), bad, return_exceptions=True)
        assert found[0] is True
        assert isinstance(found[1], TypeError)
        assert log.ready

    run(lambda: store, steps)
    assert [len(batch) for batch in store.batches] == [1]


def test_a_sample_is_logged_with_the_weight_that_makes_up_for_the_rest() -> None:
    store, spec = FailingLog(), LogSpec(sample=0.25)
    said: list[bool] = []

    async def steps(log: DurableLog) -> None:
        said.extend(await asyncio.gather(*(log.append(a_record(), spec) for _ in range(900))))

    run(lambda: store, steps)
    logged = [decode(each.body) for batch in store.batches for each in batch]
    assert {record.sampling_weight for record in logged} == {4.0}
    # Five standard deviations of a binomial with n = 900 and p = 1/4.
    assert abs(len(logged) - 225) < 65
    assert sum(said) == len(logged)


def test_what_is_not_sampled_is_answered_while_the_log_is_away() -> None:
    store, spec = FailingLog(), LogSpec(sample=1e-9)

    async def steps(log: DurableLog) -> None:
        store.error = LogUnavailable("the disk is full")
        await refusals(log, 1)
        assert await log.append(a_record(), spec) is False

    run(lambda: store, steps)


def test_personal_data_never_reach_the_disk(tmp_path: Path) -> None:
    spec, key = LogSpec(redact=("carrier",)), tmp_path / "redaction.key"
    record = a_record(columns={"carrier": ["Jane Roe"], "distance": [1.5]})

    async def steps() -> None:
        log = DurableLog.open(tmp_path / "log", "delay", key)
        await log.append(record, spec)
        await log.close()

    asyncio.run(steps())
    written = b"".join(path.read_bytes() for path in (tmp_path / "log" / "delay").iterdir())
    assert b"Jane Roe" not in written
    assert record.request_id.encode() in written
    assert key.stat().st_mode & 0o777 == 0o600


# --- a disk that is full -----------------------------------------------------------------------


def test_a_full_disk_answers_nothing_and_a_freed_one_goes_on_by_itself(tmp_path: Path) -> None:
    accepted: list[str] = []

    async def log_one(log: DurableLog) -> None:
        record = a_record(50)
        await log.append(record, ALL)
        accepted.append(record.request_id)

    async def until_refused(log: DurableLog) -> LogUnavailable:
        for _ in range(20_000):
            try:
                await log_one(log)
            except LogUnavailable as error:
                return error
        raise AssertionError("a full disk takes no 50 MB")

    async def steps(log: DurableLog) -> None:
        await log_one(log)
        with filled(disk):
            assert "full" in str(await until_refused(log))
            assert not log.ready
            assert isinstance((await refusals(log, 1))[0], LogUnavailable)
        await soon(lambda: log.ready, "the log is there again")
        await log_one(log)

    with mounted(tmp_path / "disk", megabytes=16) as disk:
        run(lambda: SqliteWriter(disk / "log", "delay"), steps)
        reader = SqliteReader(disk / "log", "delay")
        (writer,) = reader.writers()
        found = reader.read(writer, 0, len(accepted) * 50 + 1)
    assert [each.record.request_id for each in found] == accepted
    assert len(accepted) > 2
