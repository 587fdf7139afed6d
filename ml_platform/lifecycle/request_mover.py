"""Moving the request log of a model into its inference log, each row exactly once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from ml_platform.core import names
from ml_platform.core.moved_requests import MovedRows
from ml_platform.lifecycle.event_partition import event_partition
from ml_platform.lifecycle.model import Model
from ml_platform.stores.lake import Lake, LakeTable
from ml_platform.stores.lake_append import append_moved, fold_partitions, offsets_of
from ml_platform.stores.lake_errors import OffsetMovedError
from ml_platform.stores.request_log.log_rows import EPOCH, log_rows
from ml_platform.stores.request_log.log_schema import log_schema, with_digests
from ml_platform.stores.request_log.port import LoggedRecord, LogReader

ROWS_AT_ONCE = 20_000
"""In one commit, about, shared by all writers: bounds what is held in memory."""
TRANSACTION = "request_log:"


@dataclass
class Moves:
    """What one run moved.

    Attributes:
        ranges: writers, each with a first row and the one behind a last; other movers may have
            moved what lies between two of them.
        rows: rows committed by partition.
        version: of the table after the last commit, None without one.
    """

    ranges: list[tuple[str, int, int]] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    version: int | None = None


class RequestMover:
    """Moves what the writers of one model have logged; any number of movers may run at once.

    The table holds, in the commit of the rows themselves, how far each writer's log was moved.
    A commit is refused unless it begins exactly there, so that a run that was killed, or a second
    one, neither repeats a row nor leaves one out.
    """

    def __init__(self, model: Model, lake: Lake, reader: LogReader) -> None:
        self._model, self._lake, self._reader = model, lake, reader
        self._table = lake.table(model.table(names.INFERENCE_LOG))

    def oldest(self) -> timedelta | None:
        """Age of the oldest record that is not moved; None where nothing waits."""
        waiting = [
            found[0].record.received_at
            for writer, start in self._offsets().items()
            if (found := self._reader.read(writer, start, 1))
        ]
        return datetime.now(UTC) - _instant(min(waiting)) if waiting else None

    def move(self) -> Moves:
        """Move until nothing waits of what was there at first, then fold small files."""
        moves = Moves()
        while True:
            offsets = self._offsets()
            most = max(1, ROWS_AT_ONCE // max(1, len(offsets)))
            found = {
                writer: self._reader.read(writer, start, most) for writer, start in offsets.items()
            }
            batch = {writer: records for writer, records in found.items() if records}
            if not batch:
                break
            try:
                self._move_batch(batch, offsets, moves)
            except OffsetMovedError:
                continue  # another mover was faster: go on from where it is
            if all(records[-1].end - offsets[w] < most for w, records in batch.items()):
                break
        fold_partitions(self._table, moves.rows)
        return moves

    def count(self, moves: Moves) -> MovedRows:
        """Count what was moved at its three places: the log, the commits and the table."""
        logged = sum(self._reader.rows(*moved) for moved in moves.ranges)
        found, distinct = _found(self._table, moves) if moves.rows else (0, 0)
        return MovedRows(logged, sum(moves.rows.values()), found, distinct)

    def forget_the_dead(self) -> list[str]:
        """Remove the logs of writers that are gone and moved to the end; return their names."""
        return [w for w, end in self._offsets().items() if self._reader.forget(w, end)]

    def _offsets(self) -> dict[str, int]:
        writers = self._reader.writers()
        found = offsets_of(self._table, [TRANSACTION + writer for writer in writers])
        return {log.removeprefix(TRANSACTION): end for log, end in found.items()}

    def _move_batch(
        self, batch: Mapping[str, list[LoggedRecord]], offsets: Mapping[str, int], moves: Moves
    ) -> None:
        rows = self._rows([(w, each) for w, records in batch.items() for each in records])
        read = {w: (offsets[w], records[-1].end) for w, records in batch.items()}
        commit = append_moved(
            self._table, rows, {TRANSACTION + writer: span for writer, span in read.items()}
        )
        moves.ranges += [(writer, *span) for writer, span in read.items()]
        for partition, count in commit.rows.items():
            moves.rows[partition] = moves.rows.get(partition, 0) + count
        moves.version = commit.version

    def _rows(self, logged: list[tuple[str, LoggedRecord]]) -> pa.Table:
        redact = self._model.spec.serving.log.redact
        return log_rows(logged, self._schema(), redact, event_partition(self._model.calendar))

    def _schema(self) -> pa.Schema:
        redacts = bool(self._model.spec.serving.log.redact)
        if self._table.exists():
            return with_digests(self._table.schema(), redacts)
        features = self._lake.table(self._model.table(names.FEATURES)).schema()
        return log_schema(features, self._model.spec.key, list(self._model.inputs), redacts)


def _found(table: LakeTable, moves: Moves) -> tuple[int, int]:
    """Rows of these writers and numbers in the table, and how many different ones."""
    there = table.read_arrow(list(moves.rows), columns=["writer", "seq"])
    writers, starts, ends = zip(*moves.ranges, strict=True)
    moved = pa.table(
        {
            "writer": pa.array(writers, pa.string()),
            "start": pa.array(starts, pa.int64()),
            "end": pa.array(ends, pa.int64()),
        }
    )
    ours = there.join(moved, "writer", join_type="inner")
    inside = pc.and_(
        pc.greater_equal(ours["seq"], ours["start"]), pc.less(ours["seq"], ours["end"])
    )
    rows = ours.filter(inside).select(["writer", "seq"])
    return rows.num_rows, rows.group_by(["writer", "seq"]).aggregate([]).num_rows


def _instant(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)
