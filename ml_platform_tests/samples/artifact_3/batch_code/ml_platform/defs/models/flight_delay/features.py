"""What is known about a flight before it departs, as one Spark plan for any number of days.

Three rules keep the future out:

- Weather is that of the last whole hour before the hour of departure. Stations report late in
  the hour (minute 51), so the row of the hour of departure may have been observed after it.
- Outcomes of day D-1 land in the course of day D, when its first flights have left: the history
  of day D ends with day D-2. The rule is applied row by row with dates, never by what happens
  to be in the table, so a day gives the same features alone or within a range of days.
- Of the day itself only the schedule is counted.
"""

from collections.abc import Mapping

from pyspark.sql import Column, DataFrame, Window, WindowSpec
from pyspark.sql import functions as F

from ml_platform.defs.models.flight_delay.preprocess import INPUTS

LOOKBACK_DAYS = 14
KNOWN_AFTER_DAYS = 2
LATE_MINUTES = 15
TIME_ZONE = "America/New_York"
KEY = ("flight_date", "carrier", "flight", "origin", "sched_dep_time")
HOUR = 3600

# Output column -> what else than its airport identifies the flights it looks back on. Partitions
# all begin with the airport, so that one shuffle serves them all.
LATE_RATES: dict[str, tuple[str, ...]] = {
    "hour_late_rate": ("hour",),
    "carrier_late_rate": ("carrier",),
    "flight_late_rate": ("carrier", "flight"),
}
# So many flights at the rate of their airport keep a group of two or three from saying 0 or 1.
PRIOR_FLIGHTS = 10

OBSERVED = (
    "temp", "dewp", "humid", "wind_dir", "wind_speed", "wind_gust", "precip", "pressure", "visib",
)  # fmt: skip


def features(
    primary: DataFrame, lookups: Mapping[str, DataFrame], history: Mapping[str, DataFrame]
) -> DataFrame:
    """One row per flight of `primary`: its key, the columns of INPUTS, event_time, partition.

    `primary` holds validated flights; `lookups["weather"]` the weather of the same partitions
    and the one before; `history["outcomes"]` at least the LOOKBACK_DAYS before the first
    partition (whatever else it holds is ignored). What is unknown is null.
    """
    flights = primary.withColumns({"hour": hour_of_day(), "event_time": scheduled_departure()})
    flights = with_schedule(with_late_rates(flights, history["outcomes"]))
    weather = F.broadcast(weather_known(lookups["weather"]))
    known_hour = F.date_trunc("hour", "event_time") - F.expr("INTERVAL 1 HOUR")
    joined = flights.withColumn("known_hour", known_hour).join(
        weather, ["origin", "known_hour"], "left"
    )
    inputs = [F.col(name).cast(kind) for name, kind in INPUTS.items() if name not in KEY]
    return joined.select(*KEY, *inputs, "event_time", "partition")


def with_late_rates(flights: DataFrame, outcomes: DataFrame) -> DataFrame:
    """Add the share of late arrivals among like flights, 14 to 2 days before each flight.

    Shares of small groups are drawn towards that of their airport. Without any arrival to look
    back on a share is null.
    """
    rows = flights.unionByName(arrivals(outcomes), allowMissingColumns=True)
    everywhere = looking_back("origin")
    prior = PRIOR_FLIGHTS * F.sum("late").over(everywhere) / F.count("late").over(everywhere)
    rates = {}
    for name, group in LATE_RATES.items():
        alike = looking_back("origin", *group)
        late = F.coalesce(F.sum("late").over(alike), F.lit(0))
        rates[name] = (late + prior) / (F.count("late").over(alike) + PRIOR_FLIGHTS)
    return rows.withColumns(rates).where("late IS NULL").drop("late")


def looking_back(*group: str) -> WindowSpec:
    """The arrivals of a group that are known on the day of a row."""
    day = F.unix_date(F.to_date("partition"))
    window = Window.partitionBy(*group).orderBy(day)
    return window.rangeBetween(-LOOKBACK_DAYS, -KNOWN_AFTER_DAYS)


def arrivals(outcomes: DataFrame) -> DataFrame:
    """The flights that arrived: whose they were, when, and 1 if they were late, else 0."""
    return outcomes.where("arr_delay IS NOT NULL").select(
        "partition",
        "carrier",
        "flight",
        "origin",
        hour_of_day().alias("hour"),
        (F.col("arr_delay") > LATE_MINUTES).cast("int").alias("late"),
    )


def with_schedule(flights: DataFrame) -> DataFrame:
    """Add the day of the week, and how busy the hour and the aircraft are."""
    hour = Window.partitionBy("origin", "partition", "hour")
    aircraft = Window.partitionBy("tailnum", "partition").orderBy("sched_dep_time")
    legs = F.when(F.col("tailnum").isNotNull(), F.rank().over(aircraft) - 1)
    return flights.withColumns(
        {
            "day_of_week": F.weekday("flight_date"),
            "departures_in_hour": F.count("*").over(hour),
            "aircraft_legs_before": legs,
        }
    )


def hour_of_day() -> Column:
    """The hour of the scheduled departure, which is written HHMM."""
    return F.floor(F.col("sched_dep_time") / 100).cast("int")


def scheduled_departure() -> Column:
    """The instant of the scheduled departure; null where the clock time does not exist."""
    date, clock = F.col("flight_date"), F.col("sched_dep_time")
    time = (hour_of_day(), clock % 100, F.lit(0))
    return F.try_make_timestamp(F.year(date), F.month(date), F.day(date), *time, F.lit(TIME_ZONE))


def weather_known(weather: DataFrame) -> DataFrame:
    """What an airport's station knew at each `known_hour`: that hour and the hours before it."""
    past = Window.partitionBy("origin").orderBy(F.unix_timestamp("time_hour"))
    three, six = (past.rangeBetween(-(hours - 1) * HOUR, 0) for hours in (3, 6))
    six_ago = past.rangeBetween(-6 * HOUR, -6 * HOUR)
    return weather.select(
        "origin",
        F.col("time_hour").alias("known_hour"),
        *OBSERVED,
        F.max("wind_speed").over(three).alias("wind_max_3h"),
        F.sum("precip").over(six).alias("precip_6h"),
        F.min("visib").over(six).alias("visib_min_6h"),
        (F.col("pressure") - F.max("pressure").over(six_ago)).alias("pressure_change_6h"),
    )


def _from(table: str, *columns: str) -> list[tuple[str, str]]:
    return [(table, column) for column in columns]


# Output column -> the columns of the validated tables that it is made from.
LINEAGE: dict[str, list[tuple[str, str]]] = {
    **{name: _from("flights", name) for name in (*KEY, "dest", "sched_arr_time", "distance")},
    **{name: _from("weather", name) for name in OBSERVED},
    "day_of_week": _from("flights", "flight_date"),
    "departures_in_hour": _from("flights", "origin", "sched_dep_time"),
    "aircraft_legs_before": _from("flights", "tailnum", "sched_dep_time"),
    "wind_max_3h": _from("weather", "wind_speed"),
    "precip_6h": _from("weather", "precip"),
    "visib_min_6h": _from("weather", "visib"),
    "pressure_change_6h": _from("weather", "pressure"),
    "hour_late_rate": _from("outcomes", "arr_delay", "origin", "sched_dep_time"),
    "carrier_late_rate": _from("outcomes", "arr_delay", "origin", "carrier"),
    "flight_late_rate": _from("outcomes", "arr_delay", "origin", "carrier", "flight"),
    "event_time": _from("flights", "flight_date", "sched_dep_time"),
}
