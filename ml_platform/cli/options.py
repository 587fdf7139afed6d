"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from ml_platform.core.errors import ConfigError

Command = Callable[..., Any]


def answerable(command: Command) -> Command:
    """Add ``--by`` and ``--why``: a person overrules the platform by name and with a reason."""
    why = click.option("--why", required=True, callback=_said, help="The reason, for the ledger.")
    by = click.option("--by", required=True, callback=_said, help="Who takes this decision.")
    return by(why(command))


def _said(_: click.Context, option: click.Parameter, value: str) -> str:
    if not value.strip():
        raise ConfigError(f"--{option.name} must not be empty: it is what the ledger will say.")
    return value.strip()
