"""What a check can say. "Not evaluated" is its own answer: neither passed nor failed."""

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """The outcome of one check.

    >>> Verdict.NOT_EVALUATED.passed, Verdict.NOT_EVALUATED.violated
    (False, False)
    """

    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"
    NOT_EVALUATED = "not_evaluated"

    @property
    def evaluated(self) -> bool:
        """Whether there was enough to judge by."""
        return self is not Verdict.NOT_EVALUATED

    @property
    def passed(self) -> bool:
        """Whether the check was evaluated and found nothing."""
        return self is Verdict.PASSED

    @property
    def violated(self) -> bool:
        """Whether the check was evaluated and found something, as a warning or as a failure."""
        return self in (Verdict.WARNED, Verdict.FAILED)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the gravest verdict: failed, then warned, then passed; of none, not evaluated.

    Checks that were not evaluated do not hide those that were: a table with one failed column
    and nine that had too few rows has failed. Whoever must know that *everything* was evaluated
    asks each verdict.

    >>> worst([Verdict.PASSED, Verdict.NOT_EVALUATED, Verdict.WARNED])
    <Verdict.WARNED: 'warned'>
    >>> worst([])
    <Verdict.NOT_EVALUATED: 'not_evaluated'>
    """
    seen = set(verdicts)
    for verdict in (Verdict.FAILED, Verdict.WARNED, Verdict.PASSED):
        if verdict in seen:
            return verdict
    return Verdict.NOT_EVALUATED
