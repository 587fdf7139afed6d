"""``ml-platform history``: which version was live when, and by whose decision."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime

import click

from ml_platform.cli.declarations import known_model
from ml_platform.cli.screen import console, show_table
from ml_platform.cli.state import current_state
from ml_platform.core.errors import ConfigError
from ml_platform.core.rollout.history import Tenure, live_at, tenures

COLUMNS = ("since", "until", "version", "role", "beside", "by", "why", "ledger entry")


@click.command()
@click.argument("model")
@click.option("--at", "moment", metavar="TIME", help="What was live then; UTC unless it says.")
@click.option("--json", "as_json", is_flag=True, help="The same for programs.")
def history(model: str, moment: str | None, as_json: bool) -> None:
    """Show which version of MODEL had which role, from when to when, and why.

    A champion answers all requests, or all but the share of a canary; a shadow answers none. The
    column "beside" is the champion that a canary or shadow is compared with, and of a champion the
    one before it. Times are UTC, as the ledger has them: the endpoint follows within two seconds.

    \b
    Examples:
      ml-platform history flight_delay
      ml-platform history flight_delay --at "2026-03-01 14:30"
      ml-platform history flight_delay --json
    """
    known_model(model)
    past = current_state().ledger.entries(model)
    found = tenures(past) if moment is None else live_at(past, parse_moment(moment))
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], default=_text, indent=2))
    elif found:
        when = f" at {moment}" if moment else ""
        show_table(f"Versions of {model} that were live{when}", COLUMNS, map(_row, found))
    else:
        console().print(f"No version of {model} was live{' then' if moment else ' yet'}.")


def parse_moment(text: str) -> datetime:
    """Read a time; without a zone it is UTC.

    >>> parse_moment("2026-03-01 14:30").isoformat()
    '2026-03-01T14:30:00+00:00'

    Raises:
        ConfigError: it is none.
    """
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f'--at takes a time such as "2026-03-01 14:30" or 2026-03-01T14:30:00+01:00; '
            f"given {text!r}."
        ) from None
    return given if given.tzinfo else given.replace(tzinfo=UTC)


def _row(of: Tenure) -> tuple[object, ...]:
    role = of.role if of.percent is None else f"{of.role} {of.percent:g}%"
    times = (_time(of.since), _time(of.until) if of.until else "now")
    return (*times, of.version, role, of.beside, of.by, of.why, of.entry_id)


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
