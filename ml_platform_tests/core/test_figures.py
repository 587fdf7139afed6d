import pytest

from ml_platform.core.figures import counted, percent, short


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.414, ".41"), (-0.2, "-.2"), (0.001, "0"), (-0.001, "0"), (12.0, "12"), (10.5, "10.5")],
)
def test_small_numbers_are_read_without_their_zero(value: float, text: str) -> None:
    assert short(value) == text


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1_000, "1,000 rows")]
)
def test_a_single_one_is_not_many(number: int, text: str) -> None:
    assert counted(number, "row") == text


@pytest.mark.parametrize(
    ("share", "text"), [(0.07, "7%"), (0.0005, "0.05%"), (0.975, "97.5%"), (1.0, "100%")]
)
def test_a_declared_share_is_said_as_it_was_declared(share: float, text: str) -> None:
    assert percent(share) == text
