"""``ml-platform contract``: what a source's contract, as declared now, says of its history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ml_platform.cli.screen import console, show_table
from ml_platform.cli.state import current_state
from ml_platform.core import names
from ml_platform.core.errors import UserError
from ml_platform.core.figures import counted

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from ml_platform.spark.contract_report import CheckVerdict, ContractReport
    from ml_platform.stores.lake import LakeTable
    from ml_platform.stores.settings import Settings

COLUMNS = ("column", "check", "verdict", "rows that fail", "of")


@click.command()
@click.argument("source")
@click.option("--from", "first", metavar="PARTITION", help="The first partition.  [default: all]")
@click.option("--to", "last", metavar="PARTITION", help="The last partition.  [default: all]")
def contract(source: str, first: str | None, last: str | None) -> None:
    """Hold the validated rows of SOURCE to its contract as it is declared now.

    Tighten a contract, ask this, and see which checks the history would fail before anything
    lands under it. Nothing is changed: a landed partition is held to the new contract only once
    it is taken in again. Judged are the fields' checks, nulls and the key. What is checked of
    landed text alone (types, infinities, the partition of a date) is not looked at again.

    \b
    Examples:
      ml-platform contract flights
      ml-platform contract flights --from 2013-01-01 --to 2013-01-31
    """
    from ml_platform.cli.declared_contract import declared_contract
    from ml_platform.stores.lake import Lake

    state = current_state()
    compiled = declared_contract(source)
    table = Lake(state.settings.lake_root).table(names.table_of(names.validated(source)))
    chosen = partitions_between(table, first, last)
    report = compiled.verdicts(spark_session(state.settings), table.files(chosen))
    title = f"{compiled.name} over {table.name}, {chosen[0]} to {chosen[-1]}"
    show_table(title, COLUMNS, map(_row, report.verdicts))
    console().print(summary(report), highlight=False)


def summary(report: ContractReport) -> str:
    """What would become of the rows; a check left to pandera refuses a partition as a whole."""
    said = f"{counted(report.rows, 'row')}, of which {report.bad_rows:,} would be refused."
    whole = [v.check for v in report.verdicts if not v.compiled and not v.passed]
    return f"{said} {', '.join(whole)} would block partitions as a whole." if whole else said


def partitions_between(table: LakeTable, first: str | None, last: str | None) -> list[str]:
    """The partitions of a table from one to another, both included.

    Raises:
        UserError: none of them holds rows; the message says which do.
    """
    there = table.partitions()
    if not there:
        raise UserError(f"{table.name} holds no rows yet: nothing has been validated.")
    chosen = [each for each in there if (first or each) <= each <= (last or each)]
    if not chosen:
        raise UserError(
            f"{table.name} holds no rows from {first or there[0]} to {last or there[-1]}; "
            f"it has {there[0]} to {there[-1]}."
        )
    return chosen


def spark_session(settings: Settings) -> SparkSession:
    """The Spark server that the settings name, or a local session for this command alone."""
    from ml_platform.engine.java import ensure_java
    from ml_platform.spark.session import open_session

    if not settings.spark_remote:
        ensure_java()
    return open_session(settings.spark_remote, settings.home / "spark")


def _row(verdict: CheckVerdict) -> tuple[object, ...]:
    words = "passed" if verdict.passed else "fails"
    if verdict.passed and verdict.failures:
        words = "warns"
    failing = f"{verdict.failures:,}" if verdict.compiled else None
    return (verdict.column, verdict.check, words, failing, f"{verdict.evaluated:,}")
