"""One version of a registered model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class RegisteredVersion:
    """A version of a model and where its artifact lies.

    Attributes:
        model: the registered model.
        version: 1, 2, 3, ... in the order of registration.
        run_id: the MLflow run that made it.
        path: the local folder of the artifact (model.ubj, spec.json, manifest.json): the
            store's own folder where that is local, else a cached copy.
        source: the address of the whole MLflow model in the artifact store.
        tags: what was recorded with the version.
        aliases: the roles it has now: champion, challenger, previous.
    """

    model: str
    version: int
    run_id: str
    path: Path
    source: str
    tags: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()

    @property
    def manifest_sha256(self) -> str:
        """The digest the artifact's manifest must have."""
        return self.tags["manifest_sha256"]
