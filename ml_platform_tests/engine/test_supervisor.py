"""One real engine for the whole file: Spark, run server, code server, daemon, UI."""

import os
import shutil
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psutil
import pytest
from dagster import DagsterInstance

from ml_platform.core.names import TAG_ENDED_BY_SHUTDOWN
from ml_platform.engine.errors import EngineError
from ml_platform.engine.run_launcher import TAG_WORKER
from ml_platform.engine.supervisor import Supervisor
from ml_platform.lifecycle.ended_runs import incidents_of_ended_run
from ml_platform.stores.settings import Settings
from ml_platform_tests.engine.dagster_client import DagsterClient, messages, tag

pytestmark = pytest.mark.slow
PROJECT = Path(__file__).with_name("tiny_project.py")


def processes_of(home: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if str(home) in " ".join(process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue  # it ended while we looked
    return found


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("engine")
    (folder / "tiny").mkdir()
    (folder / "tiny" / "__init__.py").touch()
    shutil.copy(PROJECT, folder / "tiny" / "definitions.py")
    return folder


@pytest.fixture(scope="module")
def engine(root: Path) -> Iterator[Supervisor]:
    settings = Settings.from_env({"ML_PLATFORM_HOME": str(root / "home")})
    with Supervisor(settings, module="tiny.definitions", root=root, endpoint=True) as started:
        yield started
    assert processes_of(root) == [], "the engine left processes behind"


@pytest.fixture(scope="module")
def dagster(engine: Supervisor) -> DagsterClient:
    return DagsterClient(engine.addresses["dagster"])


def test_a_run_is_forked_by_the_run_server(dagster: DagsterClient, engine: Supervisor) -> None:
    run_id = dagster.launch("endless")
    dagster.wait(run_id, {"STARTED"})
    worker = psutil.Process(int(tag(dagster.run(run_id), TAG_WORKER)))
    assert "ml_platform.engine.run_server" in worker.parent().cmdline()
    dagster.terminate(run_id)
    dagster.wait(run_id)


def test_a_forked_run_works_over_spark_connect(dagster: DagsterClient) -> None:
    run = dagster.wait(dagster.launch("over_spark"))
    assert "counted 10" in messages(run)


def test_a_terminated_run_ends_as_cancelled(dagster: DagsterClient) -> None:
    run_id = dagster.launch("endless")
    dagster.wait(run_id, {"STARTED"})
    dagster.terminate(run_id)
    assert dagster.wait(run_id)["status"] == "CANCELED"


def test_a_run_whose_process_is_killed_is_marked_failed(dagster: DagsterClient) -> None:
    run_id = dagster.launch("endless")
    run = dagster.wait(run_id, {"STARTED"})
    os.kill(int(tag(run, TAG_WORKER)), signal.SIGKILL)
    run = dagster.wait(run_id)
    assert run["status"] == "FAILURE"
    assert any("killed by signal 9" in message for message in messages(run))


def test_changed_sources_are_what_the_next_run_executes(dagster: DagsterClient, root: Path) -> None:
    source = root / "tiny" / "definitions.py"
    source.write_text(source.read_text().replace("first edition", "second edition"))
    run = dagster.wait(dagster.launch("edition"))
    assert "second edition" in messages(run)


def test_the_endpoint_is_one_of_the_local_services(engine: Supervisor) -> None:
    page = httpx.get(f"{engine.addresses['endpoint']}/ping")
    assert page.status_code == 503
    assert "has no champion yet" in page.text
    assert engine.settings.endpoint_url == engine.addresses["endpoint"]


def test_a_second_engine_over_the_same_home_is_refused(engine: Supervisor) -> None:
    second = Supervisor(engine.settings, module=engine.module, root=engine.root)
    with pytest.raises(EngineError, match="already runs over"), second:
        pass


def test_without_the_run_server_runs_are_launched_the_default_way(
    engine: Supervisor, dagster: DagsterClient, root: Path
) -> None:
    found = [p for p in processes_of(root) if "ml_platform.engine.run_server" in p.cmdline()]
    # A run that is just ending is a fork of the server and looks like it.
    server = min(found, key=lambda process: process.create_time())
    server.terminate()
    while server.is_running() and server.status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.1)
    run = dagster.wait(dagster.launch("edition"))
    assert run["status"] == "SUCCESS"
    assert not any("warm process" in message for message in messages(run))
    with pytest.raises(EngineError, match="run server ended unexpectedly"):
        engine.check()


def test_a_run_that_the_stop_ends_is_marked_and_told_to_nobody(tmp_path: Path, root: Path) -> None:
    settings = Settings.from_env({"ML_PLATFORM_HOME": str(tmp_path / "home")})
    with Supervisor(settings, module="tiny.definitions", root=root, spark=False) as stopped:
        dagster = DagsterClient(stopped.addresses["dagster"])
        run_id = dagster.launch("endless")
        dagster.wait(run_id, {"STARTED"})
    assert processes_of(tmp_path) == []
    with DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        run = instance.get_run_by_id(run_id)
        assert run is not None
        assert run.tags[TAG_ENDED_BY_SHUTDOWN] == run_id
        assert incidents_of_ended_run(instance, run, datetime.now(UTC), {}) == ()
