"""Every drift alarm on the real flights of 2013, with what happened on that day.

The features of the demo's model are made for the whole year by its own Spark plan, profiled day by
day, and judged as the daily check does: against the training data of a model that is trained on 52
days, and again at the start of every month on all days before it.

    python -m benchmarks.flights_alarms
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pandera.pyspark import DataFrameModel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from benchmarks.alarm_stretches import stretches
from benchmarks.figure import Figure, write_result
from benchmarks.flight_days import happenings
from benchmarks.local_spark import local_spark
from benchmarks.stopwatch import timed
from ml_platform.core.column_values import Values
from ml_platform.core.drift.calibrate import Partition, calibrate
from ml_platform.core.drift.judge import Yardstick, yardstick
from ml_platform.core.drift.report import DriftReport
from ml_platform.core.drift.window import judge_window
from ml_platform.core.drift.window_lengths import window_lengths
from ml_platform.core.edges import Edges, edges_from_values
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.profile import merge_all
from ml_platform.core.profile_columns import profile_columns
from ml_platform.defs.models.flight_delay.features import features
from ml_platform.defs.models.flight_delay.preprocess import INPUTS
from ml_platform.defs.sources.flights.contract import Flights
from ml_platform.defs.sources.outcomes.contract import Outcomes
from ml_platform.defs.sources.weather.contract import Weather
from ml_platform.demo.flights_landing import (
    FLIGHT_COLUMNS,
    OUTCOME_COLUMNS,
    WEATHER_COLUMNS,
    FlightsLanding,
)

FIRST_TRAINING_DAYS, SPAN = 52, 7
LIMITS = DriftSpec()
GOAL_SECONDS = 0.05
Days = dict[str, dict[str, Values]]


def year_of_features(
    spark: SparkSession, flights: pd.DataFrame, weather: pd.DataFrame, folder: Path
) -> Days:
    """The inputs of every flight, by day and column."""
    found = features(
        _typed(spark, flights, FLIGHT_COLUMNS, Flights, folder),
        {"weather": _typed(spark, weather, WEATHER_COLUMNS, Weather, folder)},
        {"outcomes": _typed(spark, flights, OUTCOME_COLUMNS, Outcomes, folder)},
    )
    rows = found.select("partition", *INPUTS).toArrow().sort_by("partition").combine_chunks()
    days = np.array(rows["partition"].to_pylist())
    keys, starts = np.unique(days, return_index=True)
    columns = {name: _values(rows[name], kind) for name, kind in INPUTS.items()}
    ends = np.append(starts[1:], len(days))
    return {
        str(key): {name: values[start:end] for name, values in columns.items()}
        for key, start, end in zip(keys, starts, ends, strict=True)
    }


def _typed(
    spark: SparkSession,
    rows: pd.DataFrame,
    columns: Sequence[str],
    contract: type[DataFrameModel],
    folder: Path,
) -> DataFrame:
    """A table as it is once validated, each row in the partition of its day."""
    file = folder / f"{contract.__name__}.csv"
    rows[list(columns)].assign(partition=rows["flight_date"]).to_csv(file, index=False)
    types = {field.name: field.dataType for field in contract.to_structtype().fields}
    texts = spark.read.option("header", True).csv(str(file))
    return texts.select(*(F.col(c).cast(types[c]) for c in columns), "partition")


def _values(column: pa.ChunkedArray, kind: str) -> Values:
    if kind == "string":
        return np.array(column.to_pylist(), dtype=object)
    missing = column.is_null().to_numpy()
    return np.ma.MaskedArray(column.to_numpy().astype(np.float64), mask=missing)


def trainings(keys: Sequence[str]) -> list[tuple[int, int]]:
    """Per training: how many days it learns from, and the day before which the next one begins."""
    months = [i for i, key in enumerate(keys) if key.endswith("-01") and i > FIRST_TRAINING_DAYS]
    return list(zip([FIRST_TRAINING_DAYS, *months], [*months, len(keys)], strict=True))


def profiles_of(days: Days, keys: Sequence[str], edges: Sequence[Edges]) -> list[Partition]:
    """The profiles of some days."""
    return [(key, {p.column: p for p in profile_columns(days[key], edges)}) for key in keys]


def edges_of(days: Days, keys: Sequence[str]) -> list[Edges]:
    """Bins cut on some days."""
    return [
        edges_from_values(
            name,
            np.ma.concatenate([days[key][name] for key in keys])
            if kind != "string"
            else np.concatenate([days[key][name] for key in keys]),
            kind="categorical" if kind == "string" else "numeric",
        )
        for name, kind in INPUTS.items()
    ]


def calibrated(reference: Sequence[Partition]) -> Yardstick:
    """What a training stores."""
    known = [each for span in window_lengths(SPAN) for each in calibrate(reference, LIMITS, span)]
    whole = merge_all([profile for _, found in reference for profile in found.values()])
    return yardstick(whole, known, LIMITS, SPAN)


def alarms(days: Days, what_happened: Mapping[str, str]) -> dict[str, Any]:
    """Judge every day after the first training, and list those in alarm."""
    keys, listed, calibrating, judging = list(days), [], [], []
    for learnt, until in trainings(keys):
        parts = profiles_of(days, keys[:until], edges_of(days, keys[:learnt]))
        seconds, by = timed(lambda learnt=learnt, parts=parts: calibrated(parts[:learnt]))  # type: ignore[misc]
        calibrating.append(seconds)
        for end in range(learnt + 1, until + 1):
            recent = parts[max(end - by.looked_at, 0) : end]
            seconds, found = timed(lambda by=by, recent=recent: judge_window(by, recent))  # type: ignore[misc]
            judging.append(seconds)
            for check, report in (("columns", found.columns), ("unseen", found.unseen)):
                if report.verdict.violated:
                    listed.append(_alarm(keys[end - 1], learnt, check, report, what_happened))
    return {
        "days_judged": len(judging),
        "stretches": stretches(listed),
        "alarms": listed,
        "calibrating_seconds": round(max(calibrating), 3),
        "judging_seconds": round(float(np.median(judging)), 4),
    }


def _alarm(
    day: str, learnt: int, check: str, report: DriftReport, what_happened: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "day": day,
        "weekday": date.fromisoformat(day).strftime("%a"),
        "days_learnt_from": learnt,
        "check": check,
        "columns": list(report.drifted_columns),
        "finding": report.sentence,
        "what_happened": what_happened[day],
    }


def measure() -> None:
    """List the alarms and write the result."""
    landing = FlightsLanding(Path())
    flights, weather = landing._flights, landing._weather
    with local_spark() as (spark, folder):
        days = year_of_features(spark, flights, weather, folder)
    found = alarms(days, happenings(flights, weather))
    checks = [each["check"] for each in found["alarms"]]
    figures = [
        Figure("flights: days judged", found["days_judged"], "d"),
        Figure("flights: days with drifted columns", checks.count("columns"), "d"),
        Figure("flights: days with unseen values", checks.count("unseen"), "d"),
        Figure("flights: stretches of days in alarm", len(found["stretches"]), "n"),
        Figure("flights: calibrating a reference", found["calibrating_seconds"], "s"),
        Figure("flights: judging a day", found["judging_seconds"], "s", GOAL_SECONDS),
    ]
    write_result("flights_alarms", figures, found)


if __name__ == "__main__":
    measure()
