"""Real days, landed once for all tests of the flight delay model."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ml_platform_tests.defs.flights_of_test import Tables, landed


@pytest.fixture(scope="package")
def tables(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """20 February to 11 March 2013: a snowstorm, and the night the clocks went forward."""
    return landed(spark, tmp_path_factory.mktemp("landing"), date(2013, 2, 20), 20)
