"""A compiled contract applied to a raw table: validated rows, quarantined rows and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING

from pyspark.sql import Column, DataFrame, Observation, Window
from pyspark.sql import functions as F

from ml_platform.core.errors import ContractError
from ml_platform.spark.contract_fallback import judge
from ml_platform.spark.contract_raw_checks import (
    PROVENANCE,
    looked_at_in,
    raw_checks,
    typed_name,
    with_typed_columns,
)
from ml_platform.spark.contract_report import (
    ROWS,
    UNIQUE,
    ContractReport,
    RowCheck,
    counts,
    report_of,
)
from ml_platform.spark.expressions import any_of

if TYPE_CHECKING:
    from ml_platform.spark.contract import CompiledContract

# The observed counts reach the driver shortly after the write, on Spark's listener thread.
_SECONDS_TO_WAIT = 60.0


@dataclass(frozen=True)
class ContractSplit:
    """A raw table separated by its contract; both frames are lazy.

    Attributes:
        validated: typed contract columns, ``_source_sha256``, ``_row_number``, ``partition``.
        quarantine: the raw columns with ``_reasons``, an array of {column, check, value}.
        contract: what it was separated by.
        checks: the row checks, in the order of the report.
    """

    validated: DataFrame
    quarantine: DataFrame
    contract: CompiledContract
    checks: tuple[RowCheck, ...]
    _observation: Observation
    _unobserved: DataFrame

    def report(self) -> ContractReport:
        """The verdicts, counted while ``validated`` was written: no job of its own.

        Only checks that are not compiled cost jobs: pandera judges them on the validated rows.

        Raises:
            ContractError: ``validated`` has not been written yet.
        """
        counted = _observed(self._observation, self.contract.name)
        rows = counted[ROWS] - counted["bad_rows"]
        judged = judge(self.contract.uncompiled, self._unobserved, rows)
        return report_of(self.checks, counted, judged)


def split_raw(
    contract: CompiledContract, raw: DataFrame, partitions: Sequence[str] | None
) -> ContractSplit:
    """Separate a raw table; see ``CompiledContract.split``."""
    _require_columns(contract, raw)
    checks = raw_checks(contract, _partitions(raw) if partitions is None else partitions)
    flagged = _flag(contract, with_typed_columns(contract, raw), checks)
    if contract.unique:
        checks = [*checks, RowCheck(None, UNIQUE, F.lit(False), ROWS, _key_text(contract))]
    flags = [F.col(_flag_name(i)) for i in range(len(checks))]
    bad = any_of([f for f, check in zip(flags, checks, strict=True) if not check.warns])
    observation = Observation()
    observed = flagged.observe(observation, *counts(flags, looked_at_in(contract), bad))
    return ContractSplit(
        validated=_validated(contract, observed, bad),
        quarantine=_quarantined(contract, flagged, checks, flags, bad),
        contract=contract,
        checks=tuple(checks),
        _observation=observation,
        _unobserved=_validated(contract, flagged, bad).select(*map(_quoted, contract.columns)),
    )


def _partitions(raw: DataFrame) -> list[str]:
    return [row["partition"] for row in raw.select("partition").distinct().collect()]


def _quoted(name: str) -> str:
    return f"`{name}`"


def _key_text(contract: CompiledContract) -> Column:
    """The key's values as one text, for people to read."""
    parts = [F.coalesce(F.col(_quoted(c)).cast("string"), F.lit("null")) for c in contract.unique]
    return F.concat_ws(", ", *parts)


def _flag_name(index: int) -> str:
    return f"_fails_{index}"


def _flag(contract: CompiledContract, typed: DataFrame, checks: Sequence[RowCheck]) -> DataFrame:
    """Add one boolean column per check; the last one says whether the key occurred before."""
    flags = {_flag_name(i): F.coalesce(check.fails, F.lit(False)) for i, check in enumerate(checks)}
    flagged = typed.withColumns(flags)
    if not contract.unique:
        return flagged
    blocking = [F.col(_flag_name(i)) for i, check in enumerate(checks) if not check.warns]
    return flagged.withColumn(_flag_name(len(checks)), _repeated(contract, any_of(blocking)))


def _repeated(contract: CompiledContract, bad: Column) -> Column:
    """True for every row of a key but the first one that is good otherwise.

    So a bad row never displaces a good one; identical and conflicting repeats are treated alike.
    """
    key = [F.col(_quoted(typed_name(column))) for column in contract.unique]
    order = Window.partitionBy("partition", *key).orderBy(bad, "_source_file", "_row_number")
    return (F.row_number().over(order) > 1) & F.col("_malformed").isNull()


def _validated(contract: CompiledContract, flagged: DataFrame, bad: Column) -> DataFrame:
    typed = [F.col(_quoted(typed_name(c))).alias(c) for c in contract.columns]
    return flagged.filter(~bad).select(*typed, "_source_sha256", "_row_number", "partition")


def _quarantined(
    contract: CompiledContract,
    flagged: DataFrame,
    checks: Sequence[RowCheck],
    flags: Sequence[Column],
    bad: Column,
) -> DataFrame:
    reasons = F.array(*(_reason(c, f) for c, f in zip(checks, flags, strict=True)))
    return flagged.filter(bad).select(
        *map(_quoted, contract.columns),
        *PROVENANCE,
        F.array_compact(reasons).alias("_reasons"),
        "partition",
    )


def _reason(check: RowCheck, failed: Column) -> Column:
    reason = F.struct(
        F.lit(check.column).cast("string").alias("column"),
        F.lit(check.check).alias("check"),
        check.value.cast("string").alias("value"),
    )
    return F.when(failed, reason)


def _require_columns(contract: CompiledContract, raw: DataFrame) -> None:
    needed = (*contract.columns, *PROVENANCE, "partition")
    missing = [column for column in needed if column not in raw.columns]
    if missing:
        raise ContractError(
            f"contract {contract.name}: the raw table has no column {', '.join(missing)}"
        )


def _observed(observation: Observation, contract: str) -> dict[str, int]:
    """What was counted; a classic session would wait forever for a write that never was."""
    found: list[dict[str, int]] = []
    waiting = Thread(target=lambda: found.append(observation.get), daemon=True)
    waiting.start()
    waiting.join(_SECONDS_TO_WAIT)
    if not found or not found[0]:
        raise ContractError(f"contract {contract}: write the validated rows, then ask for a report")
    return found[0]
