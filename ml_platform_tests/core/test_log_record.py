from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from ml_platform_tests.stores.request_log.records import a_record


def test_a_record_has_as_many_rows_as_scores_and_never_changes() -> None:
    record = a_record(3)

    assert record.rows == 3
    with pytest.raises(FrozenInstanceError):
        record.status = "failed"  # type: ignore[misc]


def test_a_column_is_found_wherever_it_was_sent_and_else_is_missing_in_each_row() -> None:
    record = replace(a_record(2), columns={"distance": [1, 2]}, extra={"flight": [3, None]})

    assert record.sent("distance") == [1, 2]
    assert record.sent("flight") == [3, None]
    assert record.sent("carrier") == [None, None]
