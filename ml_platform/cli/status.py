"""``ml-platform status``: each model's champion, challenger and last decision."""

from __future__ import annotations

import json
from typing import Any

import click

from ml_platform.cli.declarations import declared_models
from ml_platform.cli.screen import show_table
from ml_platform.cli.state import State, current_state

COLUMNS = ("model", "champion", "challenger", "previous", "versions", "as of", "last decision")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="The same for programs, with more detail.")
def status(as_json: bool) -> None:
    """Show where each declared model stands.

    \b
    Examples:
      ml-platform status
      ml-platform status --json
    """
    state = current_state()
    standings = [standing(state, model) for model in declared_models()]
    if as_json:
        report = {"home": str(state.settings.home), "models": standings}
        click.echo(json.dumps(report, default=str, indent=2))
    else:
        show_table(f"Models in {state.settings.home}", COLUMNS, map(_row, standings))


def standing(state: State, model: str) -> dict[str, Any]:
    """One model's roles, versions and newest ledger entry."""
    versions = state.registry.versions(model)
    held = {alias: each.version for each in versions for alias in each.aliases}
    entries = state.ledger.entries(model)
    roles = {role: held.get(role) for role in ("champion", "challenger", "previous")}
    last = entries[-1].to_row() if entries else None
    return {"model": model, **roles, "versions": len(versions), "last_decision": last}


def _row(of: dict[str, Any]) -> tuple[object, ...]:
    last = of["last_decision"]
    said = f"{last['verdict']}: {last['reason']}" if last else "none yet"
    roles = (of["champion"], of["challenger"], of["previous"])
    return (of["model"], *roles, of["versions"], last["as_of"] if last else None, said)
