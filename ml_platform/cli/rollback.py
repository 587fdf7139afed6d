"""``ml-platform rollback``: a person puts an earlier champion back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ml_platform.cli.champion import left_behind, move_champion, stop_rollout
from ml_platform.cli.declarations import known_model
from ml_platform.cli.options import answerable
from ml_platform.cli.screen import console
from ml_platform.cli.state import State, current_state
from ml_platform.core.errors import UserError
from ml_platform.core.ledger import EntryKind
from ml_platform.core.rollout.step import Cause

if TYPE_CHECKING:
    from ml_platform.stores.registered_version import RegisteredVersion


@click.command()
@click.argument("model")
@click.argument("version", type=click.IntRange(min=1), required=False)
@click.option("--rollout", is_flag=True, help="End the rollout only; the champion stays.")
@answerable
def rollback(model: str, version: int | None, rollout: bool, by: str, why: str) -> None:
    """Make the previous champion of MODEL the champion again.

    With VERSION, that one instead of the previous. A version that was itself rolled back from
    comes back only by its number. A rollout that is under way ends as well: its version is
    compared with the champion that leaves. With --rollout it alone ends. A running endpoint
    follows within two seconds.

    \b
    Examples:
      ml-platform rollback flight_delay --by Ada --why "complaints since Monday"
      ml-platform rollback flight_delay 2 --by Ada --why "the last good one"
      ml-platform rollback flight_delay --rollout --by Ada --why "odd scores in the canary"
    """
    state = current_state()
    known_model(model)
    if rollout:
        _rollout_only(state, model, version, by=by, why=why)
        return
    chosen = previous(state, model) if version is None else state.registry.version(model, version)
    entry = move_champion(state, EntryKind.ROLLBACK, chosen, by=by, why=why)
    console().print(
        f"Version {chosen.version} of {model} is the champion again. "
        f"Ledger entry {entry.entry_id}.",
        highlight=False,
    )


def _rollout_only(state: State, model: str, version: int | None, *, by: str, why: str) -> None:
    if version is not None:
        raise UserError("--rollout ends the rollout, whichever version it is of: leave VERSION out")
    entry = stop_rollout(state, model, Cause.REQUESTED, by=by, why=why)
    if entry is None:
        raise UserError(f"No rollout of {model} is under way.")
    console().print(
        f"The rollout of version {entry.model_version} of {model} is over; the champion stays. "
        f"Ledger entry {entry.entry_id}.",
        highlight=False,
    )


def previous(state: State, model: str) -> RegisteredVersion:
    """The former champion, which nobody has rolled back from.

    Raises:
        UserError: there is none, or it was rolled back from.
    """
    from ml_platform.stores.model_registry import PREVIOUS

    found = state.registry.by_alias(model, PREVIOUS)
    how = f"ml-platform rollback {model} VERSION --by NAME --why TEXT"
    if found is None:
        raise UserError(f"{model} has no previous champion to go back to. Name one: {how}")
    left = left_behind(state.ledger.entries(model)).get(str(found.version))
    if left is not None:
        raise UserError(
            f"The previous champion of {model} is version {found.version}, which was rolled back "
            f"from by {left.by or 'the policy'}: {left.reason}\n"
            f"To have it back all the same, or another one, name it: {how}"
        )
    return found
