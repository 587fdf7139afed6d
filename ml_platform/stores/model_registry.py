"""The model registry: versions, the roles they play, and the runs that made them.

MLflow underneath, through explicit clients only: two registries in one process never meet.
Nothing is connected before the first call, so a registry may be built before a fork.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ml_platform.core.errors import UserError
from ml_platform.stores.model_artifacts import DEFAULT_CACHE, ModelArtifacts
from ml_platform.stores.registered_version import RegisteredVersion
from ml_platform.stores.registration import register_artifact
from ml_platform.stores.registry_connection import registry_errors, require_reachable
from ml_platform.stores.registry_lookup import every_version, or_none, registered_models, roles
from ml_platform.stores.run_lifecycle import resumed_or_new, running
from ml_platform.stores.signatures import NO_KEYS, SignatureKeys
from ml_platform.stores.training_run import TrainingRun

if TYPE_CHECKING:
    from mlflow import MlflowClient

CHAMPION: Final = "champion"
CHALLENGER: Final = "challenger"
PREVIOUS: Final = "previous"
SHADOW: Final = "shadow"
CANARY: Final = "canary"
CANARY_PERCENT: Final = "canary_percent"
"""Tag of a canary: the share of the requests that it answers."""
ROLLOUT_ENTRY: Final = "rollout_entry"
"""Tag of a shadow or canary: the line of the ledger that began its rollout."""


class ModelRegistry:
    """Versions and runs at one tracking address.

    Args:
        tracking_uri: MLflow's address: a database or a server.
        artifact_root: where a database registry keeps artifacts; a server decides by itself.
        cache: where copies of remote artifacts are kept.
        serving_root: where the online endpoint reads what it serves; None where there is none.
        keys: with which promotions sign versions.

    Every method raises `RegistryUnreachable` within seconds where the address does not answer.
    """

    def __init__(
        self,
        tracking_uri: str,
        artifact_root: str | Path,
        cache: Path = DEFAULT_CACHE,
        serving_root: Path | None = None,
        keys: SignatureKeys = NO_KEYS,
    ) -> None:
        self.serving_root, self.keys = serving_root, keys
        self._uri = tracking_uri
        self._artifact_root = str(artifact_root)
        self._artifacts = ModelArtifacts(tracking_uri, cache)

    def training_run(
        self, model: str, tags: Mapping[str, str] | None = None
    ) -> AbstractContextManager[TrainingRun]:
        """Open a run that ends FINISHED, or FAILED by whatever exception, Ctrl-C included.

        With the tag `dagster_run_id` there is one run per Dagster run and model: a retried step
        continues it, another Dagster run never does.
        """
        with self._connected() as client:
            run = resumed_or_new(client, model, self._artifact_root, tags or {})
        return running(run)

    def run_of(self, version: RegisteredVersion) -> TrainingRun:
        """Return the run that made a version, to record its evaluation in."""
        with self._connected() as client:
            experiment = client.get_run(version.run_id).info.experiment_id
            return TrainingRun(version.model, version.run_id, experiment, client)

    def register(
        self,
        run: TrainingRun,
        artifact: Path,
        input_columns: Mapping[str, str],
        tags: Mapping[str, str] | None = None,
    ) -> RegisteredVersion:
        """Store an artifact as the next version of the run's model; it becomes the challenger.

        Args:
            run: the run that made it.
            artifact: the folder with model.ubj, spec.json and manifest.json.
            input_columns: the signature: column -> dtype.
            tags: recorded with the version, beside the digest of its manifest.
        """
        with self._connected() as client:
            made = register_artifact(client, run, artifact, input_columns, tags or {})
            client.set_registered_model_alias(run.model, CHALLENGER, str(made))
        return self.version(run.model, made)

    def models(self) -> list[str]:
        """Return the names of all models with at least one version ever, sorted."""
        with self._connected() as client:
            return registered_models(client)

    def champion(self, model: str) -> RegisteredVersion | None:
        """Return the version that scores now, or None before the first promotion."""
        return self.by_alias(model, CHAMPION)

    def by_alias(self, model: str, alias: str) -> RegisteredVersion | None:
        """Return the version in the role `alias`, or None where nobody has it."""
        with self._connected() as client:
            found = or_none(lambda: client.get_model_version_by_alias(model, alias))
        return None if found is None else self._fetched(found)

    def version(self, model: str, number: int) -> RegisteredVersion:
        """Return one version.

        Raises:
            UserError: there is none; the message lists those there are.
        """
        with self._connected() as client:
            found = or_none(lambda: client.get_model_version(model, str(number)))
        if found is None:
            raise UserError(self._no_such_version(model, number))
        return self._fetched(found)

    def versions(self, model: str) -> list[RegisteredVersion]:
        """Return every version, oldest first; artifacts of a remote store are not fetched."""
        with self._connected() as client:
            found = every_version(client, model)
            held = roles(client, model)
        made = [self._known(each, held.get(int(each.version), ())) for each in found]
        return sorted(made, key=lambda each: each.version)

    def promote(self, model: str, number: int) -> RegisteredVersion:
        """Make a version the champion; the former champion stays addressable as `previous`.

        Raises:
            UserError: there is no such version.
        """
        target, former = self.version(model, number), self.champion(model)
        with self._connected() as client:
            # The champion last: cut short in between, the old one still scores.
            if former is not None and former.version != number:
                client.set_registered_model_alias(model, PREVIOUS, str(former.version))
            if CHALLENGER in target.aliases:
                client.delete_registered_model_alias(model, CHALLENGER)
            client.set_registered_model_alias(model, CHAMPION, str(number))
            # A canary's share is the champion's before it ends: no request goes back in between.
            for role in {SHADOW, CANARY} & set(target.aliases):
                client.delete_registered_model_alias(model, role)
        return self.version(model, number)

    def assign(self, model: str, number: int, role: str) -> None:
        """Give a version the role `role`, and take any other version out of it.

        Raises:
            UserError: there is no such version.
        """
        self.version(model, number)
        with self._connected() as client:
            client.set_registered_model_alias(model, role, str(number))

    def release(self, model: str, number: int, role: str) -> None:
        """Take a version out of a role; nothing is changed where it has not got it."""
        held = self.by_alias(model, role)
        if held is None or held.version != number:
            return
        with self._connected() as client:
            client.delete_registered_model_alias(model, role)

    def tag(self, model: str, number: int, tags: Mapping[str, str]) -> None:
        """Record more about a version, overwriting tags of the same name."""
        with self._connected() as client:
            for name, value in tags.items():
                client.set_model_version_tag(model, str(number), name, value)

    def refuse(self, model: str, number: int, reason: str) -> RegisteredVersion:
        """Record why a candidate did not become champion; it is the challenger no longer.

        Raises:
            UserError: there is no such version.
        """
        target = self.version(model, number)
        with self._connected() as client:
            client.set_model_version_tag(model, str(number), "refused", reason)
            if CHALLENGER in target.aliases:
                client.delete_registered_model_alias(model, CHALLENGER)
        return self.version(model, number)

    def previous(self, model: str) -> RegisteredVersion:
        """Return the version that was champion before this one.

        Raises:
            UserError: there is none.
        """
        former = self.by_alias(model, PREVIOUS)
        if former is None:
            raise UserError(
                f'"{model}" has no previous champion to go back to; {self._existing(model)}'
            )
        return former

    @contextmanager
    def _connected(self) -> Iterator[MlflowClient]:
        require_reachable(self._uri)
        with registry_errors(self._uri):
            from mlflow import MlflowClient

            yield MlflowClient(self._uri, self._uri)

    def _fetched(self, found: Any) -> RegisteredVersion:
        self._artifacts.fetch(found.source)
        return self._known(found, found.aliases)

    def _known(self, found: Any, aliases: Sequence[str]) -> RegisteredVersion:
        return RegisteredVersion(
            model=found.name,
            version=int(found.version),
            run_id=found.run_id,
            path=self._artifacts.path(found.source),
            source=found.source,
            tags=dict(found.tags),
            aliases=tuple(sorted(aliases)),
        )

    def _no_such_version(self, model: str, number: int) -> str:
        return f'"{model}" has no version {number}; {self._existing(model)}'

    def _existing(self, model: str) -> str:
        numbers = [str(each.version) for each in self.versions(model)]
        return f"versions that exist: {', '.join(numbers)}" if numbers else "it has no versions yet"
