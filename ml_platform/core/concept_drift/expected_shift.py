"""The check of the expected label rate, in words: an early warning that needs no labels."""

from __future__ import annotations

from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.concept_drift.mean_reference import MeanReference
from ml_platform.core.drift.window_size import FEWEST_PARTITIONS
from ml_platform.core.estimation.expected import Expected
from ml_platform.core.figures import apart, counted, short
from ml_platform.core.verdict import Verdict

_LEAST_SHARE = 0.1
"""Of the rarer label's rate: a smaller shift is none, however surely it is known."""


def judge_expected_rate(
    expected: Expected, days: int, reference: MeanReference | None, bound: float, doubt: str | None
) -> CheckOutcome:
    """Hold the rate of label 1 that a window's scores let expect against the hold-out's.

    It sees that the mix of cases has changed: more or fewer of those that the model finds likely.
    It cannot see concept drift, where the same inputs come to mean another label, since the
    calibration is that of the hold-out: only labels show that. So it never calls for a
    retraining; it says what the labels, once they come, are expected to show.

    Args:
        expected: Of the window's rows.
        days: Partitions of the window, at least 1.
        reference: Of the rates that the version's calibration expects of the rows of its training
            set; None where none was kept.
        bound: Deviations that are too many, up or down, see `two_sided_bound`.
        doubt: Why nothing can be expected of these rows, if so.
    """
    if reference is None:
        return not_evaluated(
            "expected label rate not evaluated: no rate was kept with the version; the next "
            "training keeps one"
        )
    if reference.known_days < FEWEST_PARTITIONS:
        return not_evaluated(
            "expected label rate not evaluated: how much it varies from day to day takes "
            f"{FEWEST_PARTITIONS} days to tell, the training set has {reference.known_days}"
        )
    if doubt:
        return not_evaluated(f"expected label rate not evaluated: {doubt}")
    rate = expected.positive_rate
    shift, floor = rate - reference.mean, _LEAST_SHARE * min(reference.mean, 1 - reference.mean)
    deviations = reference.deviations(rate, expected.rows, days)
    beyond, small = abs(deviations) > bound, abs(shift) <= floor
    drifted = beyond and not small
    found = f"expected label rate {short(rate, 3)} over {counted(days, 'day')}"
    relation = "has left" if drifted else f"is {apart(rate, reference.mean)}"
    against = f"{found} {relation} the hold-out's {short(reference.mean, 3)}"
    measure = f"{abs(deviations):.1f} deviations of its days, {bound:.1f} allowed"
    no_matter = f"; less than {short(floor, 2)} is no matter" if beyond and small else ""
    numbers: dict[str, float | int] = {
        "expected_label_rate": rate,
        "reference_rate": reference.mean,
        "deviations": deviations,
        "bound": bound,
        "rows": expected.rows,
    }
    return CheckOutcome(
        Verdict.WARNED if drifted else Verdict.PASSED,
        f"{against} ({measure}{no_matter})",
        numbers,
        brief=against,
    )
