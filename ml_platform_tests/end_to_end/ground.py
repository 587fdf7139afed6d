"""Where bad input lands: a loop with one good day, and a fresh day for each case beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from ml_platform.core import names
from ml_platform_tests.end_to_end.failures import why_it_failed
from ml_platform_tests.end_to_end.loop import TABLES, Loop

NEIGHBOUR = "2013-01-01"
ROWS = 20

_HEADERS = {
    "flights": "flight_date,carrier,flight,tailnum,origin,dest,sched_dep_time,sched_arr_time,"
    "distance",
    "weather": "origin,time_hour,temp,dewp,humid,wind_dir,wind_speed,wind_gust,precip,pressure,"
    "visib",
    "outcomes": "flight_date,carrier,flight,origin,sched_dep_time,dep_delay,arr_delay,cancelled",
}


class Ground:
    """One good day of all tables, and further days to do harm to."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self._days = _days_after(date.fromisoformat(NEIGHBOUR))
        self.land_day(NEIGHBOUR)
        loop.land("outcomes", NEIGHBOUR, "\n".join(self.lines("outcomes", NEIGHBOUR)))
        self.run_labels(NEIGHBOUR, with_events=True)

    def next_day(self) -> str:
        """A partition that no other case uses."""
        return next(self._days)

    def lines(self, table: str, day: str) -> list[str]:
        """The lines of a good file: a header and 20 rows."""
        return [_HEADERS[table], *(_row(table, day, number) for number in range(1, ROWS + 1))]

    def land_day(self, day: str) -> None:
        """Land what a model needs to know of a day before it begins."""
        for table in ("flights", "weather"):
            self.loop.land(table, day, "\n".join(self.lines(table, day)) + "\n")

    def run_labels(self, day: str, with_events: bool) -> None:
        """Take a landed day in up to its labels; the events they are for may be left out."""
        model, tables = self.loop.model, TABLES if with_events else ("outcomes",)
        layers = (names.raw, names.validated, names.quarantine)
        stages = [layer(table) for table in tables for layer in layers]
        if with_events:
            stages.append(model.path(names.FEATURES))
        for result in (
            self.loop.run(*stages, day=day),
            self.loop.run_stages([names.LABELS], day=day),
        ):
            assert result.success, why_it_failed(result)

    def neighbour(self) -> dict[str, Any]:
        """All that the lake holds of the good day, row by row."""
        stages = [self.loop.model.table(stage) for stage in (names.FEATURES, names.LABELS)]
        layers = [f"{t}/{layer}" for layer in ("raw", "validated", "quarantine") for t in TABLES]
        return {table: self.loop.rows(table, NEIGHBOUR) for table in (*layers, *stages)}


def _row(table: str, day: str, number: int) -> str:
    flight = f"{day},AA,{number}"
    if table == "flights":
        return f"{flight},N{number:03}AA,JFK,LAX,{600 + number},{900 + number},2475"
    if table == "outcomes":
        return f"{flight},JFK,{600 + number},{number},{number * 2 - 10},0"
    return f"JFK,{day}T{number:02}:00:00Z,39.0,28.0,60.0,{number * 10}.0,8.0,,0.0,1012.0,10.0"


def _days_after(day: date) -> Iterator[str]:
    while True:
        day += timedelta(days=2)
        yield day.isoformat()
