"""What a training stores lets the endpoint prove the version, and tells nobody's row."""

from __future__ import annotations

import numpy as np

from ml_platform.core import names
from ml_platform.core.golden_rows import GoldenRows
from ml_platform.estimators.artifact import load_artifact
from ml_platform.lifecycle.serving_basis import GOLDEN_ROWS
from ml_platform.serving.served_model import load_served_model
from ml_platform.stores.deployment import model_folder
from ml_platform.stores.publishing import publish
from ml_platform_tests.end_to_end.loop import MODEL, Loop


def test_the_champion_of_a_training_is_one_that_the_endpoint_serves(own: Loop) -> None:
    root = own.home / "serving"
    live = publish(own.registry, root, MODEL)
    assert live is not None
    assert live.champion is not None
    served = load_served_model(model_folder(root, MODEL), MODEL, live.champion, lambda *_: None)
    golden = served.golden
    assert golden.differing(served.model.score(golden.columns)) == []
    assert served.model.spec["key_columns"] == {
        "flight_date": "date32[day]",
        "carrier": "string",
        "flight": "int32",
        "origin": "string",
        "sched_dep_time": "int32",
    }


def test_no_golden_row_is_a_row_of_the_training_set(trained: Loop) -> None:
    champion = trained.registry.champion(MODEL)
    assert champion is not None
    spec = load_artifact(champion.path).spec
    inputs = spec["input_columns"]
    golden = GoldenRows.from_json(spec["golden"], inputs).columns
    stored = trained.lake.table(trained.model.table(names.TRAINING_SET)).read_arrow()
    real = set(zip(*(map(str, stored[name].to_pylist()) for name in inputs), strict=True))
    assert len(real) > 1000
    for i in range(GOLDEN_ROWS):
        row = tuple(_as_stored(golden[name][i], inputs[name]) for name in inputs)
        assert row not in real


def _as_stored(value: object, dtype: str) -> str:
    if value is None or value != value:
        return "None"
    return str(int(np.float64(value))) if dtype == "int" else str(value)
