"""A model on disk is read whole and unaltered, or not at all."""

import json
import shutil
from pathlib import Path

import pytest

from ml_platform.core.errors import StoreError
from ml_platform.estimators.artifact import load_artifact, preprocess_digest
from ml_platform_tests.estimators import toy_preprocess
from ml_platform_tests.estimators.toy_model import saved_artifact

FILES = ("model.ubj", "spec.json", "manifest.json")


@pytest.fixture
def copy(artifact: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(artifact, tmp_path / "copy"))


def test_an_artifact_is_data_and_source_and_none_is_a_pickle(artifact: Path) -> None:
    files = sorted(each.relative_to(artifact).as_posix() for each in artifact.rglob("*.*"))
    assert files == sorted((*FILES, "code/ml_platform_tests/estimators/toy_preprocess.py"))


def test_the_specification_says_what_the_model_is_and_was_made_of(artifact: Path) -> None:
    spec = json.loads((artifact / "spec.json").read_text())
    assert spec["spec"] == {"name": "flight_delay", "seed": 0}
    assert spec["preprocess"] == "ml_platform_tests.estimators.toy_preprocess"
    assert spec["preprocess_sha256"] == preprocess_digest(toy_preprocess.__name__)
    assert spec["features"] == list(toy_preprocess.FEATURES)
    assert spec["input_columns"] == toy_preprocess.INPUTS
    assert spec["threshold"] == 0.4
    assert spec["data_versions"] == {"flights/validated": 3}
    assert spec["packages"]["xgboost-cpu"]


def test_the_same_training_gives_the_same_bytes(tmp_path: Path) -> None:
    assert saved_artifact(tmp_path / "one") == saved_artifact(tmp_path / "two")
    assert saved_artifact(tmp_path / "other", seed=7) != saved_artifact(tmp_path / "one")


@pytest.mark.parametrize("name", ["model.ubj", "spec.json"])
def test_an_altered_file_is_named(copy: Path, name: str) -> None:
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data)
    with pytest.raises(StoreError, match=rf"{name} was altered after the model was saved"):
        load_artifact(copy)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(StoreError, match=rf"{name} is missing"):
        load_artifact(copy)


@pytest.mark.parametrize("text", ["not json", "{}", "[]", '{"sha256": 5}'])
def test_a_broken_manifest_is_named(copy: Path, text: str) -> None:
    (copy / "manifest.json").write_text(text)
    with pytest.raises(StoreError, match=r"manifest\.json is not a manifest of digests"):
        load_artifact(copy)


def test_a_file_the_manifest_leaves_out_is_not_trusted(copy: Path) -> None:
    (copy / "manifest.json").write_text('{"sha256": {}}')
    with pytest.raises(StoreError, match=r"model\.ubj was altered"):
        load_artifact(copy)


def test_a_rewritten_manifest_is_found_out_by_the_digest_the_registry_keeps(
    copy: Path, tmp_path: Path
) -> None:
    expected = saved_artifact(tmp_path / "original")
    saved_artifact(copy, seed=3)
    load_artifact(copy)
    with pytest.raises(StoreError, match=r"manifest\.json was altered"):
        load_artifact(copy, expected)


def test_feature_code_that_is_gone_is_named() -> None:
    with pytest.raises(StoreError, match=r"no_such_package\.features.* cannot be imported"):
        preprocess_digest("no_such_package.features")
