"""The real flights of a few days in March 2013, as validated tables, and their features."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
from pandera.pyspark import DataFrameModel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from ml_platform.defs.models.flight_delay.features import LOOKBACK_DAYS, features
from ml_platform.defs.sources.flights.contract import Flights
from ml_platform.defs.sources.outcomes.contract import Outcomes
from ml_platform.defs.sources.weather.contract import Weather
from ml_platform.demo.flights_landing import FlightsLanding

CONTRACTS: dict[str, type[DataFrameModel]] = {
    "flights": Flights,
    "weather": Weather,
    "outcomes": Outcomes,
}
KEY = ["flight_date", "carrier", "flight", "origin", "sched_dep_time"]


@dataclass(frozen=True)
class Tables:
    """Validated flights, weather and outcomes, each with its partition."""

    flights: DataFrame
    weather: DataFrame
    outcomes: DataFrame

    def having(self, **tables: DataFrame) -> Tables:
        """The same with some tables in another state."""
        return replace(self, **tables)

    def features(self, first: str, last: str | None = None) -> DataFrame:
        """The features of a range of days, from what the platform would read for them."""
        begin, end = date.fromisoformat(first), date.fromisoformat(last or first)
        earlier = begin - timedelta(days=LOOKBACK_DAYS)
        return features(
            _between(self.flights, begin, end),
            {"weather": _between(self.weather, begin - timedelta(days=1), end)},
            {
                "flights": _between(self.flights, earlier, end),
                "outcomes": _between(self.outcomes, earlier, end),
            },
        )


def landed(spark: SparkSession, folder: Path, first: date, days: int) -> Tables:
    """Land some days and read them with the types of their contracts."""
    landing = FlightsLanding(folder)
    for day in (first + timedelta(days=n) for n in range(days)):
        landing.land_inputs(day)
        landing.land_outcomes(day)
    return Tables(**{name: _read(spark, folder, name) for name in CONTRACTS})


def rows(frame: DataFrame) -> pd.DataFrame:
    """A frame collected in the order of its key."""
    return frame.toPandas().sort_values(KEY, ignore_index=True)


def _read(spark: SparkSession, folder: Path, name: str) -> DataFrame:
    schema: Any = CONTRACTS[name].to_structtype()
    frame = spark.read.csv(str(folder / name), header=True, schema=schema)
    day = F.regexp_extract("_metadata.file_name", r"(.*)\.csv", 1)
    # Cached: the tests read the same days again and again.
    return frame.withColumn("partition", day).cache()


def _between(frame: DataFrame, first: date, last: date) -> DataFrame:
    return frame.where(F.col("partition").between(str(first), str(last)))
