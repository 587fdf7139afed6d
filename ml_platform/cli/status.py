"""``ml-platform status``: each model's champion, challenger and last decision."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from ml_platform.cli.declarations import declared_models
from ml_platform.cli.screen import show_table
from ml_platform.cli.state import State, current_state

if TYPE_CHECKING:
    from ml_platform.core.first_champion import RowsSoFar

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
    standings = [standing(state, name, of) for name, of in declared_models().items()]
    if as_json:
        report = {"home": str(state.settings.home), "models": standings}
        click.echo(json.dumps(report, default=str, indent=2))
    else:
        show_table(f"Models in {state.settings.home}", COLUMNS, map(_row, standings))
        for each in standings:
            if so_far := each["before_first_champion"]:
                click.echo(f"{each['model']} has no champion yet: {so_far['sentence']}.")


def standing(state: State, model: str, declared: Mapping[str, Any]) -> dict[str, Any]:
    """One model's roles, versions and newest ledger entry, and what it has before a champion."""
    versions = state.registry.versions(model)
    held = {alias: each.version for each in versions for alias in each.aliases}
    entries = state.ledger.entries(model)
    roles = {role: held.get(role) for role in ("champion", "challenger", "previous")}
    last = entries[-1].to_row() if entries else None
    so_far = None if roles["champion"] else _so_far(state, model, declared)
    return {
        "model": model,
        **roles,
        "versions": len(versions),
        "last_decision": last,
        "before_first_champion": so_far and {**so_far.row(), "sentence": so_far.sentence},
    }


def _so_far(state: State, model: str, declared: Mapping[str, Any]) -> RowsSoFar | None:
    """What there is of a model without a champion; None where its declaration is not in order."""
    from pydantic import ValidationError

    from ml_platform.core import names
    from ml_platform.core.duration import format_duration
    from ml_platform.core.first_champion import RowsSoFar
    from ml_platform.core.model_spec import ModelSpec

    try:
        spec = ModelSpec.model_validate(declared)
    except ValidationError:
        return None

    def rows(path: tuple[str, ...]) -> int:
        table = state.lake.table(names.table_of(path))
        return sum(table.row_counts().values()) if table.exists() else 0

    return RowsSoFar(
        primary=spec.sources.primary,
        labels=spec.sources.labels,
        landed=rows(names.validated(spec.sources.primary)),
        events=rows(names.of_model(model, names.FEATURES)),
        labelled=rows(names.of_model(model, names.LABELS)),
        needed=spec.training.min_rows,
        holdout=format_duration(spec.training.holdout),
    )


def _row(of: dict[str, Any]) -> tuple[object, ...]:
    last = of["last_decision"]
    said = f"{last['verdict']}: {last['reason']}" if last else "none yet"
    roles = (of["champion"], of["challenger"], of["previous"])
    return (of["model"], *roles, of["versions"], last["as_of"] if last else None, said)
