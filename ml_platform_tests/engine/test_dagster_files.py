from pathlib import Path

from dagster import DagsterInstance
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.scheduler.instigation import TickStatus

from ml_platform.engine.dagster_files import instance_settings, workspace, write_yaml
from ml_platform.engine.run_launcher import WarmRunLauncher


def test_dagster_accepts_the_instance_settings(tmp_path: Path) -> None:
    settings = instance_settings(tmp_path, tmp_path / "runs.sock")
    write_yaml(tmp_path / "dagster.yaml", settings, "for a test")
    with DagsterInstance.from_config(str(tmp_path)) as instance:
        assert isinstance(instance.run_launcher, WarmRunLauncher)
        assert instance.run_launcher.supports_check_run_worker_health
        assert instance.run_monitoring_enabled
        assert instance.run_retries_enabled
        assert not instance.telemetry_enabled


def test_ticks_are_kept_for_days_and_not_for_ever(tmp_path: Path) -> None:
    settings = instance_settings(tmp_path, tmp_path / "runs.sock")
    write_yaml(tmp_path / "dagster.yaml", settings, "for a test")
    with DagsterInstance.from_config(str(tmp_path)) as instance:
        for kind in (
            InstigatorType.SENSOR,
            InstigatorType.SCHEDULE,
            InstigatorType.AUTO_MATERIALIZE,
        ):
            kept = instance.get_tick_retention_settings(kind)
            assert kept[TickStatus.SKIPPED] == 2
            assert all(0 < days <= 90 for days in kept.values())


def test_the_workspace_names_the_running_code_server() -> None:
    (entry,) = workspace(4000, "ml_platform")["load_from"]
    assert entry["grpc_server"] == {
        "host": "127.0.0.1",
        "port": 4000,
        "location_name": "ml_platform",
    }
