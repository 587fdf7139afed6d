"""The demo's landing files are real, whole and the same at every run."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from ml_platform.core.errors import UserError
from ml_platform.demo.flights_landing import (
    FLIGHT_COLUMNS,
    OUTCOME_COLUMNS,
    WEATHER_COLUMNS,
    FlightsLanding,
)

STORM = date(2013, 2, 8)


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> FlightsLanding:
    return FlightsLanding(tmp_path_factory.mktemp("landing"))


def test_a_day_lands_as_one_file_per_table_with_the_agreed_columns(landing: FlightsLanding) -> None:
    flights, weather = landing.land_inputs(STORM)
    outcomes = landing.land_outcomes(STORM)
    assert [
        p.relative_to(landing.landing_root).as_posix() for p in (flights, weather, outcomes)
    ] == [f"{table}/2013-02-08.csv" for table in ("flights", "weather", "outcomes")]
    for path, columns in (
        (flights, FLIGHT_COLUMNS),
        (weather, WEATHER_COLUMNS),
        (outcomes, OUTCOME_COLUMNS),
    ):
        assert tuple(pd.read_csv(path).columns) == columns


def test_outcomes_are_those_of_the_flights_that_landed(landing: FlightsLanding) -> None:
    key = ["flight_date", "carrier", "flight", "origin", "sched_dep_time"]
    flights = pd.read_csv(landing.land_inputs(STORM)[0])
    outcomes = pd.read_csv(landing.land_outcomes(STORM))
    assert len(flights) == 930
    assert flights[key].equals(outcomes[key])
    assert not flights.duplicated(key).any()


def test_a_cancelled_flight_has_no_delays(landing: FlightsLanding) -> None:
    outcomes = pd.read_csv(landing.land_outcomes(STORM))
    cancelled = outcomes[outcomes["cancelled"] == 1]
    assert len(cancelled) > 400
    assert cancelled[["dep_delay", "arr_delay"]].isna().all(axis=None)


def test_delays_are_written_as_whole_minutes(landing: FlightsLanding) -> None:
    text = pd.read_csv(landing.land_outcomes(STORM), dtype=str)
    assert text["arr_delay"].dropna().str.fullmatch(r"-?\d+").all()


def test_nothing_known_after_departure_is_among_the_inputs(landing: FlightsLanding) -> None:
    assert not {"dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"} & set(FLIGHT_COLUMNS)


def test_weather_is_landed_with_the_local_day(landing: FlightsLanding) -> None:
    weather = pd.read_csv(landing.land_inputs(STORM)[1], parse_dates=["time_hour"])
    local = weather["time_hour"].dt.tz_convert("America/New_York")
    assert (local.dt.date == STORM).all()
    assert len(weather) == 72


def test_landing_again_gives_the_same_bytes_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    first, again = FlightsLanding(tmp_path / "a"), FlightsLanding(tmp_path / "b")
    for landing in (first, again):
        landing.land_inputs(STORM)
        landing.land_outcomes(STORM)
    landing.land_outcomes(STORM)
    files = sorted(p.relative_to(tmp_path / "a") for p in (tmp_path / "a").rglob("*.*"))
    assert files == sorted(p.relative_to(tmp_path / "b") for p in (tmp_path / "b").rglob("*.*"))
    assert len(files) == 3
    assert all(
        (tmp_path / "a" / f).read_bytes() == (tmp_path / "b" / f).read_bytes() for f in files
    )


def test_a_day_outside_the_data_is_refused_in_plain_words(landing: FlightsLanding) -> None:
    with pytest.raises(UserError, match="no flights for 2014-01-01: the data cover 2013 only"):
        landing.land_inputs(date(2014, 1, 1))
