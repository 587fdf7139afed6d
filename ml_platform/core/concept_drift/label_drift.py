"""The check of the label's rate, in words."""

from __future__ import annotations

from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.concept_drift.label_rate import LabelReference
from ml_platform.core.concept_drift.serial_correlation import FEWEST_DAYS
from ml_platform.core.figures import apart, counted, short
from ml_platform.core.verdict import Verdict


def judge_label_rate(
    ones: int, rows: int, days: int, reference: LabelReference | None, bound: float, min_labels: int
) -> CheckOutcome:
    """Hold the matured labels of a window against the hold-out's.

    Args:
        ones: Labels that are 1.
        rows: Matured labels.
        days: Partitions they are from.
        reference: Of the version that scored the window; None where none was kept.
        bound: Deviations that are too many, see `two_sided_bound`.
        min_labels: Fewer are not judged.
    """
    if rows < min_labels:
        return not_evaluated(f"label rate not evaluated: {rows:,} of {min_labels:,} labels matured")
    if reference is None:
        return not_evaluated("label rate not evaluated: no rate was kept with the version")
    if reference.known_days < FEWEST_DAYS:
        return not_evaluated(
            "label rate not evaluated: how much it varies from day to day takes "
            f"{FEWEST_DAYS} labelled days to tell, the training set has {reference.known_days}"
        )
    rate = ones / rows
    deviations = (rate - reference.rate) / reference.deviation(rows, days)
    drifted = abs(deviations) > bound
    found = f"label rate {short(rate, 3)} over {counted(days, 'day')}"
    against = f"{apart(rate, reference.rate)} the hold-out's {short(reference.rate, 3)}"
    measure = f"{abs(deviations):.1f} deviations of its days, {bound:.1f} allowed"
    sentence = (
        f"label drift: {found} is {against} ({measure})"
        if drifted
        else f"{found} is {against}, no more than its days vary ({measure})"
    )
    numbers: dict[str, float | int] = {
        "label_rate": rate,
        "reference_rate": reference.rate,
        "deviations": deviations,
        "bound": bound,
        "rows": rows,
    }
    return CheckOutcome(Verdict.WARNED if drifted else Verdict.PASSED, sentence, numbers)
