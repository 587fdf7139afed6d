"""``ml-platform up``: Dagster, MLflow's UI and the endpoint over the state that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ml_platform.cli.screen import console, show_table
from ml_platform.stores.settings import Settings

if TYPE_CHECKING:
    from ml_platform.engine.supervisor import Supervisor


@click.command()
@click.option("--port", type=int, help="Of Dagster's UI.  [default: 3000, or a free one]")
@click.option("--mlflow-port", type=int, help="Of MLflow's UI.  [default: 5000, or a free one]")
@click.option(
    "--endpoint-port", type=int, help="Of the online endpoint.  [default: 8000, or a free one]"
)
def up(port: int | None, mlflow_port: int | None, endpoint_port: int | None) -> None:
    """Start everything on this machine's loopback and keep it running until Ctrl-C.

    Sensors and automation are live: a file that lands is taken in by itself. What is declared is
    checked first, and nothing is started where it is not in order.

    \b
    Examples:
      ml-platform up
      ML_PLATFORM_HOME=/srv/loop ml-platform up --port 3100
    """
    from ml_platform.cli.check import require_sound_project
    from ml_platform.engine.ports import preferred_port
    from ml_platform.engine.supervisor import Supervisor

    require_sound_project()
    engine = Supervisor(
        Settings.from_env(),
        mlflow_ui=True,
        dagster_port=port or preferred_port(3000),
        mlflow_port=mlflow_port or preferred_port(5000),
        endpoint=True,
        endpoint_port=endpoint_port or preferred_port(8000),
    )
    out = console()
    out.print("Starting Spark, the run server, Dagster, MLflow and the online endpoint ...")
    try:
        with engine:
            show_table("Running; Ctrl-C stops all of it", ("what", "where"), _places(engine))
            engine.watch(lambda said: out.print(said, markup=False))
    except KeyboardInterrupt:
        out.print("Stopped.")


def _places(engine: Supervisor) -> list[tuple[str, str]]:
    home = engine.settings.home
    return [
        ("Dagster: the loop, its runs and checks", engine.addresses["dagster"]),
        ("MLflow: experiments and model versions", engine.addresses["mlflow"]),
        ("Online endpoint: predictions of each champion", engine.addresses["endpoint"]),
        ("Landing files go to", str(engine.settings.landing_root)),
        ("Logs", str(home / "logs")),
    ]
