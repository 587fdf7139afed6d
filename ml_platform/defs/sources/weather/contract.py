"""What an hourly weather observation must look like."""

import pandera.pyspark as pa
import pyspark.sql.types as T


class Weather(pa.DataFrameModel):
    """One row per airport and hour, in the file of the local day it was observed.

    Stations leave gaps, so measures may be absent. Limits are those of the records kept for
    the region with room to spare: they catch broken sensors, not bad weather.
    """

    origin: T.StringType = pa.Field(isin=["EWR", "JFK", "LGA"], description="Airport")
    time_hour: T.TimestampType = pa.Field(description="Start of the observed hour, UTC")
    temp: T.DoubleType = pa.Field(
        nullable=True, in_range=(-30.0, 120.0), description="Temperature, Fahrenheit"
    )
    dewp: T.DoubleType = pa.Field(
        nullable=True, in_range=(-50.0, 95.0), description="Dew point, Fahrenheit"
    )
    humid: T.DoubleType = pa.Field(
        nullable=True, in_range=(0.0, 100.0), description="Relative humidity, percent"
    )
    wind_dir: T.DoubleType = pa.Field(
        nullable=True, in_range=(0.0, 360.0), description="Wind direction, degrees"
    )
    wind_speed: T.DoubleType = pa.Field(
        nullable=True, in_range=(0.0, 150.0), description="Wind speed, miles per hour"
    )
    wind_gust: T.DoubleType = pa.Field(
        nullable=True, in_range=(0.0, 200.0), description="Gusts, mph; absent when there are none"
    )
    precip: T.DoubleType = pa.Field(
        nullable=True, in_range=(0.0, 10.0), description="Precipitation in the hour, inches"
    )
    pressure: T.DoubleType = pa.Field(
        nullable=True, in_range=(900.0, 1100.0), description="Sea-level pressure, millibars"
    )
    visib: T.DoubleType = pa.Field(
        nullable=True, in_range=(0.0, 10.0), description="Visibility, miles; 10 means 10 or more"
    )

    class Config:
        """One observation per airport and hour."""

        unique: list[str] = ["origin", "time_hour"]  # noqa: RUF012
