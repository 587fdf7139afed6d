import numpy as np
import pytest

from ml_platform.core.errors import ConfigError
from ml_platform.core.replay_rows import EXTREME_SHARE, MISSING_SHARE, extremes_of, replay_rows

INPUTS = {"hour": "int", "temp": "double", "carrier": "string", "at": "timestamp", "flag": "bool"}
REAL = {
    "hour": np.arange(24.0),
    "temp": np.linspace(-5, 30, 24),
    "carrier": np.array(["UA", "AA", "B6"] * 8, dtype=object),
    "at": np.array(["2013-01-01T05:00"] * 24, dtype="datetime64[us]"),
    "flag": np.array([0.0, 1.0] * 12),
}


def test_columns_are_as_long_as_asked_and_in_the_form_they_came() -> None:
    made = replay_rows(REAL, INPUTS, 10_000)
    assert {len(values) for values in made.values()} == {10_000}
    assert {name: v.dtype for name, v in made.items()} == {n: v.dtype for n, v in REAL.items()}


def test_every_extreme_of_every_column_is_there_alone_and_a_row_of_nothing() -> None:
    made = replay_rows(REAL, INPUTS, 0)
    assert np.isnan(made["hour"][0])
    assert made["carrier"][0] is None
    assert np.isnat(made["at"][0])
    for value in extremes_of("string"):
        (row,) = np.flatnonzero([each == value for each in made["carrier"]])
        assert np.isnan(made["temp"][row])
    cases = sum(len(extremes_of(dtype)) for dtype in INPUTS.values())
    assert len(made["hour"]) == 1 + cases


def test_gaps_and_extremes_are_strewn_in_their_shares() -> None:
    temp = replay_rows(REAL, INPUTS, 100_000)["temp"]
    assert np.isnan(temp).mean() == pytest.approx(MISSING_SHARE, rel=0.1)
    outside = ~np.isnan(temp) & ~np.isin(temp, REAL["temp"])
    assert outside.mean() == pytest.approx(EXTREME_SHARE, rel=0.15)


def test_only_what_a_request_can_carry_is_among_the_extremes() -> None:
    assert np.isfinite(np.array(extremes_of("double"))).all()
    assert all(value == int(value) and abs(value) <= 2**53 for value in extremes_of("int64"))
    assert all(
        0 <= value <= 1 for dtype in ("bool", "int8", "uint16") for value in extremes_of(dtype)
    )


def test_real_values_that_no_request_can_carry_are_missing() -> None:
    real = {
        "temp": np.array([np.inf, -np.inf, 3.5]),
        "hour": np.array([2.0**60, -(2.0**60), 7.0]),
        "carrier": np.array(["y" * 4097, None, "UA"], dtype=object),
        "at": np.array(["-0044-03-15", "12013-01-01", "2013-01-01"], dtype="datetime64[us]"),
    }
    kinds = {"temp": "double", "hour": "int64", "carrier": "string", "at": "timestamp"}
    made = replay_rows(real, kinds, 1000)
    assert {name: v.dtype for name, v in made.items()} == {n: v.dtype for n, v in real.items()}
    assert not np.isinf(made["temp"]).any()
    assert np.nanmax(np.abs(made["hour"])) <= 2**53
    assert max(len(each) for each in made["carrier"] if each is not None) == 4096
    years = made["at"][~np.isnat(made["at"])].astype("datetime64[Y]").astype(int) + 1970
    assert (years.min(), years.max()) == (1, 9999)
    for name, values in real.items():
        assert values[-1] in made[name][-100:]


def test_the_same_seed_makes_the_same_rows() -> None:
    first, again = (replay_rows(REAL, INPUTS, 500, seed=3)["hour"] for _ in range(2))
    np.testing.assert_array_equal(first, again)
    other = replay_rows(REAL, INPUTS, 500, seed=4)["hour"]
    assert not np.array_equal(first, other, equal_nan=True)


def test_a_type_that_no_model_takes_is_refused() -> None:
    with pytest.raises(ConfigError, match="cannot take a column"):
        extremes_of("array<int>")
