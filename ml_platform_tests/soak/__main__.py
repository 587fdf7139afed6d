"""``python -m ml_platform_tests.soak``: live through months, and tell how it went."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ml_platform_tests.soak.days import Plan
from ml_platform_tests.soak.soak import Soak


@click.command()
@click.option(
    "--days", default=65, show_default=True, help="Live days, after two weeks of history."
)
@click.option("--kills", default=24, show_default=True, help="Processes killed on the way.")
@click.option("--seed", default=11, show_default=True, help="Of who is killed when.")
@click.option(
    "--folder", type=click.Path(path_type=Path), required=True, help="New, for all of it."
)
@click.option("--report", type=click.Path(path_type=Path), help="Where the report goes, as JSON.")
def main(days: int, kills: int, seed: int, folder: Path, report: Path | None) -> None:
    """Run `ml-platform up` on a moved clock; ends with 1 where something was not as it must be."""
    soak = Soak(folder, Plan(days=days, kills=kills, seed=seed), tell=click.echo)
    found = soak.run()
    text = json.dumps(found.to_json(), indent=2, default=str)
    (report or folder / "report.json").write_text(text + "\n")
    click.echo(found.text())
    if found.wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
