"""Where everything lives: one frozen value read from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ml_platform.core.errors import ConfigError


@dataclass(frozen=True)
class Settings:
    """Locations and paces of one installation.

    Attributes:
        home: the folder that holds all local state.
        lake_root: root of the Delta tables.
        landing_root: the folder in which source files land.
        mlflow_uri: MLflow tracking and registry address.
        artifact_root: the folder or object store of MLflow artifacts.
        spark_remote: address of a Spark Connect server, or None for a classic local session.
        alerts_file: JSON lines of every alert, sent or not.
        dagster_home: Dagster's instance folder.
        tick_seconds: least number of seconds between two evaluations of a sensor.
    """

    home: Path
    lake_root: str
    landing_root: Path
    mlflow_uri: str
    artifact_root: str
    spark_remote: str | None
    alerts_file: Path
    dagster_home: Path
    tick_seconds: int

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; each variable has a default under ``ML_PLATFORM_HOME``.

        Raises:
            ConfigError: a variable holds what cannot be; the message names it.
        """
        env = os.environ if env is None else env
        home = Path(env.get("ML_PLATFORM_HOME", ".ml_platform")).absolute()
        return cls(
            home=home,
            lake_root=env.get("ML_PLATFORM_LAKE", str(home / "lake")),
            landing_root=Path(env.get("ML_PLATFORM_LANDING", str(home / "landing"))).absolute(),
            mlflow_uri=env.get("MLFLOW_TRACKING_URI", f"sqlite:///{home / 'mlflow.db'}"),
            artifact_root=env.get("ML_PLATFORM_ARTIFACTS", str(home / "artifacts")),
            spark_remote=env.get("SPARK_REMOTE") or None,
            alerts_file=Path(env.get("ML_PLATFORM_ALERTS", str(home / "alerts.jsonl"))).absolute(),
            dagster_home=Path(env.get("DAGSTER_HOME") or str(home / "dagster")).absolute(),
            tick_seconds=_seconds(env, "ML_PLATFORM_TICK_SECONDS", 30),
        )


def _seconds(env: Mapping[str, str], name: str, default: int) -> int:
    given = env.get(name, str(default))
    try:
        seconds = int(given)
    except ValueError:
        seconds = 0
    if seconds < 1:
        raise ConfigError(
            f"{name} must be a whole number of seconds, 1 or more, for example {default}; "
            f"given {given!r}."
        )
    return seconds
