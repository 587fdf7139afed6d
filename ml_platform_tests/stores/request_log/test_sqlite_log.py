"""The SQLite log: what a writer committed is read by others, alive or dead, and goes when moved."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ml_platform.stores.request_log.codec import encode
from ml_platform.stores.request_log.port import LogBroken, LogUnavailable
from ml_platform.stores.request_log.sqlite_errors import in_plain_words
from ml_platform.stores.request_log.sqlite_files import lock_path, log_path
from ml_platform.stores.request_log.sqlite_reader import SqliteReader
from ml_platform.stores.request_log.sqlite_writer import SqliteWriter
from ml_platform_tests.stores.request_log.records import a_record


def test_records_are_numbered_by_row_across_batches(tmp_path: Path) -> None:
    records = [a_record(rows) for rows in (1, 3, 2)]
    writer, reader = SqliteWriter(tmp_path, "delay"), SqliteReader(tmp_path, "delay")
    writer.append([encode(records[0])])
    writer.append([encode(each) for each in records[1:]])

    found = reader.read(writer.writer, 0, 10)

    assert [(each.seq, each.end) for each in found] == [(0, 1), (1, 4), (4, 6)]
    assert [each.record for each in found] == records
    assert reader.read(writer.writer, 4, 10) == found[2:]
    assert reader.read(writer.writer, 0, 1) == found[:1]
    assert reader.rows(writer.writer, 1, 6) == 5
    writer.close()


def test_each_writer_of_each_model_has_its_own_file_which_others_cannot_read(
    tmp_path: Path,
) -> None:
    writers = [SqliteWriter(tmp_path, model) for model in ("a", "a", "b")]

    assert SqliteReader(tmp_path, "a").writers() == sorted(w.writer for w in writers[:2])
    assert SqliteReader(tmp_path, "b").writers() == [writers[2].writer]
    assert SqliteReader(tmp_path, "c").writers() == []
    for path in (tmp_path / "a").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    for writer in writers:
        writer.close()


def test_the_log_of_a_living_writer_is_never_removed(tmp_path: Path) -> None:
    writer, reader = SqliteWriter(tmp_path, "delay"), SqliteReader(tmp_path, "delay")
    writer.append([encode(a_record())])

    assert not reader.forget(writer.writer, 1)

    writer.append([encode(a_record())])
    assert reader.rows(writer.writer, 0, 9) == 2
    writer.close()


def test_a_dead_writers_log_is_removed_only_when_all_of_it_was_moved(tmp_path: Path) -> None:
    writer, reader = SqliteWriter(tmp_path, "delay"), SqliteReader(tmp_path, "delay")
    writer.append([encode(a_record(2)), encode(a_record(3))])
    writer.close()

    assert not reader.forget(writer.writer, 2)
    assert reader.forget(writer.writer, 5)
    assert list((tmp_path / "delay").iterdir()) == []
    assert reader.forget(writer.writer, 5), "two movers may try"
    assert reader.read(writer.writer, 0, 9) == []


def test_a_writer_that_was_killed_is_known_dead_and_its_records_are_there(tmp_path: Path) -> None:
    script = (
        "import sys, time, pathlib\n"
        "from ml_platform.stores.request_log.sqlite_writer import SqliteWriter\n"
        "from ml_platform.stores.request_log.codec import encode\n"
        "from ml_platform_tests.stores.request_log.records import a_record\n"
        "writer = SqliteWriter(pathlib.Path(sys.argv[1]), 'delay')\n"
        "writer.append([encode(a_record(4))])\n"
        "print(writer.writer, flush=True)\n"
        "time.sleep(60)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        reader = SqliteReader(tmp_path, "delay")
        assert not reader.forget(name, 4)
        process.send_signal(signal.SIGKILL)
        process.wait()

    assert reader.rows(name, 0, 9) == 4
    assert reader.forget(name, 4)


def test_a_file_that_is_only_being_made_holds_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "delay"
    folder.mkdir()
    log_path(folder, "new").touch()

    reader = SqliteReader(tmp_path, "delay")

    assert reader.read("new", 0, 9) == []
    assert reader.forget("new", 0)
    assert not lock_path(folder, "new").exists()


def test_a_full_file_is_followed_by_a_new_one_and_can_go(tmp_path: Path) -> None:
    writer, reader = SqliteWriter(tmp_path, "delay", rotate_at=1), SqliteReader(tmp_path, "delay")
    first = writer.writer
    writer.append([encode(a_record())])
    writer.append([encode(a_record())])

    assert writer.writer != first
    assert reader.writers() == sorted([first, writer.writer])
    assert reader.forget(first, 1)
    assert reader.rows(writer.writer, 0, 9) == 1
    writer.close()


def test_a_batch_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    writer, reader = SqliteWriter(tmp_path, "delay"), SqliteReader(tmp_path, "delay")
    broken = encode(a_record())._replace(body=None)

    with pytest.raises(LogBroken, match="NOT NULL"):
        writer.append([encode(a_record()), broken])

    assert reader.rows(writer.writer, 0, 9) == 0
    writer.append([encode(a_record())])
    assert reader.rows(writer.writer, 0, 9) == 1
    writer.close()


def test_a_log_that_a_stranger_locked_can_be_tried_again(tmp_path: Path) -> None:
    writer = SqliteWriter(tmp_path, "delay")
    stranger = sqlite3.connect(log_path(tmp_path / "delay", writer.writer), isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")

    with pytest.raises(LogUnavailable, match="locked"):
        writer.append([encode(a_record())])
    with pytest.raises(LogUnavailable, match="locked"):
        writer.probe()
    stranger.execute("ROLLBACK")

    writer.probe()
    writer.append([encode(a_record())])
    assert SqliteReader(tmp_path, "delay").rows(writer.writer, 0, 9) == 1
    stranger.close()
    writer.close()


def test_every_commit_ends_with_an_fsync(tmp_path: Path) -> None:
    writer = SqliteWriter(tmp_path, "delay")
    log = writer._file._log

    assert log.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert log.execute("PRAGMA synchronous").fetchone() == (2,), "FULL, sqlite.org/pragma.html"
    writer.close()


def test_a_folder_that_cannot_be_made_is_told_and_can_be_tried_again(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")

    with pytest.raises(LogUnavailable, match="taken"):
        SqliteWriter(tmp_path / "taken", "delay")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_FULL, LogUnavailable),
        (sqlite3.SQLITE_BUSY, LogUnavailable),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, LogUnavailable),
        (sqlite3.SQLITE_IOERR_SHMSIZE, LogUnavailable),
        (sqlite3.SQLITE_IOERR_FSYNC, LogBroken),
        (sqlite3.SQLITE_IOERR_DIR_FSYNC, LogBroken),
        (sqlite3.SQLITE_IOERR_WRITE, LogBroken),
        (sqlite3.SQLITE_CORRUPT, LogBroken),
    ],
)
def test_only_what_left_the_log_as_it_was_can_be_tried_again(
    code: int, kind: type[Exception]
) -> None:
    error = sqlite3.OperationalError("as SQLite says")
    error.sqlite_errorcode = code

    with pytest.raises(kind, match="request log w: as SQLite says"), in_plain_words("w"):
        raise error


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    writer, reader = SqliteWriter(tmp_path, "delay"), SqliteReader(tmp_path, "delay")
    writer.append([encode(a_record())])
    reader.read(writer.writer, 0, 9)
    reader.forget(writer.writer, 1)
    writer.close()

    assert len(os.listdir("/proc/self/fd")) == before
