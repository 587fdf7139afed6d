"""One catalogue of checks: nothing is left out of it, and nothing is told to nobody."""

from __future__ import annotations

import pytest

from ml_platform.core import names
from ml_platform.core.alerts import Severity
from ml_platform.core.checks.catalogue import CATALOGUE, CONDITION, named, of_stage
from ml_platform.core.checks.check import Check
from ml_platform.core.facts import CheckName

EVERY = pytest.mark.parametrize("check", CATALOGUE, ids=lambda check: check.name)


def test_no_two_checks_share_a_name() -> None:
    assert len({check.name for check in CATALOGUE}) == len(CATALOGUE)


@EVERY
def test_a_check_says_what_it_demands_in_a_sentence(check: Check) -> None:
    assert check.demand[0].isupper()
    assert check.demand.endswith(".")


@EVERY
def test_a_check_is_found_by_its_name_and_by_its_stage(check: Check) -> None:
    assert named(check.name) is check
    assert check in of_stage(check.stage)


def test_a_name_that_a_gate_has_made_is_one_of_its_conditions() -> None:
    assert named("floor_roc_auc") is CONDITION
    assert CONDITION.blocking
    assert not CONDITION.told


def test_what_is_not_told_by_itself_says_who_tells_it() -> None:
    assert {check.name: check.told_by for check in CATALOGUE if not check.told} == {
        names.REFUSED_ROWS: "the check contract",
        names.QUALITY: "the checks that it sums up",
        names.VERDICT: "the checks that it sums up, and the decision in the ledger",
    }


def test_everything_that_the_policy_looks_at_is_there() -> None:
    # Volume is recorded with decisions made before quality was.
    assert {check.fact for check in CATALOGUE} - {None} == set(CheckName) - {CheckName.VOLUME}


def test_whatever_breaks_the_record_is_critical() -> None:
    critical = {check.name for check in CATALOGUE if check.severity is Severity.CRITICAL}
    assert critical >= {names.LOGGED_ONCE, names.MOVED_ONCE, names.LIVE_PARITY, names.CONSERVATION}
