"""Watches the deployment files and swaps models in a running worker.

A version is loaded, verified and proven in a thread while the former ones go on answering; only
then it takes its place. What cannot be loaded takes no place, and the reason is told.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path

from ml_platform.core.errors import UserError
from ml_platform.core.log_record import SHADOW
from ml_platform.serving.live_models import (
    CHALLENGER,
    CHAMPION,
    Challenger,
    LiveModel,
    LiveModels,
)
from ml_platform.serving.served_model import ServedModel, Verify, load_served_model
from ml_platform.serving.service_metrics import ServiceMetrics
from ml_platform.stores.deployment import (
    LIVE_FILE,
    Deployment,
    LiveRollout,
    LiveVersion,
    model_folder,
    read_deployment,
    served_models,
)

LOOK_SECONDS = 0.25
TRY_AGAIN_SECONDS = 5.0

_log = logging.getLogger(__name__)
_State = tuple[int, int] | None


class Reload:
    """Keeps the models of one worker as the deployment folder has them."""

    def __init__(
        self,
        root: Path,
        models: LiveModels,
        asked: Sequence[str],
        everything: bool,
        verify: Verify,
        metrics: ServiceMetrics,
        try_again_seconds: float = TRY_AGAIN_SECONDS,
    ) -> None:
        """Begin with nothing loaded.

        Args:
            root: the serving folder of the home.
            models: what is kept up to date.
            asked: the models to serve.
            everything: serve all that is published too.
            verify: given a model's name; raises UserError where the signature does not do.
            metrics: told which versions are loaded.
            try_again_seconds: after so long, what could not be loaded is tried again.
        """
        self._try_again_seconds = try_again_seconds
        self._root, self._models, self._asked = root, models, tuple(asked)
        self._everything = everything
        self._verify, self._metrics = verify, metrics
        self._seen: dict[str, _State] = {}
        self._failed_at: dict[str, float] = {}

    def look(self) -> None:
        """Load what changed since the last look; blocks while it loads."""
        published = served_models(self._root) if self._everything else ()
        for name in {*self._asked, *published}:
            state = _state(model_folder(self._root, name) / LIVE_FILE)
            if state == self._seen.get(name) and not self._is_to_be_tried_again(name):
                continue
            self._seen[name] = state
            self._load(name)

    def _is_to_be_tried_again(self, name: str) -> bool:
        failed = self._failed_at.get(name)
        return failed is not None and time.monotonic() - failed >= self._try_again_seconds

    def _load(self, name: str) -> None:
        self._failed_at.pop(name, None)
        try:
            deployment = read_deployment(self._root, name)
            if deployment is not None:
                self._swap(name, deployment)
        except Exception as error:  # of whatever kind: other models go on, and it is tried again
            self._failed_at[name] = time.monotonic()
            _tell_error("%s: the change of versions was not made: %s", name, error)
            if name not in self._loaded_names():
                self._models.take_away(name, f"{name} cannot be served: {error}")

    def _loaded_names(self) -> set[str]:
        return set(self._models.names) - set(self._models.reasons)

    def _swap(self, name: str, deployment: Deployment) -> None:
        former = self._models.get(name) if name in self._loaded_names() else None
        if deployment.champion is None:
            self._models.take_away(name, f"{name} has no champion: the registry names none")
            self._tell(former, None)
            self._metrics.took_up(name, deployment.generation)
            self._metrics.rollout_refused(name, False)
            return
        champion = self._held(name, deployment.champion, former)
        present = LiveModel(
            name=name,
            generation=deployment.generation,
            champion=champion,
            previous=self._if_possible(name, deployment.previous, former),
            challenger=self._challenger(name, deployment.rollout, champion, former),
        )
        self._models.put(present)
        self._tell(former, present)
        self._metrics.took_up(name, deployment.generation)
        refused = deployment.rollout is not None and present.challenger is None
        self._metrics.rollout_refused(name, refused)
        _log.info("%s: version %d answers now", name, champion.version)

    def _held(self, name: str, live: LiveVersion, former: LiveModel | None) -> ServedModel:
        """The version as it is loaded already, else loaded now."""
        for loaded in former.loaded if former else ():
            if (loaded.version, loaded.digest) == (live.version, live.manifest_sha256):
                return loaded
        folder = model_folder(self._root, name)
        return load_served_model(folder, name, live, self._verify)

    def _if_possible(
        self, name: str, live: LiveVersion | None, former: LiveModel | None
    ) -> ServedModel | None:
        """A version that is not needed to answer: where it cannot be loaded, that is told only."""
        try:
            return None if live is None else self._held(name, live, former)
        except Exception as error:  # of whatever kind: the champion answers without it
            self._failed_at[name] = time.monotonic()
            _tell_error("%s: version %d is not loaded: %s", name, live.version, error)
            return None

    def _challenger(
        self,
        name: str,
        rollout: LiveRollout | None,
        champion: ServedModel,
        former: LiveModel | None,
    ) -> Challenger | None:
        served = rollout and self._if_possible(name, rollout.version, former)
        if rollout is None or served is None:
            return None
        if not served.model.input_columns.items() <= champion.model.input_columns.items():
            _log.error(
                "%s: version %d takes no part in a rollout: it needs inputs that requests to "
                "version %d do not have",
                *(name, served.version, champion.version),
            )
            return None
        salt = rollout.entry_id or str(served.version)
        percent = rollout.percent if rollout.stage == "canary" else 0.0
        return Challenger(served, percent, rollout.key, salt)

    def _tell(self, former: LiveModel | None, present: LiveModel | None) -> None:
        before, after = _roles(former), _roles(present)
        for version, role, digest in before - after:
            self._metrics.unloaded(former.name, version, role, digest)  # type: ignore[union-attr]
        for version, role, digest in after - before:
            self._metrics.loaded(present.name, version, role, digest, time.time())  # type: ignore[union-attr]


def _tell_error(said: str, *values: object) -> None:
    """Log an error, the last of the values; with its trace where nobody expected it."""
    expected = isinstance(values[-1], UserError)
    _log.error(said, *values, exc_info=not expected)


def _roles(model: LiveModel | None) -> set[tuple[int, str, str]]:
    if model is None:
        return set()
    held = {(model.champion, CHAMPION)}
    if model.challenger is not None:
        rising = model.challenger
        held.add((rising.served, SHADOW if rising.in_shadow else CHALLENGER))
    return {(served.version, role, served.digest) for served, role in held}


def _state(file: Path) -> _State:
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_ino
