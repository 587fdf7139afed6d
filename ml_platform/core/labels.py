"""What can be wrong with labels, and the verdict on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ml_platform.core.check_outcome import Cell, CheckOutcome, not_evaluated
from ml_platform.core.figures import counted
from ml_platform.core.model_spec import LabelSpec
from ml_platform.core.task import Task
from ml_platform.core.verdict import Verdict


@dataclass(frozen=True, slots=True)
class LabelAnomalies:
    """What is odd about labels, counted in keys.

    Attributes:
        unknown: Labelled, but the event was never seen.
        conflicting: Given different labels at the same time, so that neither can be preferred.
        corrected: Given a different label later; the latest counts.
    """

    unknown: int
    conflicting: int
    corrected: int


_MOST_SHOWN, _MOST_LISTED = 5, 100


def refused_outcome(rows: int, refused: Mapping[str, int], expected: str) -> CheckOutcome:
    """Say that some of what landed as labels is none, and what it is.

    Args:
        rows: label rows on record.
        refused: how often each value that is no label occurs, the most frequent first.
        expected: what would be a label, and how to declare another one.
    """
    bad = sum(refused.values())
    shown = [f'"{value}" {count:,} times' for value, count in [*refused.items()][:_MOST_SHOWN]]
    others = len(refused) - len(shown)
    also = f" and {counted(others, 'other value')}" if others else ""
    sentence = (
        f"{bad:,} of {counted(rows + bad, 'value')} {'is' if bad == 1 else 'are'} no label and "
        f"taken for none: {', '.join(shown)}{also}; expected {expected}"
    )
    table: list[Mapping[str, Cell]] = [
        {"value": value, "rows": count} for value, count in refused.items()
    ]
    numbers = {"labels": rows, "refused": bad}
    return CheckOutcome(Verdict.FAILED, sentence, numbers, tuple(table[:_MOST_LISTED]))


def expected_labels(task: Task, label: LabelSpec) -> str:
    """What a label may be, in words, with the way to declare another one.

    >>> from ml_platform.core.task import REGRESSION
    >>> expected_labels(REGRESSION, LabelSpec(column="price", available_after="1 day"))
    'a number'
    """
    if not task.decides:
        return "a number"
    if label.positive is None:
        return "0 and 1, or say which value means yes: label: {positive: ...}"
    return f'"{label.positive}" or "{label.negative}", as label.positive and label.negative say'


def label_join_outcome(
    rows: int, events: int | None, anomalies: LabelAnomalies | None
) -> CheckOutcome:
    """Judge the labels of one partition against its events.

    Args:
        rows: label rows on record, corrections included.
        events: events of the partition; None while they are unknown.
        anomalies: counts; None while the events are unknown.
    """
    if not rows:
        return not_evaluated("no labels have come yet")
    if anomalies is None or not events:
        return not_evaluated(f"{counted(rows, 'label')} came before the events of the partition")
    labelled = rows - anomalies.corrected - anomalies.unknown
    numbers = {
        "labels": rows,
        "coverage": labelled / events,
        "unknown_keys": anomalies.unknown,
        "conflicting": anomalies.conflicting,
        "corrected": anomalies.corrected,
    }
    sentence = (
        f"{labelled:,} of {counted(events, 'event')} labelled ({labelled / events:.1%}); "
        f"labels for unknown events: {anomalies.unknown:,}, "
        f"conflicting: {anomalies.conflicting:,}, corrected: {anomalies.corrected:,}"
    )
    odd = anomalies.unknown or anomalies.conflicting
    return CheckOutcome(Verdict.WARNED if odd else Verdict.PASSED, sentence, numbers)
