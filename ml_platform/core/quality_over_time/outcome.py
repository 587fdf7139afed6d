"""What people read of the measures of a partition: a sentence, numbers and a table per check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite

from ml_platform.core.check_outcome import Cell, CheckOutcome, not_evaluated
from ml_platform.core.figures import counted
from ml_platform.core.quality_over_time.judgement import Judged
from ml_platform.core.quality_over_time.measure import MEASURES, Measure
from ml_platform.core.verdict import Verdict, worst

_NAMED = 5
_SAID = {"null_spike": "null in", "category_explosion": "distinct values in"}


def measure_outcome(
    measure: Measure, lines: Iterable[Judged], needed: int, refused: bool = False
) -> CheckOutcome:
    """The outcome of the check of one measure.

    Args:
        measure: Which one.
        lines: What was judged on the partition, of any measures.
        needed: Earlier partitions without which nothing is judged.
        refused: The contract has refused the rows, so that only what landed could be measured.

    The numbers are those of the column that comes nearest to its limit, or is farthest beyond.
    """
    own = sorted((line for line in lines if line.measure == measure.name), key=_rank)
    if not own and refused:
        return not_evaluated("the contract has refused its rows")
    if not own:
        return not_evaluated("there is nothing of the kind to measure in this table")
    verdict = worst(line.verdict for line in own)
    if verdict is Verdict.NOT_EVALUATED:
        earlier = counted(max(line.before for line in own), "earlier partition")
        return CheckOutcome(verdict, f"{earlier}; {needed} are needed", table=_table(own))
    bad = [line for line in own if line.verdict is Verdict.FAILED]
    shown = bad[:_NAMED] or own[:1]
    sentence = "; ".join(_phrase(measure, line) for line in shown)
    if len(bad) > _NAMED:
        sentence += f"; and {counted(len(bad) - _NAMED, 'more column')}"
    if not bad and own[0].column:
        judged = sum(line.verdict.evaluated for line in own)
        sentence = f"as usual in {counted(judged, 'column')}; nearest to its limit: {sentence}"
    return CheckOutcome(verdict, sentence, _numbers(own[0]), _table(own))


def gate_outcome(outcomes: Mapping[str, CheckOutcome]) -> CheckOutcome:
    """The outcome of the check that holds up what follows: any failed check fails it.

    Where not one of them was evaluated, neither is this.

    Args:
        outcomes: By name of the check, of one partition.
    """
    failed = [f"{_words(n)}: {o.sentence}" for n, o in outcomes.items() if _failed(o)]
    silent = [_words(n) for n, o in outcomes.items() if not o.verdict.evaluated]
    table = [
        {"check": n, "verdict": str(o.verdict), "finding": o.sentence} for n, o in outcomes.items()
    ]
    if failed:
        sentence = f"{'; '.join(failed)}: partition held up"
        return CheckOutcome(Verdict.FAILED, sentence, {"failed": len(failed)}, table)
    known = len(outcomes) - len(silent)
    if not known:
        sentence = f"nothing to judge the partition by yet: {', '.join(silent)}"
        return CheckOutcome(Verdict.NOT_EVALUATED, sentence, table=table)
    unknown = f"; not evaluated: {', '.join(silent)}" if silent else ""
    sentence = f"no alarm from {counted(known, 'measure')}{unknown}"
    return CheckOutcome(Verdict.PASSED, sentence, {"failed": 0}, table)


def rows_of(lines: Sequence[Judged]) -> list[dict[str, float | str | None]]:
    """The lines as rows of the table of quality; infinite limits are null."""
    return [
        {
            "measure": line.measure,
            "column": line.column,
            "value": line.value,
            "usual": line.band.usual if line.band else None,
            "lower": _finite(line.band.lower) if line.band else None,
            "upper": _finite(line.band.upper) if line.band else None,
            "verdict": str(line.verdict),
            "detail": line.band.phases if line.band else "",
        }
        for line in lines
    ]


def _failed(outcome: CheckOutcome) -> bool:
    return outcome.verdict is Verdict.FAILED


def _words(check: str) -> str:
    return check.replace("_", " ")


def _finite(limit: float) -> float | None:
    return limit if isfinite(limit) else None


def _rank(line: Judged) -> tuple[int, float, str]:
    order = {Verdict.FAILED: 0, Verdict.PASSED: 1, Verdict.NOT_EVALUATED: 2}
    room = line.band.upper - line.value if line.band else 0.0
    return order[line.verdict], room, line.column


def _phrase(measure: Measure, line: Judged) -> str:
    assert line.band is not None
    usual, value = _shown(measure, line.band.usual), _shown(measure, line.value)
    limits = f"at most {_shown(measure, line.band.upper)}"
    if isfinite(line.band.lower):
        limits = f"{_shown(measure, line.band.lower)} to {_shown(measure, line.band.upper)}"
    what = {"volume": "rows", "duplicates": "of the rows repeat others"}.get(
        measure.name, f"{_SAID.get(measure.name, '')} {line.column}".strip()
    )
    since = f"{line.band.before} partitions before"
    if line.band.phases:
        since += f", by {line.band.phases}"
    return f"{value} {what} (usual {usual}, allowed {limits}, from {since})"


def _shown(measure: Measure, value: float) -> str:
    return f"{value:,.0f}" if measure.unit == "count" else f"{value:.1%}"


def _numbers(line: Judged) -> dict[str, float]:
    assert line.band is not None
    limits = {"usual": line.band.usual, "limit": line.band.upper, "lower_limit": line.band.lower}
    return {"value": line.value} | {k: v for k, v in limits.items() if isfinite(v)}


def _table(lines: Sequence[Judged]) -> Sequence[Mapping[str, Cell]]:
    kept = ("measure", "column", "value", "usual", "lower", "upper", "verdict")
    return [{name: row[name] for name in kept} for row in rows_of(lines)]


CHECKS = tuple(measure.name for measure in MEASURES)
"""Names of the checks, one per measure."""
