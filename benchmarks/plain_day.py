"""A day of flights as a plain PySpark script: no platform, plain Parquet, nothing recorded.

It reads the same files, makes the same joins with the team's own feature function, scores with the
same trees and writes the same tables. What it leaves out: reasons per refused row, verdicts per
check, atomic commits and versions, metadata, events, and any defence against files that are not
as expected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from ml_platform.core.edges import Edges
from ml_platform.core.profile_plan import ProfilePlan
from ml_platform.defs.models.flight_delay.features import KEY, LOOKBACK_DAYS, features
from ml_platform.defs.models.flight_delay.preprocess import INPUTS, transform
from ml_platform.lifecycle.profile_table import profile_rows
from ml_platform.spark.profile_pass import profile_pass
from ml_platform.spark.scoring import numpy_columns

TYPES = {
    "flights": "flight_date date, carrier string, flight int, tailnum string, origin string, "
    "dest string, sched_dep_time int, sched_arr_time int, distance int",
    "weather": "origin string, time_hour timestamp, temp double, dewp double, humid double, "
    "wind_dir double, wind_speed double, wind_gust double, precip double, pressure double, "
    "visib double",
}
KEYS = {"flights": list(KEY), "weather": ["origin", "time_hour"]}
AIRPORT = "origin IN ('EWR', 'JFK', 'LGA')"
RULES = {
    "flights": f"{AIRPORT} AND flight_date IS NOT NULL AND carrier RLIKE '^[A-Z0-9]{{2}}$' AND "
    "flight BETWEEN 1 AND 9999 AND coalesce(tailnum RLIKE '^[A-Z0-9]{3,7}$', true) AND "
    "dest RLIKE '^[A-Z]{3}$' AND sched_dep_time BETWEEN 0 AND 2359 AND "
    "sched_arr_time BETWEEN 0 AND 2400 AND distance BETWEEN 10 AND 6000",
    "weather": f"{AIRPORT} AND time_hour IS NOT NULL AND "
    "coalesce(temp BETWEEN -30 AND 120, true) AND coalesce(dewp BETWEEN -50 AND 95, true) AND "
    "coalesce(humid BETWEEN 0 AND 100, true) AND coalesce(wind_dir BETWEEN 0 AND 360, true) AND "
    "coalesce(wind_speed BETWEEN 0 AND 150, true) AND "
    "coalesce(wind_gust BETWEEN 0 AND 200, true) AND coalesce(precip BETWEEN 0 AND 10, true) AND "
    "coalesce(pressure BETWEEN 900 AND 1100, true) AND coalesce(visib BETWEEN 0 AND 10, true)",
}


@dataclass(frozen=True)
class PlainScript:
    """The script with its folders.

    Attributes:
        spark: the same warm Spark Connect session that the platform uses.
        landing: where the day's files lie.
        folder: of the Parquet files, ``<table>/partition=<day>``.
        booster: file of the trees.
        threshold: scores at or above it are decided 1.
        edges: bins of the profiles.
    """

    spark: SparkSession
    landing: Path
    folder: Path
    booster: Path
    threshold: float
    edges: Sequence[Edges]

    def run(self, day: str, lean: bool = False) -> None:
        """Take a day in and score it.

        Args:
            day: the partition.
            lean: without the tables of refused rows and without profiles.
        """
        for table in TYPES:
            self._take_in(table, day, lean)
        self._write("features", day, self._features(day))
        self._write("predictions", day, self._scored(self.read("features", [day])))
        self._write("inference_log", day, self._logged(self.read("predictions", [day])))
        if not lean:
            self._write_profiles(day)

    def read(self, table: str, days: Sequence[str]) -> DataFrame:
        """The days of a table that are there, with the column ``partition``."""
        root = self.folder / table
        paths = [root / f"partition={day}" for day in days]
        found = [f"file://{path}" for path in paths if path.exists()]
        return self.spark.read.option("basePath", f"file://{root}").parquet(*found)

    def _take_in(self, table: str, day: str, lean: bool) -> None:
        landed = self.spark.read.option("header", True).csv(f"{self.landing}/{table}/{day}.csv")
        self._write(f"raw_{table}", day, landed)
        raw = self.read(f"raw_{table}", [day])
        columns = [each.split() for each in TYPES[table].split(", ")]
        typed = raw.select(*(F.col(name).cast(kind).alias(name) for name, kind in columns))
        self._write(
            f"validated_{table}", day, typed.where(RULES[table]).dropDuplicates(KEYS[table])
        )
        if not lean:
            refused = typed.where(f"NOT coalesce({RULES[table]}, false)")
            self._write(f"quarantine_{table}", day, refused)

    def _features(self, day: str) -> DataFrame:
        on = date.fromisoformat(day)
        before = [str(on - timedelta(days=n)) for n in range(LOOKBACK_DAYS, 0, -1)]
        weather = self.read("validated_weather", [before[-1], day])
        history = {"outcomes": self.read("validated_outcomes", before)}
        return features(self.read("validated_flights", [day]), {"weather": weather}, history)

    def _scored(self, rows: DataFrame) -> DataFrame:
        schema = ", ".join(f"{f.name} {f.dataType.simpleString()}" for f in rows.schema)
        scored = rows.mapInArrow(scoring(self.booster), f"{schema}, score double")
        return scored.select(
            *KEY,
            "event_time",
            F.struct(*INPUTS).alias("features"),
            "score",
            (F.col("score") >= self.threshold).cast("int").alias("decision"),
            F.lit(datetime.now(UTC)).cast("timestamp").alias("scored_at"),
        )

    def _logged(self, predictions: DataFrame) -> DataFrame:
        logged_at = F.lit(datetime.now(UTC)).cast("timestamp").alias("logged_at")
        return predictions.select("*", logged_at).drop("partition", "scored_at")

    def _write_profiles(self, day: str) -> None:
        rows = self.read("predictions", [day]).select("features.*", "score", "partition")
        found = profile_rows(profile_pass(rows, ProfilePlan(tuple(self.edges))))
        path = self.folder / "profiles" / f"partition={day}"
        path.mkdir(parents=True, exist_ok=True)
        pq.write_table(found.drop_columns(["partition"]), path / "part-0.parquet")

    def _write(self, table: str, day: str, rows: DataFrame) -> None:
        path = f"file://{self.folder}/{table}/partition={day}"
        rows.drop("partition").write.mode("overwrite").parquet(path)


def scoring(file: Path) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """What scores in the tasks."""

    def scored(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from xgboost import Booster

        booster = Booster(model_file=str(file))
        for batch in batches:
            matrix = transform(numpy_columns(batch, INPUTS))
            scores = pa.array(
                booster.inplace_predict(matrix, validate_features=False), pa.float64()
            )
            yield batch.append_column("score", scores)

    return scored
