"""Settings come from the environment, and a slip in it is told by name."""

from pathlib import Path

import pytest

from ml_platform.core.errors import ConfigError
from ml_platform.stores.settings import Settings


def test_everything_has_a_place_under_the_home(tmp_path: Path) -> None:
    settings = Settings.from_env({"ML_PLATFORM_HOME": str(tmp_path)})
    assert settings.lake_root == str(tmp_path / "lake")
    assert settings.landing_root == tmp_path / "landing"
    assert settings.mlflow_uri == f"sqlite:///{tmp_path}/mlflow.db"
    assert settings.spark_remote is None
    assert settings.tick_seconds == 30


def test_each_place_can_be_another(tmp_path: Path) -> None:
    env = {"ML_PLATFORM_LANDING": str(tmp_path), "ML_PLATFORM_TICK_SECONDS": "5"}
    settings = Settings.from_env(env)
    assert settings.landing_root == tmp_path
    assert settings.tick_seconds == 5
    assert settings.home == Path.cwd() / ".ml_platform"


@pytest.mark.parametrize("given", ["fast", "", "0", "-3", "2.5"])
def test_a_pace_that_is_none_is_refused_by_the_name_of_its_variable(given: str) -> None:
    with pytest.raises(ConfigError, match=r"ML_PLATFORM_TICK_SECONDS must be a whole number") as e:
        Settings.from_env({"ML_PLATFORM_TICK_SECONDS": given})
    assert f"given {given!r}" in str(e.value)
