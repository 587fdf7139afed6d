"""The ledger keeps every entry, whoever appends."""

from __future__ import annotations

import json
import multiprocessing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest

from ml_platform.core import ledger as ledger_module
from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.stores.lake import Lake
from ml_platform.stores.lake_table import LakeTable
from ml_platform.stores.ledger import Ledger

START = datetime(2026, 1, 1, tzinfo=UTC)


def entry(number: int, model: str = "flight_delay") -> LedgerEntry:
    return LedgerEntry(
        entry_id=f"e{number}",
        model=model,
        decided_at=START + timedelta(minutes=number),
        as_of="2013-02-03",
        kind=EntryKind.DECISION,
        verdict="RETRAIN",
        evidence={"psi": 0.31, "columns": ["dep_hour"]},
        cost_seconds=1.5,
    )


def append_entries(root: str, first: int) -> None:
    ledger = Ledger(Lake(root))
    for number in range(first, first + 15):
        ledger.append(entry(number))


def test_an_entry_reads_back_as_it_was_written(tmp_path: Path) -> None:
    ledger = Ledger(Lake(str(tmp_path)))
    assert ledger.entries() == []
    ledger.append(entry(1))
    assert ledger.entries() == [entry(1)]


def test_entries_come_oldest_first_and_by_model_and_time(tmp_path: Path) -> None:
    ledger = Ledger(Lake(str(tmp_path)))
    written = [entry(3), entry(1, "other"), entry(2)]
    for each in written:
        ledger.append(each)
    assert [each.entry_id for each in ledger.entries()] == ["e1", "e2", "e3"]
    assert ledger.entries(model="other") == [entry(1, "other")]
    assert ledger.entries(since=START + timedelta(minutes=2)) == [entry(2), entry(3)]


def test_evidence_is_made_values_of_where_it_is_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(Lake(str(tmp_path)))
    for number in range(12):
        ledger.append(entry(number))
    made: list[str] = []
    loads = json.loads
    monkeypatch.setattr(
        ledger_module,
        "json",
        SimpleNamespace(loads=lambda text: made.append(text) or loads(text), dumps=json.dumps),
    )
    found = ledger.entries(model="flight_delay")
    assert ([each.as_of for each in found], made) == (["2013-02-03"] * 12, [])
    assert found[3].evidence["psi"] == 0.31
    assert repr(found[3].evidence) == "{'columns': ['dep_hour'], 'psi': 0.31}"
    assert len(found[3].evidence) == 2
    assert len(made) == 1
    assert found[3].to_row() == entry(3).to_row()


def test_of_files_that_hold_nothing_new_none_is_read(tmp_path: Path) -> None:
    ledger = Ledger(Lake(str(tmp_path)))
    for number in range(8):
        ledger.append(entry(number))
    [first, *_] = sorted(
        Path(tmp_path).rglob("*.parquet"), key=lambda file: file.stat().st_mtime_ns
    )
    first.write_bytes(b"read by nobody")
    assert ledger.entries(since=START + timedelta(minutes=6)) == [entry(6), entry(7)]


def test_lines_are_entries_whose_evidence_is_read_where_it_is_looked_into(tmp_path: Path) -> None:
    ledger = Ledger(Lake(str(tmp_path)))
    assert ledger.lines("flight_delay") == []
    for each in (entry(2), entry(1), entry(3, "other")):
        ledger.append(each)
    assert ledger.lines("flight_delay") == [entry(1), entry(2)]
    assert ledger.lines("other")[0].to_row() == entry(3, "other").to_row()


def test_lines_are_read_once_until_one_is_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, reads = Ledger(Lake(str(tmp_path))), []
    read_arrow = LakeTable.read_arrow

    def counted(table: LakeTable, **asked: object) -> pa.Table:
        reads.append(asked["columns"])
        return read_arrow(table, **asked)

    monkeypatch.setattr(LakeTable, "read_arrow", counted)
    for number in range(3):
        ledger.append(entry(number))
        reads.clear()
        for _ in range(5):
            assert len(Ledger(Lake(str(tmp_path))).lines("flight_delay")) == number + 1
        assert len(reads) == 1
        assert "evidence" not in reads[0]


def test_the_same_entry_is_recorded_once(tmp_path: Path) -> None:
    ledger = Ledger(Lake(str(tmp_path)))
    ledger.append(entry(1))
    ledger.append(entry(1))
    assert ledger.entries() == [entry(1)]


def test_appends_from_two_processes_at_once_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=append_entries, args=(str(tmp_path), n)) for n in (0, 15)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    assert Ledger(Lake(str(tmp_path))).entries() == [entry(number) for number in range(30)]
