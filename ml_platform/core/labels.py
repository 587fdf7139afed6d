"""What can be wrong with labels, and the verdict on it."""

from __future__ import annotations

from dataclasses import dataclass

from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.figures import counted
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
