"""What an endpoint's `/metrics` says of one model."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from prometheus_client.parser import text_string_to_metric_families

from ml_platform.core.service_level.counters import Counters

REQUESTS: Final = "ml_platform_requests_total"
ERRORS: Final = "ml_platform_errors_total"
SECONDS: Final = "ml_platform_request_seconds_bucket"


def parse_counters(text: str, model: str) -> Counters:
    """Read the counters of a model, summed over its versions and roles.

    Args:
        text: in Prometheus' text format.
        model: its name.

    Raises:
        ValueError: the text is in another format.
    """
    answered: dict[str, float] = defaultdict(float)
    errors: dict[str, float] = defaultdict(float)
    at_most: dict[float, float] = defaultdict(float)
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.labels.get("model") != model:
                continue
            if sample.name == REQUESTS:
                answered[sample.labels["status"]] += sample.value
            elif sample.name == ERRORS:
                errors[sample.labels["kind"]] += sample.value
            elif sample.name == SECONDS:
                at_most[float(sample.labels["le"])] += sample.value
    return Counters(dict(answered), dict(errors), dict(at_most))
