"""Columns that appear, vanish or change their type from one landing to the next."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ml_platform.core import names
from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.figures import counted
from ml_platform.core.verdict import Verdict


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """One column that is not as it was.

    Attributes:
        column: Its name.
        change: What happened to it.
        was: Its type before, empty if it was not there.
        now: Its type now, empty if it is not there.
    """

    column: str
    change: Literal["appeared", "vanished", "changed type"]
    was: str
    now: str

    @property
    def said(self) -> str:
        """The change in words.

        >>> SchemaChange("gate", "changed type", "int64", "string").said
        'gate changed type (int64 to string)'
        """
        types = f" ({self.was} to {self.now})" if self.was and self.now else ""
        return f"{self.column} {self.change}{types}"


UNKNOWN_TYPE = "null"
"""The type of a column of which no value was seen: no other type differs from it."""


def schema_changes(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[SchemaChange]:
    """Compare two sets of columns, each with its type."""
    for column in sorted({*before, *now}):
        was, is_now = before.get(column, ""), now.get(column, "")
        if not was:
            yield SchemaChange(column, "appeared", was, is_now)
        elif not is_now:
            yield SchemaChange(column, "vanished", was, is_now)
        elif was != is_now and UNKNOWN_TYPE not in (was, is_now):
            yield SchemaChange(column, "changed type", was, is_now)


def schema_outcome(
    now: Mapping[str, str],
    before: Mapping[str, str] | None,
    since: str,
    contract: Collection[str],
    complete: bool,
) -> CheckOutcome:
    """Judge the columns of a landed file by those of an earlier partition.

    A column of the contract that vanished or changed its type fails; anything else warns, since
    nothing reads it. Where only the first lines of a file were looked at, a column that they lack
    may still be there: nothing fails, and of columns beyond the contract only types are compared.

    Args:
        now: Type of each column.
        before: Those of the newest earlier partition that did not fail; None if there is none.
        since: That partition.
        contract: Columns that are read.
        complete: Whether all columns of the file are known.
    """
    if before is None:
        return not_evaluated("no earlier partition has its columns recorded")
    changes = [
        change
        for change in schema_changes(before, now)
        if complete or change.column in contract or change.change == "changed type"
    ]
    table = [{"column": c.column, "change": c.change, "was": c.was, "now": c.now} for c in changes]
    numbers = {"columns": len(now), "changes": len(changes)}
    if not changes:
        sentence = f"the {counted(len(now), 'column')} of {since}"
        return CheckOutcome(Verdict.PASSED, sentence, numbers)
    grave = any(c.column in contract and c.change != "appeared" for c in changes)
    verdict = Verdict.FAILED if grave and complete else Verdict.WARNED
    said = ", ".join(change.said for change in changes)
    return CheckOutcome(verdict, f"since {since}: {said}", numbers, table)


def schema_rows(
    now: Mapping[str, str], outcome: CheckOutcome
) -> Iterator[dict[str, str | float | None]]:
    """The columns as rows of the table of quality, with what was found of each.

    The value is 1 for a column that is there, 0 for one that vanished; the detail is its type.
    """
    changed = {str(row["column"]) for row in outcome.table}
    unchanged = Verdict.PASSED if outcome.verdict.evaluated else outcome.verdict
    for column in sorted({*now, *changed}):
        yield {
            "measure": names.SCHEMA,
            "column": column,
            "value": float(column in now),
            "verdict": str(outcome.verdict if column in changed else unchanged),
            "detail": now.get(column, ""),
        }
