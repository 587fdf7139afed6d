"""The short form of the soak: days over the night in which clocks are set back and a month ends."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ml_platform_tests.soak.days import Plan
from ml_platform_tests.soak.soak import Soak

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="counts on Linux to end what is left"),
]


def test_days_pass_clocks_are_set_back_and_what_is_killed_comes_back(tmp_path: Path) -> None:
    soak = Soak(tmp_path / "soak", Plan(days=4, kills=2), tell=print)
    report = soak.run()
    assert not report.wrong, report.text()
    assert [day["day"] for day in report.days][:3] == ["2025-10-31", "2025-11-01", "2025-11-02"]
