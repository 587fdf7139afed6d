"""A worker holds what it needs to answer, and nothing that makes it slow, large or unsafe."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ml_platform_tests.serving.toy_endpoint import MODEL, environment, held, make_live

NOT_LOADED = ("pyspark", "dagster", "mlflow", "deltalake", "pandas", "pyarrow", "sklearn")
ANSWERING = """
import asyncio, json, sys
from pathlib import Path
from ml_platform.serving.app import Endpoint
from ml_platform.serving.worker import Worker, WorkerSettings

home, model = Path(sys.argv[1]), sys.argv[2]
body = json.dumps({"inputs": {
    "distance": [100.0], "sched_dep_time": [900], "carrier": ["AA"], "at": ["2013-01-01T00:00:00"],
}}).encode()
scope = {"type": "http", "method": "POST", "path": "/invocations",
         "headers": [(b"content-type", b"application/json")]}
sent = []

async def receive():
    return {"type": "http.request", "body": body, "more_body": False}

async def send(message):
    sent.append(message)

async def main():
    settings = WorkerSettings(
        serving_root=home / "serving", request_log=str(home / "log"),
        redaction_key=home / "key", metrics_folder=home / "metrics", asked=(model,),
    )
    worker = Worker(settings)
    endpoint = Endpoint(worker)
    await worker.start()
    await endpoint(scope, receive, send)
    await worker.stop()

asyncio.run(main())
assert sent[0]["status"] == 200, sent
print("\\n".join(sys.modules))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The modules of a process that has answered a request."""
    home = tmp_path_factory.mktemp("lean")
    make_live(home / "serving", held(home / "serving", 1))
    command = [sys.executable, "-c", ANSWERING, str(home), MODEL]
    done = subprocess.run(
        command, env=environment(home), capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize("module", NOT_LOADED)
def test_a_process_that_answers_has_not_loaded(loaded: set[str], module: str) -> None:
    assert "xgboost" in loaded
    assert module not in loaded


def test_scikit_learn_can_still_be_imported_afterwards() -> None:
    said = (
        "from ml_platform.serving.lean_xgboost import import_xgboost; import_xgboost(); "
        "import xgboost, sklearn; print(xgboost.compat.SKLEARN_INSTALLED, sklearn.__name__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", said], capture_output=True, text=True, timeout=600, check=True
    )
    assert done.stdout.split() == ["False", "sklearn"]


def test_where_xgboost_is_there_already_nothing_is_changed() -> None:
    said = (
        "import xgboost; from ml_platform.serving.lean_xgboost import import_xgboost; "
        "import_xgboost(); print(xgboost.compat.SKLEARN_INSTALLED)"
    )
    done = subprocess.run(
        [sys.executable, "-c", said], capture_output=True, text=True, timeout=600, check=True
    )
    assert done.stdout.split() == ["True"]


def test_the_artifact_holds_nothing_to_unpickle(tmp_path: Path) -> None:
    version = held(tmp_path, 1)
    files = sorted(file.name for file in (tmp_path / MODEL / version.path).rglob("*.*"))
    assert files == ["manifest.json", "model.ubj", "spec.json", "toy_preprocess.py"]
