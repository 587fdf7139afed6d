"""Each answered row is moved into the inference log once, whoever dies or moves meanwhile."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from subprocess import Popen

import pytest

from ml_platform.core.feature_digest import feature_digests
from ml_platform.core.moved_requests import MovedRows, moved_outcome
from ml_platform.core.request_id import row_id
from ml_platform.core.verdict import Verdict
from ml_platform.lifecycle import request_mover
from ml_platform.stores import lake_append
from ml_platform.stores.request_log.codec import encode
from ml_platform.stores.request_log.sqlite_reader import SqliteReader
from ml_platform_tests.lifecycle.answered_flights import (
    DAY,
    NAME,
    a_mover,
    a_request,
    a_writer,
    log_table,
    start,
)


def test_a_request_becomes_rows_with_the_types_of_the_lake(tmp_path: Path) -> None:
    mover, writer, record = a_mover(tmp_path), a_writer(tmp_path), a_request(7, rows=2)
    writer.append([encode(record)])

    moves = mover.move()

    rows = log_table(tmp_path).read_arrow().to_pylist()
    assert moves.rows == {DAY: 2}
    assert rows[1] == {
        "request_id": row_id(record.request_id, 1),
        "client_request_id": "client-7",
        "model": NAME,
        "model_version": 3,
        "role": "champion",
        "source": "online",
        "event_time": datetime(2013, 1, 9, 5, tzinfo=UTC),
        "logged_at": datetime.fromtimestamp(0, UTC) + timedelta(microseconds=record.received_at),
        "flight_date": date(2013, 1, 9),
        "flight": 8,
        "features": {"carrier": "AA", "distance": 8, "temp": 8 / 7},
        "score": 1 / 9,
        "decision": 0,
        "threshold": 0.5,
        "latency_ms": 0.75,
        "status": "ok",
        "sampling_weight": 1.0,
        "code_version": "0.1.0",
        "feature_digest": feature_digests(record.columns)[1],
        "writer": writer.writer,
        "seq": 1,
        "partition": DAY,
    }
    writer.close()


def test_what_was_moved_is_not_moved_again_and_what_came_since_is(tmp_path: Path) -> None:
    mover, writers = a_mover(tmp_path), [a_writer(tmp_path), a_writer(tmp_path)]
    for i in range(10):
        writers[i % 2].append([encode(a_request(i))])
    first = mover.move()
    again = mover.move()
    writers[0].append([encode(a_request(99))])
    last = mover.move()

    assert [sum(m.rows.values()) for m in (first, again, last)] == [10, 0, 1]
    assert mover.count(first) == MovedRows(10, 10, 10, 10)
    assert mover.count(again) == MovedRows(0, 0, 0, 0)
    assert mover.count(last) == MovedRows(1, 1, 1, 1)
    assert sorted(log_table(tmp_path).read_arrow()["flight"].to_pylist()) == [*range(10), 99]
    for writer in writers:
        writer.close()


def test_logs_of_the_dead_go_once_moved_and_those_of_the_living_stay(tmp_path: Path) -> None:
    mover, dead, living = a_mover(tmp_path), a_writer(tmp_path), a_writer(tmp_path)
    for writer in (dead, living):
        writer.append([encode(a_request(1))])
    dead.close()

    assert mover.forget_the_dead() == [], "nothing was moved yet"
    mover.move()
    assert mover.forget_the_dead() == [dead.writer]
    assert SqliteReader(tmp_path / "log", NAME).writers() == [living.writer]
    living.close()


def test_more_than_is_held_at_once_is_moved_in_several_commits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_mover, "ROWS_AT_ONCE", 4)
    mover, writer = a_mover(tmp_path), a_writer(tmp_path)
    writer.append([encode(a_request(i)) for i in range(10)])

    moves = mover.move()

    assert [span[1:] for span in moves.ranges] == [(0, 4), (4, 8), (8, 10)]
    assert moved_outcome(mover.count(moves)).verdict is Verdict.PASSED
    writer.close()


def test_what_is_held_at_once_does_not_grow_with_the_writers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_mover, "ROWS_AT_ONCE", 4)
    mover, writers = a_mover(tmp_path), [a_writer(tmp_path) for _ in range(3)]
    for writer, requests in zip(writers, (5, 1, 2), strict=True):
        writer.append([encode(a_request(i)) for i in range(requests)])

    moves = mover.move()

    assert max(end - start for _, start, end in moves.ranges) == 1
    assert sum(moves.rows.values()) == 8
    assert moved_outcome(mover.count(moves)).verdict is Verdict.PASSED
    for writer in writers:
        writer.close()


def test_a_mover_that_is_behind_another_goes_on_from_where_that_one_is(tmp_path: Path) -> None:
    writer = a_writer(tmp_path)
    writer.append([encode(a_request(i)) for i in range(5)])
    slow, quick = a_mover(tmp_path), a_mover(tmp_path)
    seen = slow._offsets()
    batch = {writer.writer: slow._reader.read(writer.writer, 0, 3)}
    quick.move()

    moves = request_mover.Moves()
    with pytest.raises(request_mover.OffsetMovedError, match="nothing was written"):
        slow._move_batch(batch, seen, moves)

    assert moves.ranges == []
    assert sum(slow.move().rows.values()) == 0
    assert log_table(tmp_path).row_counts() == {DAY: 5}
    writer.close()


@pytest.mark.parametrize(
    ("sent", "received", "partition"),
    [
        ("2013-01-09T23:59:59+00:00", "2026-05-01T10:00:00+00:00", "2013-01-09"),
        ("2013-01-09T20:00:00-05:00", "2026-05-01T10:00:00+00:00", "2013-01-10"),
        (None, "2026-05-01T10:00:00+00:00", "2026-05-01"),
        ("1970-01-01T00:00:00+00:00", "2026-05-01T10:00:00+00:00", "2026-05-01"),
        ("no time at all", "2026-05-01T10:00:00+00:00", "2026-05-01"),
    ],
)
def test_a_row_lies_with_its_event_or_else_with_its_receipt(
    tmp_path: Path, sent: str | None, received: str, partition: str
) -> None:
    mover, writer = a_mover(tmp_path), a_writer(tmp_path)
    at = int(datetime.fromisoformat(received).timestamp() * 1e6)
    extra = {"flight": [1], "event_time": [sent]}
    writer.append([encode(a_request(1, received_at=at, extra=extra))])

    assert mover.move().rows == {partition: 1}
    writer.close()


def test_keys_that_were_not_sent_or_make_no_sense_are_null_and_the_row_is_there(
    tmp_path: Path,
) -> None:
    mover, writer = a_mover(tmp_path), a_writer(tmp_path)
    writer.append([encode(a_request(1, extra={"flight": ["many"]}))])
    mover.move()

    (row,) = log_table(tmp_path).read_arrow().to_pylist()
    assert (row["flight_date"], row["flight"], row["score"]) == (None, None, 0.5)
    writer.close()


def test_what_fits_into_no_column_is_kept_as_it_was_sent(tmp_path: Path) -> None:
    """An odd request neither holds the others up nor loses anything; batch reads on."""
    mover, writer = a_mover(tmp_path), a_writer(tmp_path)
    writer.append([encode(a_request(1))])
    mover.move()
    columns = {"carrier": ["AA"] * 3, "distance": [2**53, 7.5, 7], "new": ["x", None, "y"]}
    extra = {"flight": ["many", 5, 6], "event_time": ["9999-12-31T23:59:59", None, "noon"]}
    writer.append([encode(a_request(2, rows=3, columns=columns, extra=extra))])
    writer.append([encode(a_request(9))])

    moved = mover.count(mover.move())

    rows = log_table(tmp_path).read_arrow().sort_by("seq").to_pylist()
    assert moved_outcome(moved).verdict is Verdict.PASSED
    assert [row["features"]["distance"] for row in rows] == [1, None, None, 7, 9]
    assert [row["flight"] for row in rows] == [1, None, 5, 6, 9]
    assert [row["as_sent"] and dict(row["as_sent"]) for row in rows] == [
        None,
        {"distance": str(2**53), "new": '"x"', "flight": '"many"'},
        {"distance": "7.5"},
        {"new": '"y"', "event_time": '"noon"'},
        [],
    ]
    writer.append([encode(a_request(10))])
    assert sum(mover.move().rows.values()) == 1
    writer.close()


def test_redacted_numbers_are_null_with_their_digest_beside_and_text_is_its_digest(
    tmp_path: Path,
) -> None:
    mover, writer = a_mover(tmp_path, redact=["carrier", "temp"]), a_writer(tmp_path)
    columns = {"carrier": ["d1", "d1"], "distance": [5, 6], "temp": ["d2", None]}
    writer.append([encode(a_request(5, rows=2, columns=columns))])
    mover.move()

    first, second = log_table(tmp_path).read_arrow().to_pylist()
    assert first["features"] == {"carrier": "d1", "distance": 5, "temp": None}
    assert first["redacted"] == [("temp", "d2")]
    assert second["redacted"] == []
    assert first["feature_digest"] == feature_digests(columns)[0]
    writer.close()


def test_a_log_without_redaction_gains_the_column_when_some_is_declared(tmp_path: Path) -> None:
    writer = a_writer(tmp_path)
    writer.append([encode(a_request(1))])
    a_mover(tmp_path).move()
    writer.append([encode(a_request(2, columns={"temp": ["d"]}))])
    a_mover(tmp_path, redact=["temp"]).move()

    rows = log_table(tmp_path).read_arrow().sort_by("seq").to_pylist()
    assert [row["redacted"] for row in rows] == [None, [("temp", "d")]]
    writer.close()


def test_a_regression_is_logged_without_decision_and_threshold(tmp_path: Path) -> None:
    mover, writer = a_mover(tmp_path), a_writer(tmp_path)
    writer.append([encode(a_request(1, scores=[41.5], decisions=None, threshold=None))])
    mover.move()

    (row,) = log_table(tmp_path).read_arrow().to_pylist()
    assert (row["score"], row["decision"], row["threshold"]) == (41.5, None, None)
    writer.close()


def test_many_small_files_of_a_partition_become_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lake_append, "MANY_FILES", 5)
    mover, writer = a_mover(tmp_path), a_writer(tmp_path)
    for i in range(7):
        writer.append([encode(a_request(i))])
        mover.move()

    table = log_table(tmp_path)
    assert len(table.files()) == 3
    assert sorted(table.read_arrow()["flight"].to_pylist()) == list(range(7))
    assert sum(mover.move().rows.values()) == 0, "how far was moved is still known"
    writer.close()


def test_the_age_of_the_oldest_record_that_waits(tmp_path: Path) -> None:
    mover, writer = a_mover(tmp_path), a_writer(tmp_path)
    assert mover.oldest() is None
    hour_ago = time.time_ns() // 1000 - 3_600_000_000
    writer.append([encode(a_request(1)), encode(a_request(2, received_at=hour_ago))])
    writer.append([encode(a_request(3))])
    found = mover.oldest()
    assert found is not None
    assert found < timedelta(minutes=1), "records lie in the order of their answers"
    mover.move()
    assert mover.oldest() is None
    writer.close()


def begin(role: str, home: Path, first: int) -> Popen[str]:
    """Start a process that works until it is killed, and wait until it does."""
    process = start(role, str(home), *([str(first), "600"] if role == "log" else []))
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def said_until_killed(process: Popen[str]) -> list[int]:
    """Kill a process; what a writer said is on disk."""
    process.send_signal(signal.SIGKILL)
    said, _ = process.communicate()
    return [int(line) for line in said.splitlines()]


@pytest.mark.slow
def test_writers_and_movers_are_killed_at_random_and_each_row_is_there_once(
    tmp_path: Path,
) -> None:
    """Two writers and two movers, each killed and started again while the others work."""
    a_mover(tmp_path)
    chance, answered, flights = random.Random(7), list[int](), count(0, 1_000_000)
    roles = ["log", "move", "log", "move"]
    processes = [begin(role, tmp_path, next(flights)) for role in roles]
    for place in [*range(4), *range(4)]:
        time.sleep(chance.uniform(0.1, 0.6))
        answered += said_until_killed(processes[place])
        processes[place] = begin(roles[place], tmp_path, next(flights))
    time.sleep(0.5)
    for process in processes:
        answered += said_until_killed(process)
    mover = a_mover(tmp_path)
    mover.move()
    mover.forget_the_dead()

    rows = log_table(tmp_path).read_arrow(columns=["flight", "writer", "seq"]).to_pylist()
    numbers = Counter(row["flight"] for row in rows)
    assert len(answered) > 200, "there was a load"
    assert [n for n in answered if any(numbers[n + i] != 1 for i in range(3))] == []
    assert max(numbers.values()) == 1
    assert len({(row["writer"], row["seq"]) for row in rows}) == len(rows)
    assert SqliteReader(tmp_path / "log", NAME).writers() == []
