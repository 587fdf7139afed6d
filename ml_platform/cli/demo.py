"""``ml-platform demo``: the whole loop on real flights."""

from __future__ import annotations

import click

from ml_platform.stores.settings import Settings


@click.command()
@click.option("--days", type=click.IntRange(min=1), default=21, show_default=True)
def demo(days: int) -> None:
    """Land real flights day by day and watch the loop close by itself.

    History lands first, then one day after another; every run is launched by Dagster's sensors.
    It ends by itself and prints what was decided, promoted, refused, quarantined and alerted.

    \b
    Example:
      ml-platform demo && ml-platform up
    """
    from ml_platform import demo as show

    show.run(Settings.from_env(), days=days)
