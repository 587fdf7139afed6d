"""One MLflow run: what a training or an evaluation records."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ml_platform.stores.registry_connection import registry_errors

if TYPE_CHECKING:
    from mlflow import MlflowClient

T = TypeVar("T")

_LONGEST_PARAM = 6000  # MLflow's own limit on the length of a value ...
_LARGEST_BATCH = 100  # ... and on the number of entries in one call.


@dataclass(frozen=True)
class TrainingRun:
    """A handle on a run, by explicit client: it never touches MLflow's global active run.

    Recording works during the run and after its end; an evaluation adds its metrics to the run
    that trained the model.
    """

    model: str
    run_id: str
    experiment_id: str
    client: MlflowClient

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Record parameters; a run's parameter never changes once recorded."""
        from mlflow.entities import Param

        entities = [Param(key, str(value)[:_LONGEST_PARAM]) for key, value in params.items()]
        with registry_errors(self.client.tracking_uri):
            for part in _batches(entities):
                self.client.log_batch(self.run_id, params=part)

    def log_metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:
        """Record numbers; an undefined one (NaN) is left out, never stored as a value."""
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        known = {key: float(value) for key, value in metrics.items() if value == value}
        entities = [Metric(key, value, now, step) for key, value in known.items()]
        with registry_errors(self.client.tracking_uri):
            for part in _batches(entities):
                self.client.log_batch(self.run_id, metrics=part)

    def log_tags(self, tags: Mapping[str, str]) -> None:
        """Record tags, overwriting those of the same name."""
        from mlflow.entities import RunTag

        entities = [RunTag(key, str(value)) for key, value in tags.items()]
        with registry_errors(self.client.tracking_uri):
            for part in _batches(entities):
                self.client.log_batch(self.run_id, tags=part)

    def log_figures(self, figures: Mapping[str, bytes]) -> None:
        """Store pictures (name -> PNG bytes) under `figures/`."""
        with tempfile.TemporaryDirectory() as folder:
            for name, png in figures.items():
                Path(folder, f"{name}.png").write_bytes(png)
            self.log_files(Path(folder), "figures")

    def log_files(self, folder: Path, under: str) -> None:
        """Store every file of a folder under the name `under`."""
        with registry_errors(self.client.tracking_uri):
            self.client.log_artifacts(self.run_id, str(folder), under)


def _batches(entries: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(entries), _LARGEST_BATCH):
        yield entries[start : start + _LARGEST_BATCH]
