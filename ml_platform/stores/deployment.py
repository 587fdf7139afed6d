"""What the endpoint serves: per model one small file, and copies of the artifacts it names.

    <home>/serving/<model>/live.json      which version has which role; replaced by rename
    <home>/serving/<model>/versions/<n>/  model.ubj, spec.json, manifest.json

The endpoint reads nothing else, so it starts and goes on while registry and artifact store are
down. `publishing.publish` writes both from the registry.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from ml_platform.core.errors import StoreError

LIVE_FILE = "live.json"
VERSIONS = "versions"

Stage = Literal["shadow", "canary"]


@dataclass(frozen=True, slots=True)
class LiveVersion:
    """A version that the endpoint holds.

    Attributes:
        version: its number in the registry.
        path: folder of its artifact, relative to the model's serving folder.
        manifest_sha256: the digest that the artifact's manifest must have.
        signature: of the manifest, where the version was signed.
    """

    version: int
    path: str
    manifest_sha256: str
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class LiveRollout:
    """A version on its way to become champion.

    Attributes:
        stage: `shadow` scores what the champion answered; `canary` answers a share.
        percent: share of the requests that a canary answers; 0 in the shadow.
        key: input or key columns; requests equal in these get answers of one version.
        version: which one.
        entry_id: the ledger line that began the rollout: by it requests are drawn.
    """

    stage: Stage
    percent: float
    key: tuple[str, ...]
    version: LiveVersion
    entry_id: str | None = None


@dataclass(frozen=True, slots=True)
class Deployment:
    """What is live of one model.

    Attributes:
        model: its name.
        generation: grows with every change.
        champion: the version that answers; None once the registry has none any more.
        previous: the champion before it, kept loaded so that going back takes no time.
        rollout: the version on its way up, or None.
        written_at: ISO 8601, UTC.
    """

    model: str
    generation: int
    champion: LiveVersion | None
    previous: LiveVersion | None = None
    rollout: LiveRollout | None = None
    written_at: str = ""

    @property
    def versions(self) -> tuple[LiveVersion, ...]:
        """Every version that has a role, each once."""
        held = [self.champion, self.previous, self.rollout.version if self.rollout else None]
        return tuple({each.version: each for each in held if each is not None}.values())

    def same_roles(self, other: Deployment | None) -> bool:
        """Whether the two differ in nothing but generation and time of writing."""
        if other is None:
            return False
        return self == replace(other, generation=self.generation, written_at=self.written_at)


def model_folder(root: Path, model: str) -> Path:
    """The serving folder of a model."""
    return root / model


def served_models(root: Path) -> list[str]:
    """The models that were ever published, by name."""
    return sorted(file.parent.name for file in root.glob(f"*/{LIVE_FILE}"))


def read_deployment(root: Path, model: str) -> Deployment | None:
    """Return what is live of a model, or None where nothing was published.

    Raises:
        StoreError: the file is not what `write_deployment` writes; the message names it.
    """
    file = model_folder(root, model) / LIVE_FILE
    try:
        said = json.loads(file.read_text())
        return Deployment(
            model=said["model"],
            generation=int(said["generation"]),
            champion=_version(said["champion"]),
            previous=_version(said["previous"]),
            rollout=_rollout(said["rollout"]),
            written_at=said["written_at"],
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{file} does not say what is live of {model}: {error!r}") from error


def write_deployment(root: Path, deployment: Deployment) -> Deployment:
    """Make a deployment the live one: all of it or, cut short, nothing of it.

    Returns:
        what was written, with its generation and time.
    """
    folder = model_folder(root, deployment.model)
    folder.mkdir(parents=True, exist_ok=True)
    former = read_deployment(root, deployment.model)
    written = replace(
        deployment,
        generation=former.generation + 1 if former else 1,
        written_at=datetime.now(UTC).isoformat(),
    )
    scratch = folder / f".{LIVE_FILE}.{os.getpid()}"
    with scratch.open("w") as out:
        json.dump(asdict(written), out, indent=2)
        out.flush()
        os.fsync(out.fileno())
    scratch.replace(folder / LIVE_FILE)
    return written


def _version(said: Mapping[str, Any] | None) -> LiveVersion | None:
    return None if said is None else LiveVersion(**said)


def _rollout(said: Mapping[str, Any] | None) -> LiveRollout | None:
    if said is None:
        return None
    return LiveRollout(
        **{**said, "key": tuple(said["key"]), "version": LiveVersion(**said["version"])}
    )
