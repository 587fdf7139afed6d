from datetime import UTC, datetime, timedelta, timezone

import pytest

from ml_platform.core.ledger import NOT_MOVED, EntryKind, LedgerEntry, champion_moves

AT = datetime(2026, 1, 2, 3, tzinfo=UTC)


def test_an_entry_survives_the_table() -> None:
    entry = LedgerEntry(
        entry_id="a",
        model="flight_delay",
        decided_at=AT,
        as_of="2013-02-01",
        kind=EntryKind.PROMOTION,
        verdict="promote",
        evidence={"brier": 0.17, "segments": [{"origin": "JFK"}]},
        model_version="3",
        cost_seconds=12.5,
    )
    assert LedgerEntry.from_row(entry.to_row() | {"partition": "ignored"}) == entry


def test_times_are_kept_in_utc() -> None:
    there = timezone(timedelta(hours=-5))
    entry = LedgerEntry("a", "m", AT.astimezone(there), "2013-02-01", EntryKind.DECISION)
    assert entry.to_row()["decided_at"].tzinfo is UTC


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        LedgerEntry("a", "m", datetime(2026, 1, 2), "2013-02-01", EntryKind.DECISION)


def test_numbers_without_a_word_in_json_become_null() -> None:
    evidence = {"auc": float("nan"), "list": (1, float("inf"))}
    entry = LedgerEntry("a", "m", AT, "2013-02-01", EntryKind.DECISION, evidence=evidence)
    assert LedgerEntry.from_row(entry.to_row()).evidence == {"auc": None, "list": [1, None]}


def test_a_move_that_was_taken_back_is_no_move() -> None:
    promoted = LedgerEntry("a", "m", AT, "2013-02-01", EntryKind.PROMOTION)
    back = LedgerEntry("b", "m", AT, "2013-02-01", EntryKind.ROLLBACK)
    failed = LedgerEntry(*("c", "m", AT, "2013-02-01", EntryKind.OUTCOME, NOT_MOVED), refers_to="b")

    assert champion_moves([promoted, back]) == [promoted, back]
    assert champion_moves([promoted, back, failed]) == [promoted]
