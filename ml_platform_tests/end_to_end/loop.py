"""The declared loop over a folder of its own, run in this process on the shared Spark session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from dagster import (
    AssetKey,
    AssetSelection,
    DagsterInstance,
    Definitions,
    ExecuteInProcessResult,
    define_asset_job,
    in_process_executor,
)
from dagster_pyspark import LazyPySparkResource

import ml_platform.defs
from ml_platform.components.managed_model import LIFECYCLE, ManagedModel
from ml_platform.components.source_table import SourceTable
from ml_platform.core import names
from ml_platform.core.model_spec import ModelSpec
from ml_platform.core.source_spec import SourceSpec
from ml_platform.lifecycle.check_history import Finding, findings
from ml_platform.lifecycle.landing import RANGE_END, RANGE_START
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.raw import landing_spec, raw_asset
from ml_platform.lifecycle.source import Source
from ml_platform.lifecycle.validated import validated_asset
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.mlflow_tracking import MlflowTracking
from ml_platform.resources.registry_resource import RegistryResource
from ml_platform.stores.lake import Lake
from ml_platform.stores.ledger import Ledger
from ml_platform.stores.model_registry import ModelRegistry

DEFS = Path(ml_platform.defs.__file__).parent
TABLES = ("flights", "weather", "outcomes")
MODEL = "flight_delay"
# Small enough for a few hundred flights, and quick.
SMALL = {
    "estimator": {
        "kind": "xgboost",
        "params": {"n_estimators": 30, "max_depth": 3, "learning_rate": 0.1},
    },
    "training": {"window": "all", "min_rows": 100, "holdout": "2 days"},
}

Changes = Mapping[str, Mapping[str, Any]]


def declared(*folder: str) -> dict[str, Any]:
    """The attributes of a defs.yaml of the project."""
    text = DEFS.joinpath(*folder, "defs.yaml").read_text(encoding="utf-8")
    attributes: dict[str, Any] = yaml.safe_load(text)["attributes"]
    return attributes


@dataclass(frozen=True)
class Loop:
    """Assets of the real declarations, with some keys changed, over one folder.

    Attributes:
        home: holds landing files, lake, registry and alerts.
        instance: Dagster's, with the event log that checks are read from.
        changes: keys that differ from what is declared, by name of the table or model.
        registry_uri: MLflow's address; a database in the folder unless told.
        lake_root: of the tables; a folder in the home unless told.
    """

    home: Path
    instance: DagsterInstance
    changes: Changes
    registry_uri: str = ""
    lake_root: str = ""

    def having(self, **other: Any) -> Loop:
        """The same loop with something else about it."""
        return replace(self, **other)

    @property
    def landing_root(self) -> Path:
        return self.home / "landing"

    @property
    def lake(self) -> Lake:
        return Lake(self.lake_root or str(self.home / "lake"))

    @property
    def registry(self) -> ModelRegistry:
        return ModelRegistry(self._registry_uri, self.home / "artifacts")

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.lake)

    def source(self, table: str) -> Source:
        attributes = declared("sources", table) | dict(self.changes.get(table, {}))
        spec = SourceSpec.model_validate(attributes)
        made = SourceTable(spec, f"ml_platform.defs.sources.{table}").source()
        return replace(made, landing_root=self.landing_root)

    @cached_property
    def model(self) -> Model:
        attributes = declared("models", MODEL) | dict(self.changes.get(MODEL, {}))
        spec = ModelSpec.model_validate(attributes)
        tables = [
            SourceTable(self.source(table).spec, f"ml_platform.defs.sources.{table}")
            for table in TABLES
        ]
        return ManagedModel(spec, f"ml_platform.defs.models.{MODEL}").model(tables)

    def land(self, table: str, partition: str, content: str | bytes) -> Path:
        """Write a landing file as its producer would."""
        path = self.landing_root / self.source(table).spec.landing_names.path_of(partition)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(
        self, *stages: tuple[str, ...], tags: Mapping[str, str] | None = None, **where: str
    ) -> ExecuteInProcessResult:
        """Run stages: of a partition (`day`), of a range (`first`, `last`), or unpartitioned."""
        tags = dict(tags or {})
        if "first" in where:
            tags |= {RANGE_START: where["first"], RANGE_END: where["last"]}
        job = self.definitions.resolve_job_def("everything")
        return job.execute_in_process(
            instance=self.instance,
            asset_selection=[AssetKey(list(stage)) for stage in stages],
            partition_key=where.get("day"),
            tags=tags,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            raise_on_error=False,
        )

    def ingest(
        self, table: str, tags: Mapping[str, str] | None = None, **where: str
    ) -> ExecuteInProcessResult:
        """Take landed files of a table in, as the landing sensor would ask for."""
        stages = (names.raw(table), names.validated(table), names.quarantine(table))
        return self.run(*stages, tags=tags, **where)

    def run_stages(
        self, stages: Sequence[str], tags: Mapping[str, str] | None = None, **where: str
    ) -> ExecuteInProcessResult:
        """Run stages of the model."""
        return self.run(*(self.model.path(stage) for stage in stages), tags=tags, **where)

    def finding(self, asset: tuple[str, ...], check: str, partition: str | None = None) -> Finding:
        """The newest finding of a check, or why there is none, on a partition or at all."""
        found = findings(self.instance, asset, check, 200)
        return next(f for f in found if partition is None or f.partition == partition)

    def rows(self, table: str, partition: str) -> list[dict[str, Any]]:
        """The rows of a partition in the lake, in file order where there is one."""
        stored = self.lake.table(table)
        if not stored.exists():
            return []
        rows = stored.read_arrow([partition]).to_pylist()
        return sorted(rows, key=lambda row: (row.get("_row_number") or 0, str(row)))

    @property
    def _registry_uri(self) -> str:
        return self.registry_uri or f"sqlite:///{self.home / 'mlflow.db'}"

    @cached_property
    def definitions(self) -> Definitions:
        sources = [self.source(table) for table in TABLES]
        of_sources = [
            each for s in sources for each in (landing_spec(s), raw_asset(s), validated_asset(s))
        ]
        registry = {
            "tracking_uri": self._registry_uri,
            "artifact_root": str(self.home / "artifacts"),
        }
        return Definitions(
            assets=[*of_sources, *(stage(self.model) for stage in LIFECYCLE)],
            jobs=[
                define_asset_job(
                    "everything", AssetSelection.all(), executor_def=in_process_executor
                )
            ],
            resources={
                "lake": LakeResource(root=self.lake_root or str(self.home / "lake")),
                "registry": RegistryResource(**registry),
                "mlflow": MlflowTracking(**registry),
                # The session that runs already is taken.
                "spark": LazyPySparkResource(spark_config={}),
            },
        )
