"""What a person is told of the edits made since the platform ran last."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ml_platform.core.model_spec import ModelSpec
from ml_platform.defs.models.flight_delay.preprocess import INPUTS
from ml_platform.stores.lake import Lake
from ml_platform.stores.model_registry import ModelRegistry
from ml_platform_tests.cli.conftest import MODEL, Command
from ml_platform_tests.end_to_end.loop import declared


@pytest.fixture
def live(home: Path, tmp_path: Path) -> None:
    """A champion that had another key and one input less, and a day of its tables."""
    spec: dict[str, Any] = declared("models", MODEL) | {"key": ["flight_date", "flight"]}
    kept = {
        "spec": ModelSpec.model_validate(spec).resolved(),
        "threshold": 0.5,
        "input_columns": {name: kind for name, kind in INPUTS.items() if name != "visib"},
        "code_sha256": "former",
        "batch_code_sha256": "former",
    }
    artifact = tmp_path / "artifact"
    code = artifact / "batch_code" / "team" / "features.py"
    code.parent.mkdir(parents=True)
    code.write_text(
        'def features(primary, lookups, history):\n    return primary.where("gone > 1")\n'
    )
    for name in ("model.ubj", "manifest.json"):
        (artifact / name).write_text("{}")
    (artifact / "spec.json").write_text(json.dumps(kept))
    registry = ModelRegistry(f"sqlite:///{home / 'mlflow.db'}", home / "artifacts")
    with registry.training_run(MODEL) as run:
        made = registry.register(run, artifact, {"distance": "float64"}, {"gate": "passed"})
    registry.promote(MODEL, made.version)
    lake = Lake(str(home / "lake"))
    day = ["2013-01-01"]
    for name, columns in (
        ("flights/validated", {"gone": [1], "unread": [1]}),
        (f"{MODEL}/features", {"distance": [1]}),
        (f"{MODEL}/inference_log", {"flight": [1]}),
    ):
        lake.table(name).replace_arrow(pa.table(columns | {"partition": day}), day)


def test_a_home_in_which_nothing_ran_takes_everything(ml_platform: Command) -> None:
    result = ml_platform("plan")
    assert result.exit_code == 0
    assert "It is new" in result.stdout


def test_the_live_version_and_the_tables_are_compared(ml_platform: Command, live: None) -> None:
    result = ml_platform("plan")
    lines = result.stdout.splitlines()
    assert result.exit_code == 1
    assert max(map(len, lines)) <= 80
    said = " ".join(result.stdout.split())
    assert 'REFUSED: Column "gone" is dropped' in said
    assert "the features.py of version 1 of flight_delay reads it" in said
    assert 'Column "unread" is dropped from the contract: rows from now on hold null' in said
    assert "REFUSED: key: flight_date, flight becomes flight_date, carrier, flight," in said
    assert 'Input "visib" (double) is added: version 1 goes on without it' in said
    assert "preprocess.py, or what it imports, was edited" in said
    assert "version 1 goes on being fed by its own" in said
    assert lines[-1] == "2 changes refused: see each way out."


def test_programs_read_the_same(ml_platform: Command, live: None) -> None:
    result = ml_platform("plan", "--json")
    found = json.loads(result.stdout)["consequences"]
    assert [each["subject"] for each in found if each["refused"]] == [
        "table flights",
        "model flight_delay",
    ]
    assert all(each["way_out"] for each in found if each["refused"])


def test_a_model_that_is_gone_can_be_given_up(ml_platform: Command, home: Path, live: None) -> None:
    day = ["2013-01-01"]
    table = Lake(str(home / "lake")).table("former/features")
    table.replace_arrow(pa.table({"distance": [1], "partition": day}), day)
    assert "model former" in ml_platform("plan").stdout
    assert "model former" not in ml_platform("plan", "--retire", "former").stdout


def test_a_project_that_is_not_in_order_is_not_compared(
    ml_platform: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "defs" / "models" / "broken" / "defs.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("type: ml_platform.SourceTable\nattributes:\n  name: Wrong Name\n")
    monkeypatch.setattr("ml_platform.cli.plan.DEFS", tmp_path / "defs")
    result = ml_platform("plan")
    assert result.exit_code == 2
    assert "nothing was compared" in result.stderr
