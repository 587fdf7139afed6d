"""A home with a model that has a declared rollout: its registry, its ledger and its lake."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from dagster import DagsterInstance

from ml_platform.core.ingestion.calendar import Calendar
from ml_platform.core.ledger import LedgerEntry
from ml_platform.core.model_spec import ModelSpec
from ml_platform.core.rollout.history import live_at
from ml_platform.core.rollout.plan import stages
from ml_platform.core.rollout.step import rollout_id, started
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.rollout import rollout_sensor
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.registry_resource import RegistryResource
from ml_platform.stores.deployment import Deployment, read_deployment
from ml_platform.stores.lake import Lake
from ml_platform.stores.ledger import Ledger
from ml_platform.stores.model_registry import ModelRegistry
from ml_platform.stores.rollout_moves import carry_out
from ml_platform_tests.lifecycle.ticks import Ticks

MODEL = "flight_delay"
QUICK = {"step_requests": 50, "step_minutes": 0, "max_divergence": 0.05, "step_labels": 40}
"""A rollout whose steps are short."""


def declared(rollout: Mapping[str, Any], objectives: Mapping[str, Any] | None = None) -> Model:
    """A model of which only what a rollout looks at is of use."""
    spec = ModelSpec.model_validate(
        {
            "name": MODEL,
            "task": "binary_classification",
            "sources": {"primary": "flights", "labels": "outcomes"},
            "key": ["flight", "carrier"],
            "label": {"column": "late", "available_after": "1 day"},
            "estimator": {"kind": "xgboost"},
            "training": {"holdout": "2 days"},
            "serving": {"rollout": dict(rollout), "objectives": dict(objectives or {})},
        }
    )
    return Model(
        spec=spec,
        calendar=Calendar("day", date(2026, 1, 1)),
        features=lambda frame, *_: frame,
        lookback=None,  # type: ignore[arg-type]
        lineage={},
        inputs={},
        preprocess_module="",
        contracts={},
    )


@dataclass(frozen=True)
class RolloutHome:
    """One folder; version 1 is its champion."""

    home: Path
    model: Model
    instance: DagsterInstance

    @cached_property
    def registry(self) -> ModelRegistry:
        return ModelRegistry(
            f"sqlite:///{self.home / 'mlflow.db'}",
            self.home / "artifacts",
            serving_root=self.home / "serving",
        )

    @cached_property
    def lake(self) -> Lake:
        return Lake(str(self.home / "lake"))

    @property
    def past(self) -> list[LedgerEntry]:
        return Ledger(self.lake).entries(model=MODEL)

    @property
    def said(self) -> list[tuple[str, str]]:
        """Verdict and cause of each line, oldest first."""
        return [(each.verdict, each.cause) for each in self.past]

    @property
    def live(self) -> Deployment:
        found = read_deployment(self.home / "serving", MODEL)
        assert found is not None
        return found

    def register(self, artifact: Path | None = None) -> int:
        """A further version, of an artifact that nobody loads unless one is given."""
        if artifact is None:
            artifact = self.home / "artifact"
            artifact.mkdir(exist_ok=True)
            (artifact / "model.ubj").write_text("{}")
            (artifact / "manifest.json").write_text("{}")
            (artifact / "spec.json").write_text(json.dumps({"spec": {}, "threshold": 0.5}))
        with self.registry.training_run(MODEL) as run:
            return self.registry.register(run, artifact, {"distance": "float64"}).version

    def begin(self, version: int, champion: int, at: datetime) -> LedgerEntry:
        """Begin a rollout, as the asset of the champion does."""
        assert self.model.spec.serving.rollout is not None
        line = started(
            MODEL,
            version,
            champion,
            stages(self.model.spec.serving.rollout)[0],
            decided_at=at,
            as_of="2026-02-28",
            entry_id=rollout_id(f"{version} at {at}"),
        )
        Ledger(self.lake).append(line)
        carry_out(self.registry, line)
        return line

    def ticks(self) -> Ticks:
        """The sensor, ready to be evaluated."""
        resources = {
            "lake": LakeResource(root=str(self.home / "lake")),
            "registry": RegistryResource(
                tracking_uri=f"sqlite:///{self.home / 'mlflow.db'}",
                artifact_root=str(self.home / "artifacts"),
                serving_root=str(self.home / "serving"),
            ),
        }
        return Ticks(rollout_sensor(self.model, 30), self.instance, resources)

    def roles_at(self, moment: datetime) -> list[tuple[int, str]]:
        """What the ledger says was live at a moment."""
        return [(each.version, each.role) for each in live_at(self.past, moment)]
