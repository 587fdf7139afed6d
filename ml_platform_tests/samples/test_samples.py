"""What earlier releases wrote is read, and means the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from ml_platform.core.golden_rows import GoldenRows
from ml_platform.core.ledger import EntryKind, champion_moves
from ml_platform.estimators.artifact import FORMAT, load_artifact, load_batch_code
from ml_platform.stores.lake import Lake
from ml_platform.stores.ledger import Ledger

HERE = Path(__file__).parent
ARTIFACTS = sorted(HERE.glob("artifact_*"))


def test_the_present_format_of_artifacts_is_among_the_samples() -> None:
    assert f"artifact_{FORMAT}" in [folder.name for folder in ARTIFACTS]


@pytest.mark.parametrize("folder", ARTIFACTS, ids=lambda folder: folder.name)
def test_an_artifact_scores_its_golden_rows_as_it_did(folder: Path) -> None:
    model = load_artifact(folder)
    golden = GoldenRows.from_json(model.spec["golden"], model.input_columns)
    np.testing.assert_allclose(model.score(golden.columns), golden.scores, rtol=1e-6)
    assert model.threshold is not None


def test_the_code_of_whole_days_is_there_since_format_3() -> None:
    kept = {folder.name: load_batch_code(folder) for folder in ARTIFACTS}
    assert kept["artifact_2"] is None
    code = kept["artifact_3"]
    assert code is not None
    assert code.module.LOOKBACK_DAYS == 14


def test_the_ledger_is_read(tmp_path: Path) -> None:
    shutil.copytree(HERE / "ledger_1", tmp_path / "ledger")
    entries = Ledger(Lake(str(tmp_path))).entries("flight_delay")
    assert [entry.kind for entry in champion_moves(entries)] == [EntryKind.PROMOTION]
    assert all(entry.decided_at.tzinfo for entry in entries)
