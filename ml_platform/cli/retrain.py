"""``ml-platform retrain``: a person asks for a retraining."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ml_platform.cli.declarations import check_params, known_model
from ml_platform.cli.options import answerable
from ml_platform.cli.screen import console
from ml_platform.cli.state import current_state
from ml_platform.core.errors import ConfigError
from ml_platform.core.ledger import EntryKind

if TYPE_CHECKING:
    from ml_platform.core.estimator_params import ParamValue


@click.command()
@click.argument("model")
@click.option(
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="An estimator parameter for this training only; may be given several times.",
)
@answerable
def retrain(model: str, params: tuple[str, ...], by: str, why: str) -> None:
    """Ask for a retraining of MODEL.

    This writes a request to the ledger. The decision sensor acts on it at its next tick, one
    retraining at a time; what it trains passes the same gate as any other candidate.

    \b
    Examples:
      ml-platform retrain flight_delay --by Ada --why "new carrier since Monday"
      ml-platform retrain flight_delay --by Ada --why "deeper trees" --param max_depth=8
    """
    asked = dict(parse_param(each) for each in params)
    state = current_state()
    check_params(known_model(model), asked)
    entry = state.record(
        model,
        EntryKind.REQUEST,
        verdict="requested",
        cause="requested",
        reason=why,
        by=by,
        evidence={"params": asked},
    )
    console().print(
        f"Asked for a retraining of {model}; the decision sensor will act on it. "
        f"Ledger entry {entry.entry_id}.",
        highlight=False,
    )


def parse_param(text: str) -> tuple[str, ParamValue]:
    """Read ``name=value``; a value that reads as a number or a truth value becomes one.

    >>> parse_param("max_depth=8"), parse_param("gamma=0.1"), parse_param("tree_method=hist")
    (('max_depth', 8), ('gamma', 0.1), ('tree_method', 'hist'))

    Raises:
        ConfigError: there is no name or no value.
    """
    name, _, value = (part.strip() for part in text.partition("="))
    if not name or not value:
        raise ConfigError(f"--param takes NAME=VALUE, for example max_depth=8; given {text!r}.")
    return name, _read(value)


def _read(value: str) -> ParamValue:
    if value.lower() in ("true", "false"):
        return value.lower() == "true"
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value
