"""``ml-platform ledger``: what was decided, why, and on what evidence."""

from __future__ import annotations

import json

import click

from ml_platform.cli.declarations import known_model
from ml_platform.cli.screen import console, show_table
from ml_platform.cli.state import current_state
from ml_platform.core.ledger import LedgerEntry

COLUMNS = ("decided", "as of", "model", "kind", "verdict", "cause", "held back by", "by", "reason")


@click.command()
@click.option("--model", help="Only this model's entries.")
@click.option("--last", type=click.IntRange(min=1), default=30, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="All columns, evidence included, as JSON.")
def ledger(model: str | None, last: int, as_json: bool) -> None:
    """Show the newest decisions: what was seen, what was done, and why nothing was.

    \b
    Examples:
      ml-platform ledger --model flight_delay
      ml-platform ledger --last 5 --json
    """
    state = current_state()
    entries = state.ledger.entries(known_model(model) if model else None)[-last:]
    if as_json:
        click.echo(json.dumps([each.to_row() for each in entries], default=str, indent=2))
    elif entries:
        show_table("Ledger, newest last", COLUMNS, map(_row, entries))
    else:
        console().print("The ledger is empty: nothing has been decided yet.")


def _row(entry: LedgerEntry) -> tuple[object, ...]:
    return (
        f"{entry.decided_at:%Y-%m-%d %H:%M:%S}",
        entry.as_of,
        entry.model,
        entry.kind.value,
        entry.verdict,
        entry.cause,
        entry.held_back_by,
        entry.by,
        entry.reason,
    )
