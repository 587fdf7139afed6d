import pytest

from ml_platform.core.figures import short


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.414, ".41"), (-0.2, "-.2"), (0.001, "0"), (-0.001, "0"), (12.0, "12"), (10.5, "10.5")],
)
def test_small_numbers_are_read_without_their_zero(value: float, text: str) -> None:
    assert short(value) == text
