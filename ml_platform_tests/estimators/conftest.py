"""One artifact for the tests that only read it."""

from pathlib import Path

import pytest

from ml_platform_tests.estimators.toy_model import saved_artifact


@pytest.fixture(scope="package")
def artifact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved model; not to be changed."""
    folder = tmp_path_factory.mktemp("model") / "artifact"
    saved_artifact(folder)
    return folder
