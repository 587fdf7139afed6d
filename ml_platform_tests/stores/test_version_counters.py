"""What an endpoint counted of each version, asked over HTTP."""

from pathlib import Path

import pytest

from ml_platform.core.errors import StoreError
from ml_platform.engine.ports import free_port
from ml_platform.stores.version_counters import version_counters
from ml_platform_tests.lifecycle.counting_endpoint import counting_endpoint


def test_requests_are_told_apart_by_version_and_outcome(tmp_path: Path) -> None:
    with counting_endpoint(tmp_path) as endpoint:
        endpoint.answers("flight_delay", 1, "champion", 5, 2)
        endpoint.answers("flight_delay", 2, "challenger", 3)
        endpoint.answers("another", 1, "champion", 9)
        endpoint.metrics.answered("flight_delay", 0, "", 400, 0, 0.001)
        found = version_counters(endpoint.url, "flight_delay")
    assert {v: (c.requests, c.failed) for v, c in found.items()} == {1: (7, 2), 2: (3, 0)}


def test_an_endpoint_that_has_counted_nothing_says_so(tmp_path: Path) -> None:
    with counting_endpoint(tmp_path) as endpoint:
        assert version_counters(endpoint.url, "flight_delay") == {}


def test_an_endpoint_that_is_not_there_is_an_error_in_words() -> None:
    with pytest.raises(StoreError, match="did not say what it counted"):
        version_counters(f"http://127.0.0.1:{free_port()}", "flight_delay")


def test_another_page_than_metrics_is_an_error_too(tmp_path: Path) -> None:
    with counting_endpoint(tmp_path) as endpoint, pytest.raises(StoreError, match="404"):
        version_counters(f"{endpoint.url}/elsewhere", "flight_delay")
