"""``ml-platform token``: who may ask the endpoint."""

from __future__ import annotations

from pathlib import Path

import click

from ml_platform.core.errors import ConfigError
from ml_platform.stores.access_tokens import PREDICT, SCOPES, add_token, withdraw_token
from ml_platform.stores.settings import Settings


@click.command()
@click.argument("name")
@click.option("--scope", type=click.Choice(SCOPES), default=PREDICT, show_default=True)
@click.option("--withdraw", is_flag=True, help="Take the token of NAME away instead.")
@click.option("--file", type=click.Path(path_type=Path), help="[default: tokens.json in the home]")
def token(name: str, scope: str, withdraw: bool, file: Path | None) -> None:
    """Make a token for NAME and print it: this once, for only its digest is kept.

    The file has mode 0600. Give it to the endpoint with --tokens; a running one follows within
    a second. Clients send the token as 'Authorization: Bearer TOKEN'.

    \b
    Examples:
      ml-platform token shop
      ml-platform token operations --scope admin
      ml-platform token shop --withdraw
      ml-platform serve --all --tokens .ml_platform/tokens.json
    """
    if not name.strip():
        raise ConfigError("NAME must not be empty: it is what the token is withdrawn by.")
    kept = file or Settings.from_env().home / "tokens.json"
    if withdraw:
        withdraw_token(kept, name)
        click.echo(f"The token of {name} is no longer let in.", err=True)
        return
    made = add_token(kept, name, scope)
    click.echo(f"The token of {name}, scope {scope}; its digest is in {kept}:", err=True)
    click.echo(made)
