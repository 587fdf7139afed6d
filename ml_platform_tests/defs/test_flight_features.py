"""The features of real flights: each column is what it says."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from pyspark.sql import functions as F

from ml_platform.defs.models.flight_delay.features import (
    LINEAGE,
    PRIOR_FLIGHTS,
)
from ml_platform.defs.models.flight_delay.preprocess import INPUTS
from ml_platform_tests.defs.flights_of_test import CONTRACTS, KEY, Tables, rows

DAY = "2013-03-09"


@pytest.fixture(scope="module")
def found(tables: Tables) -> pd.DataFrame:
    return rows(tables.features(DAY))


def test_every_flight_of_the_day_comes_out_once(tables: Tables, found: pd.DataFrame) -> None:
    expected = tables.flights.where(F.col("partition") == DAY).count()
    assert len(found) == expected
    assert not found.duplicated(KEY).any()


def test_columns_are_the_key_the_typed_inputs_the_time_and_the_partition(tables: Tables) -> None:
    types = dict(tables.features(DAY).dtypes)
    assert set(types) == {*KEY, *INPUTS, "event_time", "partition"}
    assert {name: types[name] for name in INPUTS} == INPUTS
    assert types["event_time"] == "timestamp"


def test_lineage_names_columns_that_the_contracts_declare(tables: Tables) -> None:
    declared = {name: set(model.to_structtype().names) for name, model in CONTRACTS.items()}
    for columns in LINEAGE.values():
        assert columns
        assert all(column in declared[table] for table, column in columns)
    assert set(LINEAGE) == set(tables.features(DAY).columns) - {"partition"}


def test_the_event_time_is_the_departure_in_new_york(found: pd.DataFrame) -> None:
    of_the_clock = found["sched_dep_time"] // 100 * 60 + found["sched_dep_time"] % 100
    utc = found["event_time"].dt.hour * 60 + found["event_time"].dt.minute
    assert ((utc - of_the_clock) % 1440 == 5 * 60).all()


def test_the_event_time_follows_the_change_to_summer_time(tables: Tables) -> None:
    found = rows(tables.features("2013-03-10"))
    at_six = found[found["sched_dep_time"] == 600]["event_time"]
    assert len(at_six)
    assert (at_six == pd.Timestamp("2013-03-10 10:00")).all()


def test_weather_is_that_of_the_hour_before(tables: Tables, found: pd.DataFrame) -> None:
    weather = tables.weather.where(F.col("partition") == DAY).toPandas()
    observed = weather.set_index(["origin", "time_hour"])
    of_flight = found.set_index(["origin", found["event_time"].dt.floor("h")])
    for (origin, hour), flight in of_flight.iloc[::50].iterrows():
        before = observed.loc[(origin, hour - pd.Timedelta(hours=1))]
        assert flight["temp"] == before["temp"]
        last_six = observed.loc[origin].loc[hour - pd.Timedelta(hours=6) : before.name[1]]
        if len(last_six) == 6:
            assert flight["precip_6h"] == pytest.approx(last_six["precip"].sum())
            assert flight["visib_min_6h"] == last_six["visib"].min()


def test_late_rates_are_the_smoothed_shares_of_fourteen_to_two_days_before(
    tables: Tables, found: pd.DataFrame
) -> None:
    seen = F.col("partition").between("2013-02-23", "2013-03-07") & F.col("arr_delay").isNotNull()
    past = tables.outcomes.where(seen).toPandas().assign(late=lambda d: d["arr_delay"] > 15)
    by_airport = past.groupby("origin")["late"].mean()
    by_carrier = past.groupby(["origin", "carrier"])["late"].agg(["sum", "size"])
    for flight in found.iloc[::40].itertuples():
        late, arrived = by_carrier.loc[(flight.origin, flight.carrier)]
        prior = PRIOR_FLIGHTS * by_airport[flight.origin]
        expected = (late + prior) / (arrived + PRIOR_FLIGHTS)
        assert flight.carrier_late_rate == pytest.approx(expected)


def test_without_history_rates_are_missing_and_everything_else_is_there(
    tables: Tables, found: pd.DataFrame
) -> None:
    alone = rows(tables.having(outcomes=tables.outcomes.limit(0)).features(DAY))
    rates = [name for name in INPUTS if name.endswith("_late_rate")]
    assert alone[rates].isna().all(axis=None)
    pd.testing.assert_frame_equal(alone.drop(columns=rates), found.drop(columns=rates))


def test_a_flight_without_weather_keeps_its_row(tables: Tables, found: pd.DataFrame) -> None:
    blind = rows(tables.having(weather=tables.weather.limit(0)).features(DAY))
    assert len(blind) == len(found)
    assert blind["temp"].isna().all()


def test_legs_before_count_the_aircraft_and_not_the_unassigned(
    tables: Tables, found: pd.DataFrame
) -> None:
    flights = rows(tables.flights.where(F.col("partition") == DAY))
    unassigned = flights["tailnum"].isna()
    assert found.loc[unassigned, "aircraft_legs_before"].isna().all()
    earlier = flights[~unassigned].groupby("tailnum")["sched_dep_time"].rank("min") - 1
    assert (found.loc[~unassigned, "aircraft_legs_before"] == earlier).all()


def test_a_time_that_no_clock_shows_is_missing_and_fails_nothing(
    spark: Any, tables: Tables
) -> None:
    odd = tables.flights.where(F.col("partition") == DAY).limit(5)
    odd = odd.withColumn("sched_dep_time", F.lit(1275))
    found = rows(tables.having(flights=odd).features(DAY))
    assert len(found) == 5
    assert found["event_time"].isna().all()
