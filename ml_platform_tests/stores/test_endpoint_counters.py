"""The platform reads of /metrics what the endpoint writes there."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml_platform.serving.metrics_exposition import exposition
from ml_platform.serving.service_metrics import ServiceMetrics
from ml_platform.stores.endpoint_counters import parse_counters


def test_a_models_counters_are_summed_over_versions_roles_and_workers(tmp_path: Path) -> None:
    for metrics in (ServiceMetrics(tmp_path), ServiceMetrics(tmp_path)):
        metrics.answered("mine", 1, "champion", 200, 3, 0.004)
        metrics.answered("mine", 2, "challenger", 200, 1, 0.3)
        metrics.answered("mine", 0, "", 503, 0, 0.001)
        metrics.error("mine", "not_ready")
        metrics.probed("mine", 200)
        metrics.answered("other", 1, "champion", 200, 1, 0.004)
    found = parse_counters(exposition(tmp_path)[0].decode(), "mine")
    assert found.answered == {"2xx": 4, "5xx": 2}
    assert found.errors == {"not_ready": 2}
    assert (found.at_most[0.0025], found.at_most[0.005], found.at_most[float("inf")]) == (0, 2, 4)


def test_of_a_model_that_was_not_asked_yet_nothing_is_counted() -> None:
    assert parse_counters("", "mine").requests == 0


def test_a_page_that_is_no_metrics_is_refused() -> None:
    with pytest.raises(ValueError):  # noqa: PT011, the parser's own words
        parse_counters("<html>not found</html>", "mine")
