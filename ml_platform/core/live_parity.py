"""Verdict on live answers that were scored again in batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.figures import counted
from ml_platform.core.parity import Parity
from ml_platform.core.verdict import Verdict


def live_parity_outcome(found: Mapping[int, Parity], gone: Sequence[int] = ()) -> CheckOutcome:
    """Judge the answers of each model version that answered; one differing bit fails.

    Args:
        found: by version, what the comparison of its logged scores with batch scores found.
        gone: versions that answered too, and that the registry does not have any more.

    >>> live_parity_outcome({3: Parity(rows=200, different=0)}).sentence
    '200 live rows of version 3 scored again in batch: all bits equal'
    """
    rows = sum(each.rows for each in found.values())
    missing = ", ".join(map(str, gone))
    if not rows and gone:
        return not_evaluated(f"the registry has no version {missing} any more")
    if not rows:
        return not_evaluated("the endpoint answered nothing in the last day that was moved yet")
    different = sum(each.different for each in found.values())
    versions = ", ".join(str(version) for version in sorted(found))
    which = f"version {versions}" if len(found) == 1 else f"versions {versions}"
    examples = [each.example for each in found.values() if each.example]
    without = f"; not those of {missing}, which the registry has no more" if gone else ""
    said = f"{different:,} differ: {examples[0]}" if different else "all bits equal"
    return CheckOutcome(
        Verdict.FAILED if different else Verdict.PASSED,
        f"{counted(rows, 'live row')} of {which} scored again in batch: {said}{without}",
        {"rows": rows, "different": different},
    )
