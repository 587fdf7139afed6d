"""One check of the gate: what was measured, what it was held against, and the answer."""

from dataclasses import dataclass

from ml_platform.core.verdict import Verdict


@dataclass(frozen=True)
class GateCheck:
    """One check of the gate: `value` was measured, `threshold` is the worst that passes.

    A check that is not applicable (no champion to compare with) does not count; one that is
    applicable and not evaluated keeps the gate shut.
    """

    name: str
    verdict: Verdict
    value: float | None
    threshold: float | None
    reason: str
    applicable: bool = True

    @property
    def opens(self) -> bool:
        """Whether the gate may open as far as this check goes."""
        return self.verdict.passed or not self.applicable


def judged(name: str, passed: bool, value: float, threshold: float, reason: str) -> GateCheck:
    """A check whose value was held against its threshold."""
    return GateCheck(name, Verdict.PASSED if passed else Verdict.FAILED, value, threshold, reason)


def not_evaluated(name: str, why: str, threshold: float | None = None) -> GateCheck:
    """A check that lacks something to be held against; it keeps the gate shut."""
    return GateCheck(name, Verdict.NOT_EVALUATED, None, threshold, f"not evaluated: {why}")


def not_applicable(name: str, why: str) -> GateCheck:
    """A check that does not count for this candidate."""
    reason = f"not applicable: {why}"
    return GateCheck(name, Verdict.NOT_EVALUATED, None, None, reason, applicable=False)
