"""A version answers by the code it was trained with, whatever the project says today."""

from __future__ import annotations

import importlib
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ml_platform.core.errors import ConfigError, StoreError
from ml_platform.estimators.artifact import load_artifact, load_batch_code, save_artifact
from ml_platform.estimators.packed_code import load_packed, pack
from ml_platform.estimators.xgboost_model import fit

TEAM = "packed_team"
Write = Callable[[str, str], None]
PREPROCESS = """
    import numpy as np
    from packed_team.shared import scale
    from . import words
    from ..settings import SHIFT

    INPUTS = {"amount": "double"}
    FEATURES = ("amount",)

    def transform(columns):
        from packed_team.late import twice
        values = twice(scale(np.asarray(columns["amount"], dtype=float))) + SHIFT + words.COUNT
        return values.reshape(-1, 1).astype(np.float32)
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Writes a module of a team's own package, as an editor would."""

    def written(module: str, text: str) -> None:
        file = tmp_path / (module.replace(".", "/") + ".py")
        for folder in reversed(file.relative_to(tmp_path).parents[:-1]):
            (tmp_path / folder).mkdir(exist_ok=True)
            (tmp_path / folder / "__init__.py").touch()
        file.write_text(textwrap.dedent(text))
        forget()

    def forget() -> None:
        for name in [name for name in sys.modules if name.split(".")[0] == TEAM]:
            del sys.modules[name]
        importlib.invalidate_caches()

    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    written(f"{TEAM}.shared", "def scale(values):\n    return values * 10\n")
    written(f"{TEAM}.late", "def twice(values):\n    return values * 2\n")
    written(f"{TEAM}.settings", "SHIFT = 1\n")
    written(f"{TEAM}.model.words", "COUNT = 0\n")
    written(f"{TEAM}.model.preprocess", PREPROCESS)
    yield written
    forget()


def saved(folder: Path, batch: str | None = None) -> str:
    module = importlib.import_module(f"{TEAM}.model.preprocess")
    draw = np.random.default_rng(0)
    amount = draw.normal(size=200)
    booster = fit(
        module.transform({"amount": amount}),
        (amount > 0).astype(np.int64),
        {"n_estimators": 3},
        module.FEATURES,
    )
    return save_artifact(
        folder,
        booster,
        spec_resolved={"name": "own"},
        preprocess_name=module.__name__,
        feature_names=module.FEATURES,
        input_columns=module.INPUTS,
        threshold=0.5,
        batch_code=pack(batch) if batch else None,
    )


def features(folder: Path, amount: float = 3.0) -> float:
    return float(load_artifact(folder).features({"amount": [amount]})[0, 0])


