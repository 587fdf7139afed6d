"""What the registry's aliases say becomes what the endpoint serves: a real MLflow registry."""

from __future__ import annotations

import shutil
from pathlib import Path
from threading import Thread

import pytest
from mlflow import MlflowClient

from ml_platform.core.errors import StoreError
from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.stores.champion_moves import carry_out
from ml_platform.stores.deployment import Deployment, LiveRollout, model_folder, read_deployment
from ml_platform.stores.model_registry import CHAMPION, ModelRegistry
from ml_platform.stores.publishing import CANARY, CANARY_PERCENT, ROLLOUT_ENTRY, SHADOW, publish
from ml_platform_tests.serving.toy_endpoint import INPUTS, MODEL, served_artifact
from ml_platform_tests.stores.test_champion_moves import START

SERVING = {"rollout": {"key": ["carrier"]}}


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory, empty_registry: Path) -> Path:
    """A registry with four versions and no champion."""
    home = tmp_path_factory.mktemp("registered")
    shutil.copy(empty_registry, home)
    served_artifact(home / "artifact", serving=SERVING)
    registry = ModelRegistry(f"sqlite:///{home / 'mlflow.db'}", home / "artifacts")
    for _ in range(4):
        with registry.training_run(MODEL) as run:
            registry.register(run, home / "artifact", INPUTS)
    return home


@pytest.fixture
def registry(registered: Path, tmp_path: Path) -> ModelRegistry:
    shutil.copy(registered / "mlflow.db", tmp_path)
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    return ModelRegistry(uri, registered / "artifacts", serving_root=tmp_path / "serving")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "serving"


@pytest.fixture
def client(registry: ModelRegistry) -> MlflowClient:
    return MlflowClient(registry._uri, registry._uri)


def published(registry: ModelRegistry, root: Path) -> Deployment:
    live = publish(registry, root, MODEL)
    assert live is not None
    return live


def folders(root: Path) -> list[str]:
    return sorted(each.name for each in (model_folder(root, MODEL) / "versions").iterdir())


def test_before_the_first_promotion_nothing_is_live(registry: ModelRegistry, root: Path) -> None:
    assert publish(registry, root, MODEL) is None
    assert publish(registry, root, "never heard of") is None
    assert registry.models() == [MODEL]


def test_the_champion_and_the_one_before_are_copied(registry: ModelRegistry, root: Path) -> None:
    registry.promote(MODEL, 1)
    registry.promote(MODEL, 2)
    live = published(registry, root)
    assert live.champion is not None
    assert live.previous is not None
    assert (live.champion.version, live.previous.version) == (2, 1)
    for held in live.versions:
        copy = model_folder(root, MODEL) / held.path
        original = registry.version(MODEL, held.version).path
        assert (copy / "model.ubj").read_bytes() == (original / "model.ubj").read_bytes()
    assert folders(root) == ["1", "2"]


def test_nothing_is_written_where_nothing_changed(registry: ModelRegistry, root: Path) -> None:
    registry.promote(MODEL, 1)
    assert published(registry, root) == published(registry, root)
    assert read_deployment(root, MODEL) == published(registry, root)


def test_a_version_of_another_registry_makes_way_for_the_one_of_its_number(
    registry: ModelRegistry, root: Path
) -> None:
    registry.promote(MODEL, 1)
    live = published(registry, root)
    manifest = model_folder(root, MODEL) / "versions" / "1" / "manifest.json"
    known = manifest.read_bytes()
    manifest.write_text("of another model")
    assert published(registry, root) == live
    assert not list(root.rglob("former"))
    assert manifest.read_bytes() == known
    assert folders(root) == ["1"]


def test_an_artifact_that_was_altered_since_it_was_registered_is_not_published(
    registry: ModelRegistry, root: Path, client: MlflowClient
) -> None:
    registry.promote(MODEL, 1)
    live = published(registry, root)
    client.set_model_version_tag(MODEL, "2", "manifest_sha256", "of something else")
    registry.promote(MODEL, 2)
    with pytest.raises(StoreError, match="is not the one that was registered"):
        publish(registry, root, MODEL)
    assert read_deployment(root, MODEL) == live


def test_versions_that_nobody_names_any_more_are_removed(
    registry: ModelRegistry, root: Path
) -> None:
    for number in (1, 2, 3):
        registry.promote(MODEL, number)
        published(registry, root)
    assert folders(root) == ["2", "3"]


