import pytest

from ml_platform.core.verdict import Verdict, worst


def test_not_evaluated_is_neither_passed_nor_violated() -> None:
    verdict = Verdict.NOT_EVALUATED
    assert [verdict.evaluated, verdict.passed, verdict.violated] == [False] * 3


def test_a_warning_is_a_violation_and_not_a_pass() -> None:
    assert Verdict.WARNED.violated
    assert not Verdict.WARNED.passed


@pytest.mark.parametrize(
    ("verdicts", "gravest"),
    [
        ([], Verdict.NOT_EVALUATED),
        ([Verdict.NOT_EVALUATED], Verdict.NOT_EVALUATED),
        ([Verdict.NOT_EVALUATED, Verdict.PASSED], Verdict.PASSED),
        ([Verdict.PASSED, Verdict.WARNED], Verdict.WARNED),
        ([Verdict.WARNED, Verdict.FAILED, Verdict.PASSED], Verdict.FAILED),
    ],
)
def test_the_gravest_verdict_stands_for_all(verdicts: list[Verdict], gravest: Verdict) -> None:
    assert worst(verdicts) is gravest
