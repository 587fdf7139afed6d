"""Records with different keys are one table only where a key may be absent."""

import pytest

from ml_platform.serving.errors import InvalidRequest
from ml_platform.serving.named_tables import columns_of_records, columns_of_split

ROWS = [{"a": 1, "key": "x"}, {"a": 2}]


def test_a_key_that_may_be_absent_is_missing_where_it_is() -> None:
    assert columns_of_records("rows", ROWS, {"key"}) == {"a": [1, 2], "key": ["x", None]}


def test_any_other_key_is_needed_in_all_rows() -> None:
    with pytest.raises(InvalidRequest) as refused:
        columns_of_records("rows", ROWS)
    assert (refused.value.status, refused.value.field) == (422, "key")
    assert refused.value.reason == "absent from row 1; all rows need the same columns"


def test_a_name_twice_among_very_many_is_found_in_one_pass() -> None:
    names = [f"c{number}" for number in range(300_000)]
    table = {"columns": [*names, "c299999"], "data": []}
    # Counting each name for itself would take an hour, in which the worker answers nobody.
    with pytest.raises(InvalidRequest, match="named more than once") as refused:
        columns_of_split("dataframe_split", table)
    assert refused.value.field == "c299999"
