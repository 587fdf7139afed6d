"""Of the inference log only what the endpoint scored is read, from a moment on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ml_platform.lifecycle.online_rows import OF_CLIENTS, OF_ONE_REQUEST, online_rows
from ml_platform.stores.request_log.codec import encode
from ml_platform_tests.lifecycle.answered_flights import (
    DAY,
    a_mover,
    a_request,
    a_writer,
    log_table,
)

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(moment: datetime) -> int:
    return round(moment.timestamp() * 1e6)


def test_rows_before_the_moment_and_probes_stay_out_where_clients_are_asked_for(
    tmp_path: Path,
) -> None:
    writer = a_writer(tmp_path)
    records = [
        a_request(0, received_at=at(MOMENT - timedelta(microseconds=1))),
        a_request(1, rows=2, received_at=at(MOMENT)),
        a_request(10, received_at=at(MOMENT), status="probe"),
        a_request(20, received_at=at(MOMENT + timedelta(hours=1)), role="shadow"),
    ]
    writer.append([encode(record) for record in records])
    writer.close()
    a_mover(tmp_path).move()
    log = log_table(tmp_path)

    clients = online_rows(log, ("flight", *OF_ONE_REQUEST), MOMENT, OF_CLIENTS)
    everything = online_rows(log, ("flight",), MOMENT, pc.scalar(True))

    assert sorted(clients["flight"].to_pylist()) == [1, 2, 20]
    assert clients.column_names == ["flight", *OF_ONE_REQUEST]
    assert sorted(everything["flight"].to_pylist()) == [1, 2, 10, 20]


def test_rows_that_batch_scored_stay_out(tmp_path: Path) -> None:
    writer = a_writer(tmp_path)
    writer.append([encode(a_request(1, rows=2, received_at=at(MOMENT)))])
    writer.close()
    a_mover(tmp_path).move()
    log = log_table(tmp_path)
    rows = log.read_arrow()
    place = rows.schema.get_field_index("source")
    batch = rows.set_column(
        place, "source", pc.replace_substring(rows["source"], "online", "batch")
    )
    log.replace_arrow(pa.concat_tables([rows, batch]), [DAY])

    assert online_rows(log, ("flight",), MOMENT, OF_CLIENTS).num_rows == 2
