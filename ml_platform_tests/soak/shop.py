"""A shop that sells every day, in a project of its own: what it declares and what it lands."""

from __future__ import annotations

import csv
import os
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from textwrap import dedent

import numpy as np

import ml_platform

TIME_ZONE = "America/New_York"
MODEL, ORDERS, RETURNS = "order_return", "orders", "returns"
CHANNELS = ("app", "shop", "web")

_PROJECT = """[tool.dg]
directory_type = "project"

[tool.dg.project]
root_module = "ml_platform"
registry_modules = ["ml_platform"]
"""
_FILES = {
    "sources/orders/defs.yaml": """
        type: ml_platform.SourceTable
        attributes:
          name: orders
          landing: {{format: csv, path: "orders/{{partition}}.csv"}}
          partitions: {{every: day, start: {start}, timezone: America/New_York}}
          contract: contract.Orders
        """,
    "sources/orders/contract.py": """
        import pandera.pyspark as pa
        import pyspark.sql.types as T


        class Orders(pa.DataFrameModel):
            order_id: T.LongType = pa.Field(ge=0)
            shop_day: T.DateType = pa.Field()
            channel: T.StringType = pa.Field(isin=["app", "shop", "web"])
            amount: T.DoubleType = pa.Field(ge=0)
            items: T.IntegerType = pa.Field(in_range=(1, 100))
            hour: T.IntegerType = pa.Field(in_range=(0, 23))

            class Config:
                unique = ["order_id"]
                metadata = {{"partition_column": "shop_day"}}
        """,
    "sources/returns/defs.yaml": """
        type: ml_platform.SourceTable
        attributes:
          name: returns
          landing: {{format: csv, path: "returns/{{partition}}.csv"}}
          partitions: {{every: day, start: {start}, timezone: America/New_York}}
          contract: contract.Returns
        """,
    "sources/returns/contract.py": """
        import pandera.pyspark as pa
        import pyspark.sql.types as T


        class Returns(pa.DataFrameModel):
            order_id: T.LongType = pa.Field(ge=0)
            shop_day: T.DateType = pa.Field()
            returned: T.IntegerType = pa.Field(isin=[0, 1])

            class Config:
                unique = ["order_id"]
                metadata = {{"partition_column": "shop_day"}}
        """,
    "models/order_return/defs.yaml": """
        type: ml_platform.ManagedModel
        attributes:
          name: order_return
          task: binary_classification
          sources: {{primary: orders, labels: returns}}
          key: [order_id]
          label: {{column: returned, available_after: 1 day}}
          estimator: {{kind: xgboost, params: {{n_estimators: 40, max_depth: 3}}}}
          training: {{window: 28 days, min_rows: 2000, holdout: 4 days}}
          decision: {{threshold: 0.5}}
          promotion: {{metric: brier, approval: automatic}}
          monitoring:
            drift: {{window: 7 days}}
            performance: {{window: 7 days, min_labels: 300, max_drop: {{brier: 0.02}}}}
          retraining: {{on: [drift, degradation], cooldown: 3 days, max_per_30_days: 6}}
          alerts: [ops]
        """,
    "models/order_return/features.py": """
        from pyspark.sql import functions as F

        LINEAGE = {{
            name: [("orders", name)]
            for name in ("order_id", "channel", "amount", "items", "hour")
        }}


        def features(primary, lookups, history):
            return primary.select(
                "order_id", "channel", "amount", "items", "hour",
                F.to_timestamp("shop_day").alias("event_time"), "partition",
            )
        """,
    "models/order_return/preprocess.py": """
        import numpy as np

        INPUTS = {{"channel": "string", "amount": "double", "items": "int", "hour": "int"}}
        CHANNELS = ("app", "shop", "web")
        FEATURES = ("channel", "amount", "items", "hour")


        def transform(columns):
            places = {{name: float(place) for place, name in enumerate(CHANNELS)}}
            channel = [places.get(value, np.nan) for value in columns["channel"]]
            rest = [np.array(columns[n], dtype=np.float64) for n in FEATURES[1:]]
            return np.array([channel, *rest]).T.astype(np.float32, order="C")
        """,
}


def write_project(folder: Path, start: date) -> Path:
    """A clone of the platform that declares the shop and nothing else.

    Returns:
        the folder to put on the path, and to start the command from.
    """
    package = folder / "ml_platform"
    shutil.copytree(
        Path(ml_platform.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__")
    )
    (folder / "pyproject.toml").write_text(_PROJECT)
    for kind in ("models", "sources"):
        shutil.rmtree(package / "defs" / kind)
    for name, text in _FILES.items():
        path = package / "defs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text.format(start=start)).lstrip())
        (path.parent / "__init__.py").touch()
        (path.parent.parent / "__init__.py").touch()
    return folder


@dataclass(frozen=True)
class Shop:
    """Makes the files of a day; the same day twice is the same file.

    Attributes:
        landing: the landing root.
        orders_a_day: about so many rows.
        drift_from: from this day on orders are dearer, and dear ones come back more often.
    """

    landing: Path
    orders_a_day: int = 300
    drift_from: date = date.max

    def land_orders(self, day: date) -> Path:
        """The orders of a day; its folder gets them whole, by a rename."""
        ids, columns, _ = self._day(day)
        rows = zip(ids, [day] * len(ids), *columns, strict=True)
        header = ("order_id", "shop_day", "channel", "amount", "items", "hour")
        return self._land(ORDERS, day, header, rows)

    def land_returns(self, day: date, corrected: bool = False) -> Path:
        """Which of them came back; a correction says of the first ten that they did."""
        ids, _, returned = self._day(day)
        if corrected:
            returned = np.concatenate([np.ones(10, dtype=int), returned[10:]])
        rows = zip(ids, [day] * len(ids), returned.tolist(), strict=True)
        return self._land(RETURNS, day, ("order_id", "shop_day", "returned"), rows)

    def _day(self, day: date) -> tuple[list[int], tuple[list, ...], np.ndarray]:
        rng = np.random.default_rng(day.toordinal())
        n = int(rng.integers(int(self.orders_a_day * 0.9), int(self.orders_a_day * 1.1)))
        drifted = day >= self.drift_from
        channel = rng.choice(CHANNELS, n, p=(0.5, 0.2, 0.3))
        amount = np.round(rng.gamma(2.0, 45.0 if drifted else 30.0, n), 2)
        items, hour = rng.integers(1, 8, n), rng.integers(8, 22, n)
        slope = 0.035 if drifted else 0.02
        log_odds = -2.5 + slope * amount + 0.9 * (channel == "web") - 0.1 * items
        returned = (rng.random(n) < 1 / (1 + np.exp(-log_odds))).astype(int)
        ids = [day.toordinal() * 10_000 + i for i in range(n)]
        return ids, (channel.tolist(), amount.tolist(), items.tolist(), hour.tolist()), returned

    def _land(self, table: str, day: date, header: tuple[str, ...], rows: object) -> Path:
        place = self.landing / table / f"{day}.csv"
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.landing.parent / f"{table}-{day}-{os.getpid()}.part"
        with fresh.open("w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(header)
            writer.writerows(rows)
        fresh.replace(place)
        return place
