"""``ml-platform promote``: a person makes a version the champion."""

from __future__ import annotations

import click

from ml_platform.cli.champion import move_champion
from ml_platform.cli.declarations import known_model
from ml_platform.cli.options import answerable
from ml_platform.cli.screen import console
from ml_platform.cli.state import State, current_state
from ml_platform.core.errors import UserError
from ml_platform.core.ledger import EntryKind


@click.command()
@click.argument("model")
@click.argument("version", type=click.IntRange(min=1), required=False)
@answerable
def promote(model: str, version: int | None, by: str, why: str) -> None:
    """Make a version of MODEL the champion, on your own responsibility.

    Without VERSION it is the challenger: the candidate that waits for approval. A version that
    the gate did not pass can be promoted too; your name and reason are recorded as the override.

    \b
    Examples:
      ml-platform promote flight_delay --by Ada --why "reviewed the evaluation"
      ml-platform promote flight_delay 3 --by Ada --why "the refused segment is closed"
    """
    state = current_state()
    known_model(model)
    number = challenger(state, model) if version is None else version
    chosen = state.registry.version(model, number)
    entry = move_champion(state, EntryKind.PROMOTION, chosen, by=by, why=why)
    console().print(
        f"Version {chosen.version} of {model} is the champion now. Ledger entry {entry.entry_id}.",
        highlight=False,
    )


def challenger(state: State, model: str) -> int:
    """The version that waits for approval.

    Raises:
        UserError: none does.
    """
    from ml_platform.stores.model_registry import CHALLENGER

    waiting = state.registry.by_alias(model, CHALLENGER)
    if waiting is None:
        raise UserError(
            f"No version of {model} waits for approval. Name the version to promote: "
            f"ml-platform promote {model} VERSION --by NAME --why TEXT"
        )
    return waiting.version
