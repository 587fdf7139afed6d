"""What the outcome of a flight must look like."""

import pandera.pyspark as pa
import pyspark.sql.types as T


class Outcomes(pa.DataFrameModel):
    """One row per scheduled flight, once the day is over.

    A cancelled flight has no delays; a diverted one may lack only its arrival delay.
    """

    flight_date: T.DateType = pa.Field(description="Local date of the scheduled departure")
    carrier: T.StringType = pa.Field(
        str_matches=r"^[A-Z0-9]{2}$", description="IATA code of the airline"
    )
    flight: T.IntegerType = pa.Field(in_range=(1, 9999), description="Flight number")
    origin: T.StringType = pa.Field(isin=["EWR", "JFK", "LGA"], description="Departure airport")
    sched_dep_time: T.IntegerType = pa.Field(
        in_range=(0, 2359), description="Scheduled departure, local HHMM"
    )
    dep_delay: T.IntegerType = pa.Field(
        nullable=True, in_range=(-120, 2880), description="Minutes late off the gate"
    )
    arr_delay: T.IntegerType = pa.Field(
        nullable=True, in_range=(-180, 2880), description="Minutes late at the gate"
    )
    cancelled: T.IntegerType = pa.Field(isin=[0, 1], description="1 if it never departed")

    class Config:
        """The key of a flight, and the column that says which day's file it belongs in."""

        unique: list[str] = ["flight_date", "carrier", "flight", "origin", "sched_dep_time"]  # noqa: RUF012
        metadata: dict[str, str] = {"partition_column": "flight_date"}  # noqa: RUF012
