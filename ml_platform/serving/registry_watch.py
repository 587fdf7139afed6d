"""A process that carries every move of an alias in the registry into the deployment folder.

Promotions and rollbacks by the platform are published at once by whoever makes them; this is for
aliases that somebody moved in MLflow itself, and for what was cut short.

    python -m ml_platform.serving.registry_watch [MODEL ...]
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Sequence

from ml_platform.core.errors import StoreError, UserError
from ml_platform.serving.parent import end_with_parent
from ml_platform.stores.model_registry import ModelRegistry
from ml_platform.stores.publishing import publish
from ml_platform.stores.settings import Settings

LOOK_SECONDS = 1.0
BEHIND = 10
"""Steps of priority behind the workers, whose start and answers come first."""

_log = logging.getLogger("ml_platform.serving.registry_watch")


def watch(settings: Settings, models: Sequence[str]) -> None:
    """Publish until the process ends.

    Args:
        settings: of the home.
        models: which; empty stands for all that the registry knows.
    """
    keys = settings.signature_keys
    registry = ModelRegistry(settings.mlflow_uri, settings.artifact_root, keys=keys)
    told: str | None = None
    while True:
        began = time.monotonic()
        trouble = _look(registry, settings, models)
        if trouble is not None and trouble != told:
            _log.error("what is live may be out of date: %s", trouble)
        told = trouble
        time.sleep(max(0.1, LOOK_SECONDS - (time.monotonic() - began)))


def _look(registry: ModelRegistry, settings: Settings, models: Sequence[str]) -> str | None:
    """Publish each model; what goes wrong with one is told and does not keep the others."""
    troubles = []
    try:
        names = models or registry.models()
    except StoreError as error:
        return str(error)
    for name in names:
        try:
            publish(registry, settings.serving_root, name)
        except (UserError, OSError) as error:
            troubles.append(f"{name}: {error}")
        except Exception as error:  # of whatever kind: nobody else follows the registry
            troubles.append(f"{name}: {error!r}")
    return "; ".join(troubles) or None


def main() -> None:
    """Watch the registry that the environment names."""
    end_with_parent()
    os.nice(BEHIND)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    watch(Settings.from_env(), sys.argv[1:])


if __name__ == "__main__":
    main()
