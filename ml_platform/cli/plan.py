"""``ml-platform plan``: what a change of the declarations will do, before anything is loaded."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING

import click

from ml_platform.cli.check import DEFS, PACKAGE, problems_of
from ml_platform.cli.state import State
from ml_platform.core.declaration.problem import report as report_problems
from ml_platform.core.errors import ConfigError
from ml_platform.stores.settings import Settings

if TYPE_CHECKING:
    from ml_platform.core.declaration.plan import Consequence

REFUSED = 1


@click.command()
@click.option("--json", "as_json", is_flag=True, help="The same for programs.")
@click.option(
    "--retire",
    "retired",
    multiple=True,
    metavar="NAME",
    help="A table or model that is gone on purpose; may be given again.",
)
@click.pass_context
def plan(ctx: click.Context, as_json: bool, retired: tuple[str, ...]) -> None:
    """Compare what is declared with what runs in this home, and say what will happen.

    Nothing is run and no state is touched. The exit code is 1 if a change would break what is on
    record: the sentence then says the way out.

    \b
    Examples:
      ml-platform plan
      ml-platform plan --retire old_model
    """
    from ml_platform.core.declaration.plan import report

    found = consequences(frozenset(retired))
    refused = any(each.refused for each in found)
    if as_json:
        click.echo(json.dumps({"consequences": [each.row() for each in found]}, indent=2))
    else:
        click.echo(report(found))
    ctx.exit(REFUSED if refused else 0)


def consequences(retired: frozenset[str] = frozenset()) -> list[Consequence]:
    """What follows from the declarations in this home.

    Raises:
        ConfigError: the project is not in order; the message is the report.
        StoreError: the artifact of a live version cannot be read.
    """
    if problems := problems_of(DEFS, PACKAGE, spark=False):
        said = report_problems(problems)
        raise ConfigError(f"The project is not in order; nothing was compared.\n{said}")
    warnings.simplefilter("ignore")
    from ml_platform.cli.running import running
    from ml_platform.components.declared_project import declared_project
    from ml_platform.core.declaration import plan as planning

    tables, models = declared_project(DEFS, PACKAGE)
    settings = Settings.from_env()
    if not settings.home.exists():
        return planning.plan(tables, models, {}, {}, retired)
    return planning.plan(tables, models, *running(State(settings)), retired)
