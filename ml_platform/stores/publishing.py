"""From the registry's aliases to the deployment folder: what the endpoint is to serve."""

from __future__ import annotations

import fcntl
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ml_platform.core.errors import StoreError
from ml_platform.stores.deployment import (
    VERSIONS,
    Deployment,
    LiveRollout,
    LiveVersion,
    model_folder,
    read_deployment,
    write_deployment,
)
from ml_platform.stores.model_registry import (
    CANARY,
    CANARY_PERCENT,
    CHAMPION,
    PREVIOUS,
    ROLLOUT_ENTRY,
    SHADOW,
)
from ml_platform.stores.signatures import SIGNATURE

if TYPE_CHECKING:
    from ml_platform.stores.model_registry import ModelRegistry
    from ml_platform.stores.registered_version import RegisteredVersion


def publish(registry: ModelRegistry, root: Path, model: str) -> Deployment | None:
    """Make what the registry says of a model's roles what the endpoint serves.

    Nothing is written where nothing changed. Two processes may call it at once.

    Args:
        registry: where the aliases are: champion, previous, shadow, canary.
        root: the serving folder of the home.
        model: whose.

    Returns:
        what is live now; None where the model never had a champion.

    Raises:
        StoreError: the registry is not reachable, an artifact cannot be copied, or the champion
            is not signed where that is asked for: the former one goes on answering.
    """
    with _one_at_a_time(root, model):
        live = read_deployment(root, model)
        champion = registry.by_alias(model, CHAMPION)
        if champion is None and live is None:
            return None
        wanted = Deployment(
            model=model,
            generation=live.generation if live else 0,
            champion=_held(root, champion),
            previous=_held(root, registry.by_alias(model, PREVIOUS)),
            rollout=_rollout(registry, root, model, champion),
        )
        if not wanted.same_roles(live):
            _require_signed(registry, wanted)
            live = write_deployment(root, wanted)
            _remove_what_nothing_names(root, live)
        return live


def _require_signed(registry: ModelRegistry, wanted: Deployment) -> None:
    """The champion alone: any other version the endpoint leaves out by itself."""
    champion = wanted.champion
    if champion is not None:
        registry.keys.require(
            wanted.model, champion.version, champion.manifest_sha256, champion.signature
        )


def _rollout(
    registry: ModelRegistry, root: Path, model: str, champion: RegisteredVersion | None
) -> LiveRollout | None:
    """The canary where there is one, else the shadow; the champion itself is neither."""
    for stage in (CANARY, SHADOW):
        found = registry.by_alias(model, stage)
        if found is not None and not (champion and champion.version == found.version):
            held = _held(root, found)
            return LiveRollout(
                stage=stage,  # type: ignore[arg-type]
                percent=float(found.tags.get(CANARY_PERCENT, 0)) if stage == CANARY else 0.0,
                key=_key(model_folder(root, model) / held.path),
                version=held,
                entry_id=found.tags.get(ROLLOUT_ENTRY),
            )
    return None


def _key(artifact: Path) -> tuple[str, ...]:
    """The columns that the version's own declaration routes by."""
    declared = json.loads((artifact / "spec.json").read_text())["spec"]
    serving = declared.get("serving") or {}
    return tuple((serving.get("rollout") or {}).get("key", ()))


def _held(root: Path, version: RegisteredVersion | None) -> LiveVersion | None:
    """Copy the artifact of a version beside the others, unless it is there."""
    if version is None:
        return None
    path = f"{VERSIONS}/{version.version}"
    folder = model_folder(root, version.model) / path
    if not folder.exists():
        _copy(version.path, folder)
    return LiveVersion(version.version, path, version.manifest_sha256, version.tags.get(SIGNATURE))


def _copy(source: Path, folder: Path) -> None:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".", dir=folder.parent) as scratch:
            whole = Path(scratch, "artifact")
            shutil.copytree(source, whole)
            whole.replace(folder)
    except OSError as error:
        raise StoreError(f"the artifact {source} cannot be copied to {folder}: {error}") from error


def _remove_what_nothing_names(root: Path, live: Deployment) -> None:
    folder = model_folder(root, live.model)
    named = {folder / each.path for each in live.versions}
    for held in (folder / VERSIONS).iterdir():
        if held not in named:
            shutil.rmtree(held)


@contextmanager
def _one_at_a_time(root: Path, model: str) -> Iterator[None]:
    folder = model_folder(root, model)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
