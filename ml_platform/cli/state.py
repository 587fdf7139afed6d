"""What the commands work on: the declared models, the registry and the ledger of this home."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import ml_platform
from ml_platform.core.errors import ConfigError, UserError
from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.stores.settings import Settings

if TYPE_CHECKING:
    from ml_platform.stores.ledger import Ledger
    from ml_platform.stores.model_registry import ModelRegistry

DECLARATIONS = Path(ml_platform.__file__).parent / "defs" / "models"


@dataclass(frozen=True)
class State:
    """The state of one home, opened only as far as a command needs it."""

    settings: Settings

    @cached_property
    def registry(self) -> ModelRegistry:
        """The model registry."""
        from ml_platform.stores.model_registry import ModelRegistry

        return ModelRegistry(self.settings.mlflow_uri, self.settings.artifact_root)

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger of decisions."""
        from ml_platform.stores.lake import Lake
        from ml_platform.stores.ledger import Ledger

        return Ledger(Lake(self.settings.lake_root))

    def record(self, model: str, kind: EntryKind, **said: Any) -> LedgerEntry:
        """Append an entry, as of the newest partition the model's ledger speaks of."""
        past = self.ledger.entries(model)
        entry = LedgerEntry(
            entry_id=str(uuid4()),
            model=model,
            decided_at=datetime.now(UTC),
            as_of=max((each.as_of for each in past), default=""),
            kind=kind,
            **said,
        )
        self.ledger.append(entry)
        return entry


def current_state() -> State:
    """The state that the environment names.

    Raises:
        UserError: nothing has run in this home yet.
    """
    settings = Settings.from_env()
    if not settings.home.exists():
        raise UserError(
            f"There is no state yet in {settings.home}. Run 'ml-platform demo' or "
            "'ml-platform up' first, or name another folder with ML_PLATFORM_HOME."
        )
    return State(settings)


def declared_models(folder: Path = DECLARATIONS) -> Mapping[str, Path]:
    """The name of every declared model and the file that declares it."""
    from ruamel.yaml import YAML

    found = {}
    for path in sorted(folder.glob("*/defs.yaml")):
        attributes = (YAML(typ="safe").load(path) or {}).get("attributes") or {}
        if "name" in attributes:
            found[attributes["name"]] = path
    return found


def known_model(name: str) -> str:
    """The name itself, once it is known that such a model is declared.

    Raises:
        ConfigError: no such model; the message names those there are.
    """
    models = list(declared_models())
    if name in models:
        return name
    near = difflib.get_close_matches(name, models, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    listed = ", ".join(models) or "none"
    raise ConfigError(f"There is no model {name!r}.{hint} Declared models: {listed}.")
