"""`/metrics`: the numbers of all workers in the words of Prometheus, by its own library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from ml_platform.serving.metric_families import BOUNDS, FAMILIES, LOADED, Family, Kind
from ml_platform.serving.metrics_folder import Gathered, gather

_MERGES: Final = {Kind.MAXIMUM: max, Kind.MINIMUM: min}
_BOUNDS: Final = (*(floatToGoString(bound) for bound in BOUNDS), "+Inf")


def exposition(folder: Path, accept: str = "") -> tuple[bytes, str]:
    """The body of `/metrics` and its content type.

    Args:
        folder: that of the endpoint's workers.
        accept: the request's header; OpenMetrics where it asks for that.

    Raises:
        OSError: the folder cannot be read or written.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(ServiceCollector(folder))
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type


class ServiceCollector(Collector):
    """Reads the folder each time that it is asked."""

    def __init__(self, folder: Path) -> None:
        """Read nothing yet."""
        self.folder = folder

    def collect(self) -> Iterator[Metric]:
        """All metrics, each summed over the workers."""
        gathered = gather(self.folder)
        for family in FAMILIES:
            yield _metric(family, gathered)
        yield from _models(gathered)
        workers = GaugeMetricFamily("ml_platform_workers", "Workers that live.")
        workers.add_metric((), len(gathered.living))
        yield workers


def _metric(family: Family, gathered: Gathered) -> Metric:
    found = sorted(gathered.of(family.name).items())
    if family.kind is Kind.HISTOGRAM:
        histogram = HistogramMetricFamily(family.name, family.meaning, labels=family.labels)
        for labels, numbers in found:
            *counts, total = _added(numbers)
            histogram.add_metric(labels, list(zip(_BOUNDS, _running(counts), strict=True)), total)
        return histogram
    single = CounterMetricFamily if family.kind is Kind.COUNTER else GaugeMetricFamily
    metric = single(family.name, family.meaning, labels=family.labels)
    merge = _MERGES.get(family.kind, sum)
    for labels, numbers in found:
        value = merge(value for (value,) in numbers)
        if family is not LOADED or value:
            metric.add_metric(labels, value)
    return metric


def _models(gathered: Gathered) -> Iterator[Metric]:
    """Which versions answer in which role, and in how many workers."""
    info = InfoMetricFamily("ml_platform_model", "Versions that are loaded.", labels=LOADED.labels)
    workers = GaugeMetricFamily(
        "ml_platform_model_workers", "Workers that loaded this version.", labels=LOADED.labels
    )
    for labels, numbers in sorted(gathered.of(LOADED.name).items()):
        if number := sum(value > 0 for (value,) in numbers):
            info.add_metric(labels, {})
            workers.add_metric(labels, number)
    yield info
    yield workers


def _added(numbers: Sequence[tuple[float, ...]]) -> list[float]:
    return [sum(values) for values in zip(*numbers, strict=True)]


def _running(counts: Sequence[float]) -> Iterator[float]:
    total = 0.0
    for count in counts:
        total += count
        yield total
