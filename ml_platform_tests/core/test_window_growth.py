from __future__ import annotations

import pytest

from ml_platform.core.window_growth import grown_said, trailing_enough


@pytest.mark.parametrize(
    ("rows", "length"),
    [
        ([24] * 56, 9),
        ([90] * 56, 7),
        ([1] * 56, None),
        ([500, *[0] * 55], 56),
        ([300], 7),
        ([], None),
    ],
)
def test_a_window_is_as_long_as_it_takes(rows: list[int], length: int | None) -> None:
    assert trailing_enough(rows, 7, 200) == length


def test_only_a_longer_window_is_told() -> None:
    assert grown_said(9, 7) == ", over 9 partitions instead of 7"
    assert grown_said(7, 7) == ""
