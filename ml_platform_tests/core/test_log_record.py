from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from ml_platform_tests.stores.request_log.records import a_record


def test_a_record_has_as_many_rows_as_scores_and_never_changes() -> None:
    record = a_record(3)

    assert record.rows == 3
    with pytest.raises(FrozenInstanceError):
        record.status = "failed"  # type: ignore[misc]
