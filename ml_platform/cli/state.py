"""What the commands work on: the registry and the ledger of this home."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ml_platform.core.errors import UserError
from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.stores.settings import Settings

if TYPE_CHECKING:
    from ml_platform.stores.lake import Lake
    from ml_platform.stores.ledger import Ledger
    from ml_platform.stores.model_registry import ModelRegistry


@dataclass(frozen=True)
class State:
    """The state of one home, opened only as far as a command needs it."""

    settings: Settings

    @cached_property
    def registry(self) -> ModelRegistry:
        """The model registry."""
        from ml_platform.stores.model_registry import ModelRegistry

        return ModelRegistry(
            self.settings.mlflow_uri,
            self.settings.artifact_root,
            serving_root=self.settings.serving_root,
            keys=self.settings.signature_keys,
        )

    @cached_property
    def lake(self) -> Lake:
        """The tables."""
        from ml_platform.stores.lake import Lake

        return Lake(self.settings.lake_root)

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger of decisions."""
        from ml_platform.stores.ledger import Ledger

        return Ledger(self.lake)

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
