"""What `/metrics` really exposes, to hold dashboards and rules against."""

import re
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from ml_platform.serving.metrics_exposition import exposition
from ml_platform.serving.service_metrics import ServiceMetrics

DEPLOY = Path(__file__).parents[2] / "deploy"
_ASKED = re.compile(r"\b(?<!:)(ml_platform_\w+)(?:\{([^}]*)\})?")


def exposed(folder: Path) -> dict[str, set[str]]:
    """Each sample's name with its labels, after everything was counted once."""
    metrics = ServiceMetrics(folder)
    metrics.stage("flight_delay", "total", 0.01)
    metrics.answered("flight_delay", 1, "champion", 200, 1, 0.01)
    metrics.error("flight_delay", "invalid")
    metrics.shadow_dropped("flight_delay")
    metrics.took_up("flight_delay", 1)
    metrics.rollout_refused("flight_delay", True)
    metrics.probed("flight_delay", 200)
    metrics.loaded("flight_delay", 1, "champion", "abc", 1.0)
    families = text_string_to_metric_families(exposition(folder)[0].decode())
    return {s.name: set(s.labels) for family in families for s in family.samples}


def asked_for(query: str) -> list[tuple[str, set[str]]]:
    """The metrics in a query, each with the labels it is chosen by."""
    return [
        (name, set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", chosen or "")))
        for name, chosen in _ASKED.findall(query)
    ]
