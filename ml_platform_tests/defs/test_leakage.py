"""Nothing known only after departure reaches the features of a flight."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from pyspark.sql import functions as F

from ml_platform.defs.models.flight_delay.features import LINEAGE
from ml_platform.defs.models.flight_delay.preprocess import INPUTS
from ml_platform_tests.defs.flights_of_test import Tables, rows

DAY = "2013-03-08"
TWO_DAYS_BEFORE = "2013-03-06"
HISTORIC = ["hour_late_rate", "carrier_late_rate", "flight_late_rate"]


@pytest.fixture(scope="module")
def untouched(tables: Tables) -> pd.DataFrame:
    return rows(tables.features(DAY))


def altered(outcomes: Any, since: str) -> Any:
    """Outcomes turned upside down from a day on: the late arrive early, cancelled ones fly."""
    changed = {
        "arr_delay": F.coalesce(60 - F.col("arr_delay"), F.lit(500)),
        "dep_delay": F.lit(999),
        "cancelled": 1 - F.col("cancelled"),
    }
    after = F.col("partition") >= since
    return outcomes.withColumns(
        {name: F.when(after, value).otherwise(F.col(name)) for name, value in changed.items()}
    )


def test_no_outcome_of_the_day_before_or_later_changes_a_feature(
    tables: Tables, untouched: pd.DataFrame
) -> None:
    changed = tables.having(outcomes=altered(tables.outcomes, "2013-03-07"))
    assert_frame_equal(rows(changed.features(DAY)), untouched, check_exact=True)


def test_without_the_outcomes_of_the_day_before_nothing_changes_either(
    tables: Tables, untouched: pd.DataFrame
) -> None:
    known = tables.outcomes.where(F.col("partition") <= TWO_DAYS_BEFORE)
    assert_frame_equal(rows(tables.having(outcomes=known).features(DAY)), untouched)


def test_outcomes_of_two_days_before_do_change_the_features_that_look_back(
    tables: Tables, untouched: pd.DataFrame
) -> None:
    changed = tables.having(outcomes=altered(tables.outcomes, TWO_DAYS_BEFORE))
    found = rows(changed.features(DAY))
    for name in HISTORIC:
        assert (found[name] != untouched[name]).any()
    rest = [name for name in found if name not in HISTORIC]
    assert_frame_equal(found[rest], untouched[rest], check_exact=True)


def test_weather_from_the_hour_of_departure_on_changes_no_feature(
    tables: Tables, untouched: pd.DataFrame
) -> None:
    noon = F.lit("2013-03-08T17:00:00Z").cast("timestamp")  # 12:00 in New York
    later = F.col("time_hour") >= noon
    measures = [c for c, t in tables.weather.dtypes if t == "double"]
    storm = tables.weather.withColumns(
        {name: F.when(later, F.lit(-7.0)).otherwise(F.col(name)) for name in measures}
    )
    found = rows(tables.having(weather=storm).features(DAY))
    until = found["sched_dep_time"] < 1300
    assert_frame_equal(found[until], untouched[until], check_exact=True)
    assert (found.loc[~until, "temp"] == -7.0).any()


def test_flights_of_later_days_change_no_feature(tables: Tables, untouched: pd.DataFrame) -> None:
    known = tables.flights.where(F.col("partition") <= DAY)
    assert_frame_equal(rows(tables.having(flights=known).features(DAY)), untouched)


def test_no_feature_is_made_from_a_fact_of_its_own_outcome_table_but_past_arrivals() -> None:
    used = {
        name
        for name, columns in LINEAGE.items()
        if any(table == "outcomes" for table, _ in columns)
    }
    assert used == set(HISTORIC)
    assert not {"dep_delay", "arr_delay", "cancelled"} & set(INPUTS)


def test_a_range_of_days_gives_each_day_what_it_gets_alone(tables: Tables) -> None:
    together = rows(tables.features("2013-03-07", "2013-03-11"))
    for day in ("2013-03-07", DAY, "2013-03-10", "2013-03-11"):
        alone = rows(tables.features(day))
        of_the_day = together[together["partition"] == day].reset_index(drop=True)
        assert_frame_equal(alone, of_the_day, check_exact=True)
