"""``ml-platform check``: all that is wrong with the project, before anything is started."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

import ml_platform
from ml_platform.core.declaration.problem import Problem, report
from ml_platform.core.errors import ConfigError

if TYPE_CHECKING:
    from ml_platform.components.project_check import Looking

DEFS = Path(ml_platform.__file__).parent / "defs"
PACKAGE = "ml_platform.defs"
WRONG = 1


@click.command()
@click.option("--json", "as_json", is_flag=True, help="The same for programs.")
@click.option(
    "--spark/--no-spark",
    default=True,
    show_default=True,
    help="Also have Spark read label expressions and build features of empty tables.",
)
@click.pass_context
def check(ctx: click.Context, as_json: bool, spark: bool) -> None:
    """Check every declaration and the code beside it; nothing is run, no state is touched.

    All problems are told at once, each with its file and line. The exit code is 1 if there are any.

    \b
    Examples:
      ml-platform check
      ml-platform check --no-spark --json
    """
    problems = [_from_here(each) for each in problems_of(DEFS, PACKAGE, spark)]
    if as_json:
        click.echo(json.dumps({"problems": [each.row() for each in problems]}, indent=2))
    elif problems:
        click.echo(report(problems))
    else:
        click.echo("Everything that is declared is in order.")
    ctx.exit(WRONG if problems else 0)


def problems_of(defs: Path, package: str, spark: bool) -> list[Problem]:
    """All that is wrong with a project.

    Args:
        defs: the folder of its declarations.
        package: dotted name of that folder.
        spark: start a Spark session for what only Spark can tell.
    """
    # What libraries say of themselves while they load is nothing of the project's.
    warnings.simplefilter("ignore")
    from ml_platform.components.project_check import check_project

    if not spark:
        return check_project(defs, package, _definitions)
    from ml_platform.engine.java import ensure_java
    from ml_platform.spark.session import open_session

    ensure_java()
    with tempfile.TemporaryDirectory() as scratch:
        with _errors_into(Path(scratch, "spark.log")):
            session = open_session(None, Path(scratch))
        try:
            return check_project(defs, package, _definitions, _looking(session))
        finally:
            session.stop()


def require_sound_project() -> None:
    """Return if the project can be loaded; a process of its own looks, so that nothing stays here.

    Raises:
        ConfigError: it cannot; the message is the report.
    """
    asked = [sys.executable, "-m", "ml_platform.cli", "check", "--no-spark"]
    path = os.pathsep.join([str(DEFS.parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])])
    env = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(asked, capture_output=True, text=True, check=False, env=env)
    if done.returncode:
        said = done.stdout.strip() or done.stderr.strip()
        raise ConfigError(f"The project is not in order; nothing was started.\n{said}")


@contextmanager
def _errors_into(file: Path) -> Iterator[None]:
    """Let processes that are started meanwhile write what goes to standard error into a file."""
    shown = os.dup(2)
    with file.open("wb") as log:
        os.dup2(log.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(shown, 2)
        os.close(shown)


def _looking(session: object) -> Looking:
    from functools import partial

    from ml_platform.components.spark_check import spark_mistakes

    return partial(spark_mistakes, session)


def _definitions() -> object:
    from ml_platform.definitions import defs

    return defs.resolve_all_asset_specs()


def _from_here(problem: Problem) -> Problem:
    """With the file as it is called from the working folder, where it lies below it."""
    file = os.path.relpath(problem.file)
    return problem if file.startswith("..") else replace(problem, file=file)
