"""From the features of a flight to the matrix the model reads: numpy alone, no history, no clock.

Batch scoring and the online endpoint both call `transform`, so they cannot disagree.
"""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

INPUTS: dict[str, str] = {
    "carrier": "string",
    "origin": "string",
    "dest": "string",
    "sched_dep_time": "int",
    "sched_arr_time": "int",
    "distance": "int",
    "day_of_week": "int",
    "departures_in_hour": "int",
    "aircraft_legs_before": "int",
    "temp": "double",
    "dewp": "double",
    "humid": "double",
    "wind_dir": "double",
    "wind_speed": "double",
    "wind_gust": "double",
    "precip": "double",
    "pressure": "double",
    "visib": "double",
    "wind_max_3h": "double",
    "precip_6h": "double",
    "visib_min_6h": "double",
    "pressure_change_6h": "double",
    "hour_late_rate": "double",
    "carrier_late_rate": "double",
    "flight_late_rate": "double",
}

# Fixed and sorted: a code never changes its meaning between two versions of a model.
CARRIERS = (
    "9E", "AA", "AS", "B6", "DL", "EV", "F9", "FL", "HA", "MQ", "OO", "UA", "US", "VX", "WN", "YV",
)  # fmt: skip
ORIGINS = ("EWR", "JFK", "LGA")
DESTINATIONS = (
    "ATL", "AUS", "BNA", "BOS", "BTV", "BUF", "BWI", "CHS", "CLE", "CLT", "CMH", "CVG", "DAY",
    "DCA", "DEN", "DFW", "DTW", "FLL", "GSO", "HOU", "IAD", "IAH", "IND", "JAX", "LAS", "LAX",
    "MCI", "MCO", "MDW", "MEM", "MIA", "MKE", "MSP", "MSY", "ORD", "ORF", "PBI", "PDX", "PHL",
    "PHX", "PIT", "PWM", "RDU", "RIC", "ROC", "RSW", "SAN", "SDF", "SEA", "SFO", "SJU", "SLC",
    "SRQ", "STL", "SYR", "TPA", "XNA",
)  # fmt: skip
VOCABULARIES: dict[str, tuple[str, ...]] = {
    "carrier": CARRIERS,
    "origin": ORIGINS,
    "dest": DESTINATIONS,
}

CLOCKS = ("sched_dep_time", "sched_arr_time")
AS_THEY_ARE = tuple(name for name in INPUTS if name not in VOCABULARIES and name not in CLOCKS)
FEATURES: tuple[str, ...] = (
    *VOCABULARIES,
    "hour",
    "minute_of_day",
    "minute_of_day_sin",
    "minute_of_day_cos",
    "scheduled_minutes",
    *AS_THEY_ARE,
)

MINUTES_A_DAY = 1440


def transform(columns: Mapping[str, NDArray[np.generic]]) -> NDArray[np.float32]:
    """Turn the columns of `INPUTS`, all of n rows, into the float32 matrix [n, len(FEATURES)].

    Missing numbers may be None or NaN and stay missing (NaN). A category outside its
    vocabulary becomes -1, a missing one NaN. Raises KeyError when a column is absent.

    >>> one = {name: np.array([None], dtype=object) for name in INPUTS}
    >>> one["carrier"], one["sched_dep_time"] = np.array(["AA"]), np.array([1745])
    >>> row = dict(zip(FEATURES, transform(one)[0].tolist(), strict=True))
    >>> row["carrier"], row["hour"], row["minute_of_day"], row["distance"]
    (1.0, 17.0, 1065.0, nan)
    """
    words = [encode(columns[name], known) for name, known in VOCABULARIES.items()]
    numbers = _numbers([columns[name] for name in (*CLOCKS, *AS_THEY_ARE)])
    times = _times(*_clocks(numbers[: len(CLOCKS)]))
    made = np.concatenate([words, times, numbers[len(CLOCKS) :]])
    return made.T.astype(np.float32, order="C")


def encode(values: NDArray[np.generic], vocabulary: tuple[str, ...]) -> NDArray[np.float64]:
    """The place of each value in a sorted vocabulary; -1 for a stranger, NaN for None.

    >>> encode(np.array(["JFK", "XXX", None], dtype=object), ORIGINS).tolist()
    [1.0, -1.0, nan]
    """
    places = _places(vocabulary)
    strange = [-1.0 if value == value else np.nan for value in values]
    return np.array(
        [places.get(value, other) for value, other in zip(values, strange, strict=True)]
    )


@cache
def _places(vocabulary: tuple[str, ...]) -> dict[str | None, float]:
    return {None: np.nan} | {word: float(place) for place, word in enumerate(vocabulary)}


def minute_of_day(clock: NDArray[np.float64]) -> NDArray[np.float64]:
    """Minutes since midnight of a time written HHMM.

    >>> minute_of_day(np.array([5.0, 1745.0])).tolist()
    [5.0, 1065.0]
    """
    hours, minutes = np.divmod(clock, 100)
    return hours * 60 + minutes


def _times(
    departure: NDArray[np.float64], arrival: NDArray[np.float64]
) -> tuple[NDArray[np.float64], ...]:
    """What FEATURES has between the vocabularies and the numbers that stay as they are."""
    minute = minute_of_day(departure)
    angle = 2 * np.pi * minute / MINUTES_A_DAY
    return (
        departure // 100,
        minute,
        np.sin(angle),
        np.cos(angle),
        # Clocks are local at both ends: this is time in the air plus the zones crossed.
        (minute_of_day(arrival) - minute) % MINUTES_A_DAY,
    )


def _clocks(clocks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Times written HHMM; what no clock shows is missing."""
    shown = (clocks >= 0) & (clocks <= 2400) & (clocks % 100 < 60)
    return np.where(shown, clocks, np.nan)


def _numbers(columns: Sequence[NDArray[np.generic]]) -> NDArray[np.float64]:
    """Columns of numbers one below the other; infinite and those beyond float32 are missing."""
    numbers = np.array(columns, dtype=np.float64)
    return np.where(np.abs(numbers) <= np.finfo(np.float32).max, numbers, np.nan)
