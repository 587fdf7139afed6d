"""Batch scoring and movers write the same partition at the same time, and nothing is lost."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ml_platform.lifecycle.inference_log import append_log
from ml_platform.stores.request_log.codec import encode
from ml_platform_tests.lifecycle.answered_flights import (
    DAY,
    a_model,
    a_mover,
    a_request,
    a_writer,
    log_table,
)

EVENTS = 200
PREDICTIONS = f"""
SELECT date'{DAY}' AS flight_date, cast(id AS int) AS flight,
  timestamp'{DAY} 05:00:00Z' AS event_time,
  named_struct('carrier', 'AA', 'distance', cast(id AS int), 'temp', cast(id AS double))
    AS features,
  rand(1) AS score, cast(1 AS int) AS decision, 0.5D AS threshold, cast(3 AS int) AS model_version,
  uuid() AS request_id, 'd' AS feature_digest, current_timestamp() AS scored_at,
  '{DAY}' AS partition
FROM range({EVENTS})
"""


def test_runs_of_batch_and_a_mover_write_a_partition_at_once(tmp_path: Path, spark: Any) -> None:
    """Requests come all the time: batch neither waits for them nor drops them."""
    model, table, mover = a_model(), log_table(tmp_path), a_mover(tmp_path)
    predicted = spark.sql(PREDICTIONS)
    ready, stop, sent, met = threading.Barrier(4), threading.Event(), [0], [0]

    def score(run: int) -> None:
        ready.wait()
        append_log(model, table, predicted, [DAY], f"batch:{run}")

    def ask() -> None:
        writer = a_writer(tmp_path)
        ready.wait()
        while not stop.wait(0.02):
            writer.append([encode(a_request(sent[0], rows=2))])
            sent[0] += 2
        writer.close()

    def move() -> None:
        ready.wait()
        while not stop.wait(0.05):
            met[0] += bool(mover.move().rows)

    with ThreadPoolExecutor(4) as pool:
        beside = [pool.submit(ask), pool.submit(move)]
        runs = [pool.submit(score, run) for run in (1, 2)]
        try:
            for done in runs:
                done.result(120)
        finally:
            stop.set()
        for done in beside:
            done.result(120)
    mover.move()

    rows = table.read_arrow([DAY]).to_pylist()
    assert met[0] > 3, "they met"
    assert Counter(row["source"] for row in rows) == {"online": sent[0], "batch": EVENTS}
    assert len({(row["writer"], row["seq"]) for row in rows}) == len(rows)
    of_batch = [row["flight"] for row in rows if row["source"] == "batch"]
    assert sorted(of_batch) == list(range(EVENTS)), "two runs, and each event once"
