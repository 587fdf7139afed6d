"""``ml-platform promote``: a person makes a version the champion."""

from __future__ import annotations

import click

from ml_platform.cli.options import answerable
from ml_platform.cli.screen import console
from ml_platform.cli.state import State, current_state, known_model
from ml_platform.core.errors import UserError
from ml_platform.core.ledger import EntryKind


@click.command()
@click.argument("model")
@click.argument("version", type=int, required=False)
@answerable
def promote(model: str, version: int | None, by: str, why: str) -> None:
    """Make a version of MODEL the champion, on your own responsibility.

    Without VERSION it is the challenger: the candidate that waits for approval. A version that
    the gate refused can be promoted too; your name and reason are recorded as the override.

    \b
    Examples:
      ml-platform promote flight_delay --by Ada --why "reviewed the evaluation"
      ml-platform promote flight_delay 3 --by Ada --why "the refused segment is closed"
    """
    state = current_state()
    known_model(model)
    former = state.registry.champion(model)
    chosen = state.registry.promote(model, version or challenger(state, model))
    refused = chosen.tags.get("refused")
    entry = state.record(
        model,
        EntryKind.PROMOTION,
        verdict="promoted",
        cause="requested",
        reason=why,
        by=by,
        model_version=str(chosen.version),
        evidence={"former": former.version if former else None, "overrides_refusal": refused},
    )
    console().print(
        f"Version {chosen.version} of {model} is the champion now. Ledger entry {entry.entry_id}.",
        highlight=False,
    )


def challenger(state: State, model: str) -> int:
    """The version that waits for approval.

    Raises:
        UserError: none does.
    """
    waiting = state.registry.by_alias(model, "challenger")
    if waiting is None:
        raise UserError(
            f"No version of {model} waits for approval. Name the version to promote: "
            f"ml-platform promote {model} VERSION --by NAME --why TEXT"
        )
    return waiting.version
