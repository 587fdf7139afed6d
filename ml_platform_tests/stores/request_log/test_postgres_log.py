"""The log in PostgreSQL: on the server's disk before an answer, and whole after a crash."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import psycopg2
import pytest

from ml_platform.core.serving_spec import LogSpec
from ml_platform.serving.durable_log import DurableLog
from ml_platform.stores.request_log.codec import encode
from ml_platform.stores.request_log.port import LogUnavailable
from ml_platform.stores.request_log.postgres_reader import PostgresReader
from ml_platform.stores.request_log.postgres_writer import PostgresWriter
from ml_platform.stores.request_log.where import open_reader, open_writer
from ml_platform_tests.stores.request_log.postgres_server import PostgresServer, postgres_server
from ml_platform_tests.stores.request_log.records import a_record
from ml_platform_tests.waiting import PATIENCE, wait_until


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres_server() as started:
        yield started


def test_records_come_back_in_order_numbered_by_row(server: PostgresServer) -> None:
    writer, reader = open_writer(server.address, "a"), open_reader(server.address, "a")
    assert isinstance(writer, PostgresWriter)
    assert isinstance(reader, PostgresReader)
    records = [a_record(rows) for rows in (2, 1, 3)]
    writer.append([encode(records[0])])
    writer.append([encode(each) for each in records[1:]])

    found = reader.read(writer.writer, 0, 10)
    assert [each.record for each in found] == records
    assert [(each.seq, each.end) for each in found] == [(0, 2), (2, 3), (3, 6)]
    assert reader.read(writer.writer, 2, 1) == found[1:2]
    assert reader.rows(writer.writer, 2, 6) == 4
    assert reader.writers() == [writer.writer]
    assert open_reader(server.address, "other").writers() == []
    writer.close()


def test_moved_rows_go_and_others_stay(server: PostgresServer) -> None:
    writer, reader = PostgresWriter(server.address, "b"), PostgresReader(server.address, "b")
    writer.append([encode(a_record(2)), encode(a_record(1))])

    assert not reader.forget(writer.writer, 2), "it lives, and one row is not moved"
    assert reader.rows(writer.writer, 0, 9) == 1
    writer.append([encode(a_record(1))])
    assert [each.seq for each in reader.read(writer.writer, 2, 9)] == [2, 3]
    writer.close()
    _soon_forgotten(reader, writer.writer, 4)
    assert reader.writers() == []


def _soon_forgotten(reader: PostgresReader, writer: str, end: int) -> None:
    # The server notices the end of a session a moment later.
    wait_until(lambda: reader.forget(writer, end), "the writer is dead and all is moved")


def test_commits_wait_for_the_servers_disk(server: PostgresServer) -> None:
    writer = PostgresWriter(server.address, "c")
    assert writer._session is not None
    with writer._session.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)
        cursor.execute("SHOW fsync")
        assert cursor.fetchone() == ("on",)
    writer.close()


def test_several_first_writers_make_the_table_once(server: PostgresServer) -> None:
    with psycopg2.connect(server.address) as session, session.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS request_log")
    with ThreadPoolExecutor(8) as pool:
        writers = list(pool.map(partial(PostgresWriter, server.address), "dddddddd"))
    assert len({writer.writer for writer in writers}) == 8
    for writer in writers:
        writer.close()


def test_a_server_that_cannot_be_reached_is_told_without_the_password() -> None:
    with pytest.raises(LogUnavailable) as told:
        PostgresWriter("postgresql://me:secret@127.0.0.1:1/none", "a")
    assert "secret" not in str(told.value)


def test_what_was_answered_outlives_a_crash_of_the_server_and_writing_goes_on(
    server: PostgresServer,
) -> None:
    answered: list[str] = []

    async def ask(log: DurableLog) -> None:
        record = a_record()
        await log.append(record, LogSpec())
        answered.append(record.request_id)

    async def steps() -> None:
        log = DurableLog(partial(PostgresWriter, server.address, "e"), Path("no key"))
        await asyncio.gather(*(ask(log) for _ in range(50)))
        server.stop(signal.SIGQUIT)  # an immediate shutdown: no checkpoint, recovery at start
        with pytest.raises(LogUnavailable):
            await ask(log)
        assert not log.ready
        await asyncio.get_running_loop().run_in_executor(None, server.start)
        while not log.ready:
            await asyncio.sleep(0.05)
        await ask(log)
        await log.close()

    asyncio.run(asyncio.wait_for(steps(), PATIENCE))
    reader = PostgresReader(server.address, "e")
    logged = [
        each.record.request_id
        for writer in reader.writers()
        for each in reader.read(writer, 0, 1000)
    ]
    assert len(reader.writers()) == 2, "a new session goes on under a new name"
    assert sorted(logged) == sorted(answered)
