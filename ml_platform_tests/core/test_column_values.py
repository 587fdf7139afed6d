from __future__ import annotations

from collections import Counter
from decimal import Decimal

import numpy as np
import pytest

from ml_platform.core.column_values import holds_numbers, numbers, texts


def test_a_mask_says_what_is_missing_and_nan_is_not() -> None:
    values = np.ma.MaskedArray([1.0, 2.0, np.nan], mask=[True, False, False])

    present, missing = numbers(values)

    assert missing == 1
    np.testing.assert_array_equal(present, [2.0, np.nan])


def test_none_is_missing_among_mixed_numbers() -> None:
    present, missing = numbers(np.array([1, None, Decimal("2.5"), True], dtype=object))

    assert (present.tolist(), missing) == ([1.0, 2.5, 1.0], 1)


def test_instants_are_seconds_since_1970() -> None:
    days = np.array(["1970-01-02", "NaT"], dtype="datetime64[D]")
    spans = np.array([1_500, "NaT"], dtype="timedelta64[ms]")

    assert numbers(days)[0].tolist() == [86_400.0]
    assert numbers(days)[1] == 1
    assert numbers(spans)[0].tolist() == [1.5]


def test_text_is_no_number() -> None:
    with pytest.raises(ValueError, match="could not convert"):
        numbers(np.array(["a"], dtype=object))
    assert not holds_numbers(np.array([None, "a"], dtype=object))


def test_values_that_read_alike_are_counted_together() -> None:
    values = np.array(["1", 1, None, float("nan"), "b"], dtype=object)

    assert texts(values) == (Counter({"1": 2, "b": 1}), 2)