def test_a_canary_comes_with_its_share_its_key_and_its_line_of_the_ledger(
    registry: ModelRegistry, root: Path, client: MlflowClient
) -> None:
    registry.promote(MODEL, 1)
    client.set_registered_model_alias(MODEL, CANARY, "3")
    registry.tag(MODEL, 3, {CANARY_PERCENT: "12.5", ROLLOUT_ENTRY: "line-7"})
    rollout = published(registry, root).rollout
    assert isinstance(rollout, LiveRollout)
    assert (rollout.stage, rollout.percent, rollout.key) == ("canary", 12.5, ("carrier",))
    assert (rollout.version.version, rollout.entry_id) == (3, "line-7")


@pytest.mark.parametrize("said", ["5%", "nan", "101", "-1"])
def test_a_share_that_is_none_leaves_the_canary_out_and_the_champion_moves(
    registry: ModelRegistry, root: Path, client: MlflowClient, said: str
) -> None:
    registry.promote(MODEL, 1)
    client.set_model_version_tag(MODEL, "2", CANARY_PERCENT, said)
    client.set_registered_model_alias(MODEL, CANARY, "2")
    registry.promote(MODEL, 3)
    for _ in range(2):
        with pytest.raises(StoreError, match=f'canary_percent of version 2 is "{said}"'):
            publish(registry, root, MODEL)
    live = read_deployment(root, MODEL)
    assert live is not None
    assert live.champion is not None
    assert (live.champion.version, live.rollout, live.generation) == (3, None, 1)


def test_a_shadow_whose_artifact_is_gone_holds_up_no_rollback(
    registry: ModelRegistry, root: Path, client: MlflowClient
) -> None:
    registry.promote(MODEL, 1)
    registry.promote(MODEL, 2)
    published(registry, root)
    client.set_registered_model_alias(MODEL, SHADOW, "3")
    away = registry.version(MODEL, 3).path
    shutil.move(away, root / "away")
    try:
        registry.promote(MODEL, 1)
        with pytest.raises(StoreError, match="live as the registry says but for this"):
            publish(registry, root, MODEL)
    finally:
        shutil.move(root / "away", away)
    live = read_deployment(root, MODEL)
    assert live is not None
    assert live.champion is not None
    assert live.champion.version == 1
    assert published(registry, root).rollout is not None


def test_a_shadow_answers_nobody(registry: ModelRegistry, root: Path, client: MlflowClient) -> None:
    registry.promote(MODEL, 1)
    client.set_registered_model_alias(MODEL, SHADOW, "2")
    rollout = published(registry, root).rollout
    assert rollout is not None
    assert (rollout.stage, rollout.percent) == ("shadow", 0.0)


def test_a_champion_is_not_its_own_challenger(
    registry: ModelRegistry, root: Path, client: MlflowClient
) -> None:
    registry.promote(MODEL, 2)
    client.set_registered_model_alias(MODEL, CANARY, "2")
    assert published(registry, root).rollout is None


def test_an_alias_that_a_person_takes_away_takes_the_model_out_of_service(
    registry: ModelRegistry, root: Path, client: MlflowClient
) -> None:
    registry.promote(MODEL, 1)
    published(registry, root)
    client.delete_registered_model_alias(MODEL, CHAMPION)
    live = published(registry, root)
    assert (live.champion, live.generation) == (None, 2)


def test_a_move_of_the_champion_is_live_once_it_is_made(
    registry: ModelRegistry, root: Path
) -> None:
    for number in ("1", "2"):
        line = LedgerEntry(
            *(f"line-{number}", MODEL, START, "2026-01-01", EntryKind.PROMOTION),
            model_version=number,
        )
        carry_out(registry, line)
    live = read_deployment(root, MODEL)
    assert live is not None
    assert live.champion is not None
    assert live.champion.version == 2


def test_many_may_publish_at_once(registry: ModelRegistry, root: Path) -> None:
    registry.promote(MODEL, 1)
    registry.promote(MODEL, 2)
    threads = [Thread(target=publish, args=(registry, root, MODEL)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    live = read_deployment(root, MODEL)
    assert live is not None
    assert live.generation == 1
    assert folders(root) == ["1", "2"]


def test_an_artifact_that_cannot_be_copied_leaves_what_was_live(
    registry: ModelRegistry, root: Path, tmp_path: Path
) -> None:
    registry.promote(MODEL, 1)
    live = published(registry, root)
    registry.promote(MODEL, 2)
    held = model_folder(root, MODEL) / "versions"
    held.rename(tmp_path / "aside")
    held.write_text("a file where a folder should be")
    with pytest.raises(StoreError, match="cannot be copied"):
        publish(registry, root, MODEL)
    assert read_deployment(root, MODEL) == live
