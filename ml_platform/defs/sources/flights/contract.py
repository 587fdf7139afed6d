"""What a scheduled flight must look like before anything is built on it."""

import pandera.pyspark as pa
import pyspark.sql.types as T

AIRPORTS = ["EWR", "JFK", "LGA"]


class Flights(pa.DataFrameModel):
    """One row per scheduled departure from a New York airport.

    Times of day are local, written HHMM as timetables do: 5 is 00:05, 1745 is 17:45.
    """

    flight_date: T.DateType = pa.Field(description="Local date of the scheduled departure")
    carrier: T.StringType = pa.Field(
        str_matches=r"^[A-Z0-9]{2}$", description="IATA code of the airline"
    )
    flight: T.IntegerType = pa.Field(in_range=(1, 9999), description="Flight number")
    tailnum: T.StringType = pa.Field(
        nullable=True,
        str_matches=r"^[A-Z0-9]{3,7}$",
        description="Registration of the aircraft; absent until one is assigned",
    )
    origin: T.StringType = pa.Field(isin=AIRPORTS, description="Departure airport")
    dest: T.StringType = pa.Field(str_matches=r"^[A-Z]{3}$", description="Destination airport")
    sched_dep_time: T.IntegerType = pa.Field(
        in_range=(0, 2359), description="Scheduled departure, local HHMM"
    )
    sched_arr_time: T.IntegerType = pa.Field(
        in_range=(0, 2400), description="Scheduled arrival, local HHMM at the destination"
    )
    distance: T.IntegerType = pa.Field(
        in_range=(10, 6000), description="Great-circle distance in miles"
    )

    class Config:
        """The key of a flight, and the column that says which day's file it belongs in."""

        unique: list[str] = ["flight_date", "carrier", "flight", "origin", "sched_dep_time"]  # noqa: RUF012
        metadata: dict[str, str] = {"partition_column": "flight_date"}  # noqa: RUF012
