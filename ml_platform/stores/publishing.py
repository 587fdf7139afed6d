"""From the registry's aliases to the deployment folder: what the endpoint is to serve."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

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

ROLES: Final = (CHAMPION, PREVIOUS, CANARY, SHADOW)
_Held = TypeVar("_Held")


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
        StoreError: the registry is not reachable, the champion's artifact cannot be copied, or it
            is not signed where that is asked for: the former one goes on answering. Or the
            previous version or the one on its way up is in such trouble: then it is left out, and
            the champion answers all the same.
    """
    with _one_at_a_time(root, model):
        live = read_deployment(root, model)
        found = {role: registry.by_alias(model, role) for role in ROLES}
        if found[CHAMPION] is None and live is None:
            return None
        troubles: list[StoreError] = []
        wanted = Deployment(
            model=model,
            generation=live.generation if live else 0,
            champion=_held(root, found[CHAMPION]),
            previous=_unless_in_trouble(troubles, lambda: _held(root, found[PREVIOUS])),
            rollout=_unless_in_trouble(troubles, lambda: _rollout(root, model, found)),
        )
        if not wanted.same_roles(live):
            _require_signed(registry, wanted)
            live = write_deployment(root, wanted)
            _remove_what_nothing_names(root, live)
        if troubles:
            raise StoreError(f"{model} is live as the registry says but for this: {troubles[0]}")
        return live


def _unless_in_trouble(troubles: list[StoreError], make: Callable[[], _Held]) -> _Held | None:
    """No version beside the champion keeps it from being live: none holds up a rollback."""
    try:
        return make()
    except StoreError as error:
        troubles.append(error)
        return None


def _require_signed(registry: ModelRegistry, wanted: Deployment) -> None:
    """The champion alone: any other version the endpoint leaves out by itself."""
    champion = wanted.champion
    if champion is not None:
        registry.keys.require(
            wanted.model, champion.version, champion.manifest_sha256, champion.signature
        )


def _rollout(
    root: Path, model: str, found: Mapping[str, RegisteredVersion | None]
) -> LiveRollout | None:
    """The canary where there is one, else the shadow; the champion itself is neither."""
    champion = found[CHAMPION]
    for stage in (CANARY, SHADOW):
        rising = found[stage]
        if rising is not None and not (champion and champion.version == rising.version):
            held = _held(root, rising)
            return LiveRollout(
                stage=stage,  # type: ignore[arg-type]
                percent=_percent(rising) if stage == CANARY else 0.0,
                key=_key(model_folder(root, model) / held.path),
                version=held,
                entry_id=rising.tags.get(ROLLOUT_ENTRY),
            )
    return None


def _percent(canary: RegisteredVersion) -> float:
    said = canary.tags.get(CANARY_PERCENT, "0")
    with suppress(ValueError):
        if 0 <= (percent := float(said)) <= 100:
            return percent
    raise StoreError(
        f'the tag {CANARY_PERCENT} of version {canary.version} is "{said}": write a number from 0 '
        "to 100"
    )


def _key(artifact: Path) -> tuple[str, ...]:
    """The columns that the version's own declaration routes by."""
    try:
        declared = json.loads((artifact / "spec.json").read_text())["spec"]
    except (OSError, ValueError, KeyError) as error:
        raise StoreError(f"{artifact} does not say what it routes by: {error!r}") from error
    serving = declared.get("serving") or {}
    return tuple((serving.get("rollout") or {}).get("key", ()))


def _held(root: Path, version: RegisteredVersion | None) -> LiveVersion | None:
    """Copy the artifact of a version beside the others, unless it is there.

    What is there may be of another registry, whose versions had the same numbers.
    """
    if version is None:
        return None
    path = f"{VERSIONS}/{version.version}"
    folder = model_folder(root, version.model) / path
    if _digest(folder) != version.manifest_sha256:
        _copy(version.path, folder, version.manifest_sha256)
    return LiveVersion(version.version, path, version.manifest_sha256, version.tags.get(SIGNATURE))


def _digest(folder: Path) -> str | None:
    with suppress(OSError):
        return sha256((folder / "manifest.json").read_bytes()).hexdigest()
    return None


def _copy(source: Path, folder: Path, digest: str) -> None:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".", dir=folder.parent) as scratch:
            whole = Path(scratch, "artifact")
            shutil.copytree(source, whole, copy_function=_copy_to_disk)
            if _digest(whole) != digest:
                raise StoreError(f"the artifact {source} is not the one that was registered")
            if folder.exists():
                folder.replace(Path(scratch, "former"))
            whole.replace(folder)
    except OSError as error:
        raise StoreError(f"the artifact {source} cannot be copied to {folder}: {error}") from error


def _copy_to_disk(source: str, copy: str) -> None:
    """Copy a file so that its name, once it is there, never stands for half of it."""
    shutil.copy2(source, copy)
    with open(copy, "rb") as made:
        os.fsync(made.fileno())


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
