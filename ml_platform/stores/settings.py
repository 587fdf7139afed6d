"""Where everything lives: one frozen value read from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ml_platform.core.errors import ConfigError
from ml_platform.stores.endpoint_address import read_address
from ml_platform.stores.private_file import read_private
from ml_platform.stores.signatures import NO_KEYS, SignatureKeys


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
        serving_root: what the online endpoint serves, and where it listens.
        request_log: where answered requests are logged before their answer leaves: a folder, or
            the address of a PostgreSQL database.
        redaction_key: file of the key with which personal data are made digests in that log.
        endpoint: address of an endpoint elsewhere; None for the one of this home.
        tick_seconds: least number of seconds between two evaluations of a sensor.
        endpoint_token: file of the token that the platform's own probe shows the endpoint; None
            where it lets everybody in.
        signature_keys: with which promotions sign versions, and the endpoint verifies them.
    """

    home: Path
    lake_root: str
    landing_root: Path
    mlflow_uri: str
    artifact_root: str
    spark_remote: str | None
    alerts_file: Path
    dagster_home: Path
    serving_root: Path
    request_log: str
    redaction_key: Path
    endpoint: str | None
    tick_seconds: int
    signature_keys: SignatureKeys = NO_KEYS
    endpoint_token: Path | None = None

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
            serving_root=Path(env.get("ML_PLATFORM_SERVING", str(home / "serving"))).absolute(),
            request_log=env.get("ML_PLATFORM_REQUEST_LOG", str(home / "request_log")),
            redaction_key=Path(
                env.get("ML_PLATFORM_REDACTION_KEY", str(home / "redaction.key"))
            ).absolute(),
            endpoint=env.get("ML_PLATFORM_ENDPOINT") or None,
            tick_seconds=_seconds(env, "ML_PLATFORM_TICK_SECONDS", 30),
            endpoint_token=_file(env, "ML_PLATFORM_ENDPOINT_TOKEN"),
            signature_keys=SignatureKeys(
                _file(env, "ML_PLATFORM_SIGNING_KEY"), _file(env, "ML_PLATFORM_VERIFY_KEY")
            ),
        )

    @property
    def endpoint_url(self) -> str | None:
        """Where the endpoint answers: the address given, else where this home's own listens.

        None where none is given and none runs.
        """
        if self.endpoint is not None:
            return self.endpoint
        own = read_address(self.serving_root)
        return own.url if own is not None else None

    def read_endpoint_token(self) -> str | None:
        """The token that the platform shows the endpoint, or None where it needs none.

        Raises:
            ConfigError: the file cannot be read, or others can read it.
        """
        if self.endpoint_token is None:
            return None
        return read_private(self.endpoint_token, "the endpoint's token").decode().strip()


def _file(env: Mapping[str, str], name: str) -> Path | None:
    return Path(env[name]).absolute() if env.get(name) else None


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
