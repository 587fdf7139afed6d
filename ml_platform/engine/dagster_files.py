"""The two files Dagster's processes read: dagster.yaml (the instance) and workspace.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from ml_platform.core.names import TAG_RETRAINING_OF
from ml_platform.engine.open_sqlite import storage_settings
from ml_platform.engine.ports import LOOPBACK

CONCURRENT_RUNS = 4
# Sensors tick every few seconds, most of the time for nothing. What a tick asked for is on its run.
TICKS_KEPT_DAYS = {"skipped": 2, "success": 30, "failure": 90, "started": 30}


def instance_settings(home: Path, socket: Path) -> dict[str, Any]:
    """Dagster's instance settings: the local default, with SQLite under the instance folder.

    Args:
        home: the instance folder, Dagster's home.
        socket: where the run server listens.
    """
    return {
        "storage": storage_settings(home),
        "telemetry": {"enabled": False},
        "nux": {"enabled": False},
        "run_launcher": {
            "module": "ml_platform.engine.run_launcher",
            "class": "WarmRunLauncher",
            "config": {"socket": str(socket)},
        },
        "run_coordinator": {
            "module": "dagster.core.run_coordinator",
            "class": "QueuedRunCoordinator",
            "config": {
                "dequeue_interval_seconds": 1,
                "max_concurrent_runs": CONCURRENT_RUNS,
                # One retraining per model at a time, whoever asks for it.
                "tag_concurrency_limits": [
                    {
                        "key": TAG_RETRAINING_OF,
                        "value": {"applyLimitPerUniqueValue": True},
                        "limit": 1,
                    }
                ],
            },
        },
        "run_monitoring": {
            "enabled": True,
            "poll_interval_seconds": 10,
            "start_timeout_seconds": 600,
            "cancel_timeout_seconds": 60,
        },
        # A run is retried when its process died; a step that failed has its own policy.
        "run_retries": {"enabled": True, "max_retries": 2, "retry_on_asset_or_op_failure": False},
        "retention": {
            kind: {"purge_after_days": dict(TICKS_KEPT_DAYS)}
            for kind in ("schedule", "sensor", "auto_materialize")
        },
        "sensors": {"use_threads": True, "num_workers": 4},
        "code_servers": {"local_startup_timeout": 600},
    }


def workspace(code_port: int, location_name: str) -> dict[str, Any]:
    """A workspace that points at a running code server."""
    server = {"host": LOOPBACK, "port": code_port, "location_name": location_name}
    return {"load_from": [{"grpc_server": server}]}


def write_yaml(path: Path, content: dict[str, Any], comment: str) -> Path:
    """Write a YAML file with a first line that says where it comes from."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as out:
        out.write(f"# {comment}\n")
        YAML().dump(content, out)
    return path
