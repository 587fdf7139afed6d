from __future__ import annotations

import time
from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.request_id import request_ids, row_id


@given(st.integers(0, 200))
def test_as_many_different_identifiers_as_asked_for(count: int) -> None:
    ids = request_ids(count)

    assert len(ids) == len(set(ids)) == count


def test_an_identifier_is_a_uuid_of_version_7() -> None:
    found = UUID(request_ids(1)[0])

    assert (found.version, found.variant) == (7, RFC_4122)


def test_an_identifier_begins_with_its_millisecond_so_that_later_ones_sort_behind() -> None:
    before = time.time_ns() // 1_000_000
    first = request_ids(1)[0]
    time.sleep(0.002)
    second = request_ids(1)[0]

    assert before <= UUID(first).int >> 80 <= time.time_ns() // 1_000_000
    assert first < second


@given(st.integers(0, 2**62 - 1), st.integers(1, 300))
def test_rows_of_a_request_count_up_from_its_own_identifier(tail: int, rows: int) -> None:
    bits = UUID(request_ids(1)[0]).int >> 62 << 62
    first = str(UUID(int=bits | tail))

    ids = [row_id(first, i) for i in range(rows)]

    assert ids[0] == first
    assert len(set(ids)) == rows
    assert {UUID(each).version for each in ids} == {7}
    assert {UUID(each).variant for each in ids} == {RFC_4122}
    assert {UUID(each).int >> 62 for each in ids} == {bits >> 62}, "the same moment"
