"""The group that holds the commands and turns errors meant for people into one line."""

from __future__ import annotations

from typing import Any

import click

from ml_platform.cli.check import check
from ml_platform.cli.contract import contract
from ml_platform.cli.demo import demo
from ml_platform.cli.history import history
from ml_platform.cli.ledger import ledger
from ml_platform.cli.plan import plan
from ml_platform.cli.promote import promote
from ml_platform.cli.retrain import retrain
from ml_platform.cli.rollback import rollback
from ml_platform.cli.screen import complain
from ml_platform.cli.serve import serve
from ml_platform.cli.status import status
from ml_platform.cli.token import token
from ml_platform.cli.up import up
from ml_platform.core.errors import StoreError, UserError
from ml_platform.engine.errors import EngineError

ASKED_WRONGLY, FAILED = 2, 1


class PlainSpokenGroup(click.Group):
    """Shows a UserError as one message, never as a traceback.

    The exit code is 2 where the command asked for something that cannot be, 1 where it was right
    but the work failed.
    """

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except UserError as error:
            complain(str(error))
            ctx.exit(FAILED if isinstance(error, StoreError | EngineError) else ASKED_WRONGLY)


@click.group(cls=PlainSpokenGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ml_platform", prog_name="ml-platform")
def main() -> None:
    """Declare a model, get a loop: watch it, ask it, overrule it.

    \b
    See the whole loop on real flights (ends by itself):
      ml-platform demo
    Look around in what it left, or start your own:
      ml-platform up
    Check what you have declared:
      ml-platform check
    See what your edits will do to what runs:
      ml-platform plan
    Ask what happened and why:
      ml-platform status
      ml-platform ledger --model flight_delay
      ml-platform history flight_delay
      ml-platform contract flights
    Overrule it, on record:
      ml-platform rollback flight_delay --by Ada --why "complaints since Monday"

    All state is under the folder of ML_PLATFORM_HOME, .ml_platform by default.
    """


for command in (
    *(demo, check, plan, up, serve, token, status, ledger, history, contract),
    *(promote, rollback, retrain),
):
    main.add_command(command)
