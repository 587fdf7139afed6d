"""What happened on each day of the real flights: its weather, and what became of its flights."""

from __future__ import annotations

import pandas as pd


def happenings(flights: pd.DataFrame, weather: pd.DataFrame) -> dict[str, str]:
    """Each day in a line: its weather and what became of its flights."""
    by_day = flights.groupby("flight_date")
    table = pd.DataFrame(
        {
            "flights": by_day.size(),
            "cancelled": 100 * by_day["cancelled"].mean(),
            "late": 100 * by_day["arr_delay"].agg(lambda x: (x.dropna() > 15).mean()),
        }
    )
    sky = weather.groupby("flight_date")
    table["rain"] = sky["precip"].sum() / weather["origin"].nunique()
    table["temp"], table["visib"] = sky["temp"].mean(), sky["visib"].min()
    table["wind"], table["pressure"] = sky["wind_speed"].max(), sky["pressure"].mean()
    table["unknown"] = 100 * sky[["temp", "wind_dir", "pressure"]].agg(
        lambda x: x.isna().mean()
    ).max(axis=1)
    return {str(day): _line(row) for day, row in table.iterrows()}


def _line(row: pd.Series) -> str:
    return (
        f"{row.flights:.0f} flights, {row.cancelled:.0f}% cancelled, {row.late:.0f}% late; "
        f"{row.temp:.0f} F, rain {row.rain:.2f} in, wind up to {row.wind:.0f} mph, visibility down "
        f"to {row.visib:.1f} miles, {row.pressure:.0f} hPa, up to {row.unknown:.0f}% unknown"
    )
