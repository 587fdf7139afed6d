"""``ml-platform rollback``: a person puts an earlier champion back."""

from __future__ import annotations

import click

from ml_platform.cli.options import answerable
from ml_platform.cli.screen import console
from ml_platform.cli.state import current_state, known_model
from ml_platform.core.ledger import EntryKind


@click.command()
@click.argument("model")
@click.argument("version", type=int, required=False)
@answerable
def rollback(model: str, version: int | None, by: str, why: str) -> None:
    """Make the previous champion of MODEL the champion again.

    With VERSION, that one instead of the previous.

    \b
    Examples:
      ml-platform rollback flight_delay --by Ada --why "complaints since Monday"
      ml-platform rollback flight_delay 2 --by Ada --why "the last good one"
    """
    state = current_state()
    known_model(model)
    former = state.registry.champion(model)
    back = state.registry.rollback(model, version)
    entry = state.record(
        model,
        EntryKind.ROLLBACK,
        verdict="rolled_back",
        cause="requested",
        reason=why,
        by=by,
        model_version=str(back.version),
        evidence={"former": former.version if former else None},
    )
    console().print(
        f"Version {back.version} of {model} is the champion again. Ledger entry {entry.entry_id}.",
        highlight=False,
    )