EDITS = {
    "the module itself": (f"{TEAM}.model.preprocess", PREPROCESS.replace("SHIFT +", "999 +")),
    "a module beside it": (f"{TEAM}.model.words", "COUNT = 100\n"),
    "a module above it": (f"{TEAM}.settings", "SHIFT = 100\n"),
    "one imported by its whole name": (f"{TEAM}.shared", "def scale(values):\n    return values\n"),
    "one imported inside a function": (f"{TEAM}.late", "def twice(values):\n    return values\n"),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_an_edit_changes_no_version_and_the_next_one_has_it(
    tmp_path: Path, write: Write, edit: tuple[str, str]
) -> None:
    saved(tmp_path / "one")
    before = features(tmp_path / "one")
    assert before == 61.0
    write(*edit)
    saved(tmp_path / "two")
    assert features(tmp_path / "one") == before
    assert features(tmp_path / "two") != before
    assert features(tmp_path / "one") == before  # both live in one process


def test_a_version_loads_where_the_project_is_gone(tmp_path: Path, write: Write) -> None:
    saved(tmp_path / "one")
    write(f"{TEAM}.shared", "raise RuntimeError('this is not for the version')\n")
    for module in ("late", "settings", "model.words", "model.preprocess"):
        (tmp_path / TEAM / (module.replace(".", "/") + ".py")).unlink()
    assert features(tmp_path / "one") == 61.0


def test_loaded_code_works_on_when_the_artifact_is_removed(tmp_path: Path, write: Write) -> None:
    saved(tmp_path / "one")
    model = load_artifact(tmp_path / "one")
    for file in sorted((tmp_path / "one").rglob("*"), reverse=True):
        file.unlink() if file.is_file() else file.rmdir()
    assert model.features({"amount": [3.0]})[0, 0] == 61.0


def test_altered_code_is_named_and_never_executed(tmp_path: Path, write: Write) -> None:
    saved(tmp_path / "one")
    code = tmp_path / "one" / "code" / TEAM / "shared.py"
    code.write_text("raise SystemExit('executed')\n")
    with pytest.raises(StoreError, match=r"shared\.py was altered"):
        load_artifact(tmp_path / "one")


def test_a_file_added_to_the_code_is_named(tmp_path: Path, write: Write) -> None:
    saved(tmp_path / "one")
    (tmp_path / "one" / "code" / "numpy.py").write_text("raise SystemExit('executed')\n")
    with pytest.raises(StoreError, match=r"numpy\.py was added"):
        load_artifact(tmp_path / "one")


def test_a_vocabulary_beside_the_module_is_kept_with_it(tmp_path: Path, write: Write) -> None:
    (tmp_path / TEAM / "model" / "prices.json").write_text('{"base": 5}')
    write(
        f"{TEAM}.model.preprocess",
        """
        import json
        from pathlib import Path
        import numpy as np

        BASE = json.loads(Path(__file__).with_name("prices.json").read_text())["base"]
        INPUTS, FEATURES = {"amount": "double"}, ("amount",)

        def transform(columns):
            values = np.asarray(columns["amount"], dtype=float) + BASE
            return values.reshape(-1, 1).astype(np.float32)
        """,
    )
    saved(tmp_path / "one")
    (tmp_path / TEAM / "model" / "prices.json").unlink()
    assert features(tmp_path / "one") == 8.0


def test_libraries_are_not_kept(write: Write) -> None:
    assert sorted(pack(f"{TEAM}.model.preprocess").files) == [
        f"{TEAM}/late.py",
        f"{TEAM}/model/preprocess.py",
        f"{TEAM}/model/words.py",
        f"{TEAM}/settings.py",
        f"{TEAM}/shared.py",
    ]


def test_the_platforms_own_modules_are_libraries() -> None:
    packed = pack("ml_platform.defs.models.flight_delay.preprocess")
    assert list(packed.files) == ["ml_platform/defs/models/flight_delay/preprocess.py"]


def test_an_import_that_cannot_be_directed_is_refused_with_the_way_out(write: Write) -> None:
    write(f"{TEAM}.model.preprocess", f"import {TEAM}.shared\n")
    with pytest.raises(ConfigError, match=rf"line 1: write `from {TEAM} import shared`"):
        pack(f"{TEAM}.model.preprocess")


def test_code_that_does_not_load_here_says_what_it_lacks(tmp_path: Path, write: Write) -> None:
    write(f"{TEAM}.model.preprocess", "import no_such_library\n")
    packed = pack(f"{TEAM}.model.preprocess")
    packed.write(tmp_path / "one")
    with pytest.raises(StoreError, match=r"does not load here: ModuleNotFoundError.*no_such"):
        load_packed(tmp_path / "one", packed.module, packed.digest)


def test_the_same_code_is_loaded_once(tmp_path: Path, write: Write) -> None:
    saved(tmp_path / "one")
    saved(tmp_path / "two")
    first: Any = load_artifact(tmp_path / "one").transform
    assert load_artifact(tmp_path / "two").transform is first


OF_DAYS = """
    from packed_team.model.preprocess import INPUTS
    from packed_team.settings import SHIFT

    LOOKBACK_DAYS = 3

    def features(primary, lookups, history):
        return primary + SHIFT
"""


def test_the_code_of_whole_days_is_kept_beside_and_loaded_by_no_endpoint(
    tmp_path: Path, write: Write
) -> None:
    write(f"{TEAM}.model.features", OF_DAYS)
    saved(tmp_path / "one", f"{TEAM}.model.features")
    write(f"{TEAM}.settings", "SHIFT = 100\n")
    load_artifact(tmp_path / "one")
    assert not [name for name in sys.modules if name.endswith("model.features")]
    code = load_batch_code(tmp_path / "one")
    assert code is not None
    assert code.module.features(1, {}, {}) == 2
    assert (code.module.LOOKBACK_DAYS, code.declared["name"]) == (3, "own")
    assert pack(f"{TEAM}.model.features").digest != code.digest


def test_a_version_without_the_code_of_whole_days_has_none(tmp_path: Path, write: Write) -> None:
    saved(tmp_path / "one")
    assert load_batch_code(tmp_path / "one") is None


def test_altered_and_added_code_of_whole_days_is_named(tmp_path: Path, write: Write) -> None:
    write(f"{TEAM}.model.features", OF_DAYS)
    saved(tmp_path / "one", f"{TEAM}.model.features")
    added = tmp_path / "one" / "batch_code" / "pyspark.py"
    added.write_text("raise SystemExit('executed')\n")
    with pytest.raises(StoreError, match=r"pyspark\.py was added"):
        load_batch_code(tmp_path / "one")
    added.unlink()
    (tmp_path / "one" / "batch_code" / TEAM / "settings.py").write_text("SHIFT = 0\n")
    with pytest.raises(StoreError, match=r"settings\.py was altered"):
        load_batch_code(tmp_path / "one")
