"""The gate: may a candidate become champion? Not evaluated is not passed."""

from collections.abc import Iterator
from dataclasses import dataclass

from ml_platform.core.gate_check import GateCheck
from ml_platform.core.gate_evidence import GateEvidence
from ml_platform.core.promotion_checks import (
    better_than_baseline,
    better_than_champion,
    floor,
    not_worse_than_champion,
    same_bits_online,
    sane_on_extremes,
    segments_hold,
)
from ml_platform.core.promotion_spec import PromotionSpec
from ml_platform.core.task import best_constant


@dataclass(frozen=True)
class GateReport:
    """The gate's answer with every check behind it."""

    passed: bool
    checks: tuple[GateCheck, ...]

    @property
    def refusals(self) -> tuple[GateCheck, ...]:
        """The checks that keep the gate shut."""
        return tuple(check for check in self.checks if not check.opens)

    @property
    def reason(self) -> str:
        """One sentence: what refused the candidate, or that nothing did."""
        if self.passed:
            applied = sum(check.applicable for check in self.checks)
            return f"all {applied} checks of the gate passed"
        return "; ".join(f"{check.name}: {check.reason}" for check in self.refusals)


def judge_candidate(evidence: GateEvidence, spec: PromotionSpec) -> GateReport:
    """Judge a candidate by the declared gate.

    Where there is no champion yet, the comparisons with it are not applicable, and beating the
    best constant answer is what is left to prove.
    """
    checks = tuple(_checks(evidence, spec))
    return GateReport(all(check.opens for check in checks), checks)


def _checks(evidence: GateEvidence, spec: PromotionSpec) -> Iterator[GateCheck]:
    if spec.mode == "better":
        yield better_than_champion(evidence, spec)
    else:
        yield not_worse_than_champion(evidence, spec, spec.metric, spec.tolerance)
    for metric in spec.must_not_worsen:
        yield not_worse_than_champion(evidence, spec, metric, spec.must_not_worsen_tolerance)
    for metric, bound in spec.floors.items():
        yield floor(evidence, metric, bound)
    constant = best_constant(spec.metric)
    always = f"always answering the {constant.replace('_', ' ')}"
    for name, baseline, what in (
        (f"better_than_{constant}", evidence.base_rate, always),
        ("better_than_rule", evidence.rule, "the trivial rule"),
    ):
        yield better_than_baseline(name, evidence, baseline, spec.metric, what)
    yield segments_hold(evidence, spec)
    yield sane_on_extremes(evidence)
    yield same_bits_online(evidence)
