"""The requests of clients by id: in the endpoint's own log, and in the lake."""

from __future__ import annotations

import sys

import pyarrow.compute as pc

from ml_platform.core import names
from ml_platform.core.log_record import OK, ONLINE
from ml_platform.stores.lake import Lake
from ml_platform.stores.request_log.where import open_reader


def logged_requests(where: str, model: str) -> set[str]:
    """Ids of the requests in the logs of all workers that still have theirs.

    Args:
        where: the request log of the installation.
        model: whose requests.
    """
    reader = open_reader(where, model)
    return {
        found.record.request_id
        for writer in reader.writers()
        for found in reader.read(writer, 0, sys.maxsize)
        if found.record.status == OK
    }


def moved_requests(lake: Lake, model: str) -> set[str]:
    """Ids of the requests in the inference log; of a request with several rows each row's."""
    table = lake.table(names.table_of(names.of_model(model, names.INFERENCE_LOG)))
    if not table.exists():
        return set()
    rows = table.read_arrow(columns=["request_id", "source", "status"])
    asked = pc.and_(pc.equal(rows["source"], ONLINE), pc.equal(rows["status"], OK))
    return set(rows.filter(asked)["request_id"].to_pylist())
