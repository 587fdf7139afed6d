"""What a contract found in a table: one verdict per check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pyspark.sql import Column
from pyspark.sql import functions as F

ROWS = "rows"
BAD_ROWS = "bad_rows"
UNIQUE = "unique"


@dataclass(frozen=True)
class CheckVerdict:
    """What one check found.

    Attributes:
        column: the column it looks at; None for a check of the whole row or table.
        check: its name with its arguments, as pandera writes it: ``in_range(1, 9999)``.
        failures: rows that fail it.
        evaluated: rows with something to look at; only ``not_nullable`` looks at nulls.
        passed: no row fails it, or the check only warns (pandera's ``raise_warning``).
        compiled: False where pandera's own ``validate`` judged it. That says yes or no for the
            whole table, so ``failures`` is then either none or all rows.
    """

    column: str | None
    check: str
    failures: int
    evaluated: int
    passed: bool
    compiled: bool = True


@dataclass(frozen=True)
class ContractReport:
    """All verdicts on one table.

    Attributes:
        rows: rows looked at.
        bad_rows: rows that fail at least one check which refuses rows.
        verdicts: one per check, in the order of the contract.
        not_compiled: names of the checks that pandera itself judged.
    """

    rows: int
    bad_rows: int
    verdicts: tuple[CheckVerdict, ...]
    not_compiled: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(verdict.passed for verdict in self.verdicts)


@dataclass(frozen=True)
class RowCheck:
    """A check as Spark sees it: a condition that is true where a row fails.

    Attributes:
        column: the column it looks at, None for the whole row.
        check: the name shown to people.
        fails: true where the row fails; null counts as not failing, as pandera has it.
        looked_at: name of the count that says in how many rows there was something to judge.
        value: the offending text, for the reader of the quarantine.
        warns: a failure is reported and the row kept.
    """

    column: str | None
    check: str
    fails: Column
    looked_at: str
    value: Column
    warns: bool = False


class Reported(Protocol):
    """What a report has to know of a check."""

    @property
    def column(self) -> str | None:
        """The column it looks at, None for the whole row."""
        ...

    @property
    def check(self) -> str:
        """The name shown to people."""
        ...

    @property
    def looked_at(self) -> str:
        """Name of the count of rows with something to judge."""
        ...

    @property
    def warns(self) -> bool:
        """A failure is reported and the row kept."""
        ...


def fails_count(index: int) -> str:
    """Name of the count of rows that fail the check at this position."""
    return f"fails_{index}"


def counts(flags: Sequence[Column], looked_at: Mapping[str, Column], bad: Column) -> list[Column]:
    """The aggregates a report is made from: failures, rows looked at, bad rows, all rows.

    Args:
        flags: per check, true where a row fails.
        looked_at: per count name, what is non-null in the rows that count.
        bad: true where a row is refused.
    """
    return [
        F.count(F.lit(1)).alias(ROWS),
        F.count_if(bad).alias(BAD_ROWS),
        *(F.count_if(flag).alias(fails_count(i)) for i, flag in enumerate(flags)),
        *(F.count(column).alias(name) for name, column in looked_at.items()),
    ]


def report_of(
    checks: Sequence[Reported], counted: Mapping[str, int], judged: Sequence[CheckVerdict] = ()
) -> ContractReport:
    """Make the report from the counts, and from what pandera itself has judged."""
    verdicts = [_verdict(check, i, counted) for i, check in enumerate(checks)]
    names = tuple(verdict.check for verdict in judged)
    return ContractReport(counted[ROWS], counted[BAD_ROWS], (*verdicts, *judged), names)


def _verdict(check: Reported, index: int, counted: Mapping[str, int]) -> CheckVerdict:
    failures = counted[fails_count(index)]
    return CheckVerdict(
        column=check.column,
        check=check.check,
        failures=failures,
        evaluated=counted[check.looked_at],
        passed=failures == 0 or check.warns,
    )
