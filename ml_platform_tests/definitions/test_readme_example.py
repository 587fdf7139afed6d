"""The README's example is taken out of the README, put into a project and used."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ml_platform
from ml_platform.core.extreme_rows import extreme_rows
from ml_platform.estimators.feature_matrix import feature_matrix
from ml_platform.estimators.input_columns import one_form
from ml_platform.spark.contract import compile_contract

HERE = Path(ml_platform.__file__).parent
README = HERE.parent / "README.md"
PROJECT = "readme_example"
# A fenced block whose first line is a comment that names a file.
BLOCK = re.compile(
    r"^```(?:yaml|python)\n# ml_platform/(?P<path>defs/\S+)\n(?P<text>.*?)^```$", re.M | re.S
)
MODEL = f"{PROJECT}.defs.models.order_return"

pytestmark = [
    pytest.mark.skipif(not README.exists(), reason="the README is not installed with the package"),
    # Dagster calls the partitions of a check a preview.
    pytest.mark.filterwarnings("ignore::dagster.PreviewWarning"),
    pytest.mark.filterwarnings("ignore::dagster.BetaWarning"),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project with nothing but the example and the platform's own declaration."""
    root = tmp_path_factory.mktemp("readme")
    package = root / PROJECT
    (package / "defs").mkdir(parents=True)
    (package / "__init__.py").touch()
    (root / "pyproject.toml").write_text(
        '[tool.dg]\ndirectory_type = "project"\n'
        f'[tool.dg.project]\nroot_module = "{PROJECT}"\nregistry_modules = ["ml_platform"]\n'
    )
    shutil.copytree(HERE / "defs" / "platform", package / "defs" / "platform")
    for block in BLOCK.finditer(README.read_text()):
        file = package / block["path"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block["text"])
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(root)
        patch.setenv("ML_PLATFORM_HOME", str(root / "home"))
        yield root
    for name in [name for name in sys.modules if name.split(".")[0] == PROJECT]:
        del sys.modules[name]


def definitions(project: Path) -> Any:
    from dagster import Definitions, load_from_defs_folder

    from ml_platform.resources.environment import resources_for
    from ml_platform.stores.settings import Settings

    return Definitions.merge(
        load_from_defs_folder(path_within_project=project / PROJECT),
        Definitions(resources=resources_for(Settings.from_env())),
    )


def test_the_example_is_complete_and_loads_as_a_whole_loop(project: Path) -> None:
    from dagster import Definitions

    from ml_platform.core import names

    defs = definitions(project)
    Definitions.validate_loadable(defs)

    found = {tuple(key.path) for key in defs.resolve_all_asset_keys()}
    tables = (names.landing, names.raw, names.validated, names.quarantine)
    stages = (*names.DAILY, *names.ON_LABELS, *names.UNPARTITIONED)
    assert found == {table(name) for table in tables for name in ("orders", "returns")} | {
        names.of_model("order_return", stage) for stage in stages
    }
    sensors = {sensor.name for sensor in defs.get_repository_def().sensor_defs}
    of_all = {"landing", "backfill", "freshness", "alerts", "automation"}
    of_the_model = {f"order_return_{each}" for each in ("probe", "request_log", "retraining")}
    assert sensors == of_all | of_the_model


def test_its_contracts_compile_without_a_rest_for_pandera(project: Path) -> None:
    orders = import_module(f"{PROJECT}.defs.sources.orders.contract").Orders
    returns = import_module(f"{PROJECT}.defs.sources.returns.contract").Returns

    assert compile_contract(orders).not_compiled == compile_contract(returns).not_compiled == ()
    assert compile_contract(orders).partition_column == "ordered_at"


def test_its_preprocessing_takes_any_rows(project: Path) -> None:
    module = import_module(f"{MODEL}.preprocess")
    rows = extreme_rows(module.INPUTS)

    with np.errstate(over="ignore"):
        made = module.transform(one_form(rows, module.INPUTS))

    matrix = feature_matrix(made, len(module.FEATURES))
    assert made.dtype == np.float32
    assert len(matrix) == len(rows["country"])


def test_its_features_are_the_columns_that_were_promised(project: Path, spark: Any) -> None:
    features = import_module(f"{MODEL}.features")
    inputs = import_module(f"{MODEL}.preprocess").INPUTS
    orders = spark.createDataFrame(
        [("000001", datetime(2026, 1, 1, 9, 30), "DE", 2, 30.0, "2026-01-01")],
        "order_id string, ordered_at timestamp, country string, items int, price double, "
        "partition string",
    )

    made = features.features(orders, {}, {"orders": orders, "returns": orders})

    assert made.columns == ["order_id", *inputs, "event_time", "partition"]
    assert {name: dict(made.dtypes)[name] for name in inputs} == inputs
    assert made.count() == 1
