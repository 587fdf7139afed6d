"""A version answers only after its files, its feature code and its golden rows are proven."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ml_platform.core.errors import StoreError
from ml_platform.serving.served_model import load_served_model
from ml_platform.stores.deployment import LiveVersion
from ml_platform_tests.serving.toy_endpoint import MODEL, served_artifact


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served") / "versions" / "1"
    served_artifact(folder, serving={"limits": {"rows": 7}})
    return folder


@pytest.fixture
def root(original: Path, tmp_path: Path) -> Path:
    shutil.copytree(original, tmp_path / "versions" / "1")
    return tmp_path


def verified(name: str, live: LiveVersion) -> None:
    """Every version is taken as signed."""


def version(root: Path) -> LiveVersion:
    manifest = root / "versions" / "1" / "manifest.json"
    return LiveVersion(1, "versions/1", sha256(manifest.read_bytes()).hexdigest())


def restated(root: Path, **changed: Any) -> LiveVersion:
    """The version with another specification, and a manifest that agrees with it."""
    folder = root / "versions" / "1"
    spec = json.loads((folder / "spec.json").read_text()) | changed
    (folder / "spec.json").write_text(json.dumps(spec))
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["sha256"]["spec.json"] = sha256((folder / "spec.json").read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return version(root)


def test_a_sound_version_is_loaded_with_what_it_was_declared_with(root: Path) -> None:
    served = load_served_model(root, MODEL, version(root), verified)
    assert (served.name, served.version, served.digest) == (MODEL, 1, version(root).manifest_sha256)
    assert served.serving.limits.rows == 7
    assert served.golden.differing(served.model.score(served.golden.columns)) == []


@pytest.mark.parametrize("file", ["model.ubj", "spec.json", "manifest.json"])
def test_an_altered_file_is_refused(root: Path, file: str) -> None:
    live = version(root)
    path = root / "versions" / "1" / file
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(StoreError, match="altered after the model was saved"):
        load_served_model(root, MODEL, live, verified)


def test_a_version_that_was_removed_meanwhile_is_refused(root: Path) -> None:
    live = version(root)
    shutil.rmtree(root / "versions" / "1")
    with pytest.raises(StoreError, match="is missing"):
        load_served_model(root, MODEL, live, verified)


def test_one_bit_in_one_golden_score_is_refused(root: Path) -> None:
    spec = json.loads((root / "versions" / "1" / "spec.json").read_text())
    golden = spec["golden"]
    score = float.fromhex(golden["scores"][3])
    golden["scores"][3] = (score + 2**-52).hex()
    with pytest.raises(StoreError, match=r"scores 1 of \d+ golden rows otherwise"):
        load_served_model(root, MODEL, restated(root, golden=golden), verified)


@pytest.mark.parametrize("golden", [None, {}])
def test_a_version_without_golden_rows_is_not_served(root: Path, golden: Any) -> None:
    with pytest.raises(StoreError, match="has no golden rows"):
        load_served_model(root, MODEL, restated(root, golden=golden), verified)


def test_what_the_signature_says_comes_first(root: Path) -> None:
    def unsigned(name: str, live: LiveVersion) -> None:
        raise StoreError(f"version {live.version} of {name} is not signed")

    with pytest.raises(StoreError, match="version 1 of flight_delay is not signed"):
        load_served_model(root, MODEL, LiveVersion(1, "no such folder", ""), unsigned)
