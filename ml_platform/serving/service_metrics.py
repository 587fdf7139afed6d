"""What a worker counts of each request: some 2 us for all of it, no lock, no system call."""

from __future__ import annotations

from bisect import bisect_left
from pathlib import Path

from ml_platform.serving.metric_families import (
    BOUNDS,
    ERRORS,
    GENERATION,
    IN_FLIGHT,
    LOADED,
    LOG_LAG,
    LOG_QUEUE,
    PROBES,
    REQUEST_SECONDS,
    REQUESTS,
    ROLLOUT_REFUSED,
    ROWS,
    SHADOW_DROPPED,
    STAGE_SECONDS,
    STAGES,
    Family,
)
from ml_platform.serving.metrics_file import MetricsFile


class ServiceMetrics:
    """The counters of one worker, for all its models.

    Call it from one thread, that of the event loop. Only `log_queue` may be called from one other
    thread, and `loaded`, `unloaded` and `rollout_refused` from any.

    Labels are kept for good: give declared models, versions and kinds of errors, never what a
    client sent. A request for no known model has the model "".
    """

    def __init__(self, folder: Path) -> None:
        """Begin to count.

        Args:
            folder: that of all workers of one endpoint.

        Raises:
            OSError: the folder cannot be written, or the disk is full.
        """
        self._file = MetricsFile(folder)
        self._stages: dict[tuple[str, str], memoryview] = {}
        self._answers: dict[tuple[str, int, str, int], tuple[memoryview, ...]] = {}
        self._counters: dict[tuple[str, ...], memoryview] = {}
        self._in_flight = self._series(IN_FLIGHT)
        self._log_queue = self._series(LOG_QUEUE)
        self._log_lag = self._series(LOG_LAG)

    def stage(self, model: str, name: str, seconds: float) -> None:
        """Add the time that a request spent on one of `STAGES`."""
        try:
            numbers = self._stages[model, name]
        except KeyError:
            numbers = self._new_stage(model, name)
        numbers[bisect_left(BOUNDS, seconds)] += 1.0
        numbers[-1] += seconds

    def answered(
        self, model: str, version: int, role: str, status: int, rows: int, seconds: float
    ) -> None:
        """Count an answer; the time counts where the answer is a prediction.

        Args:
            model: its declared name, "" where the request names none that is served.
            version: that answered or failed to, 0 where none was chosen yet.
            role: champion or challenger; "" where no version was chosen.
            status: HTTP's.
            rows: that were predicted, 0 where none were.
            seconds: from the request's arrival to its answer.
        """
        try:
            numbers = self._answers[model, version, role, status]
        except KeyError:
            numbers = self._new_answer(model, version, role, status)
        numbers[0][0] += 1.0
        if status < 400:
            _, done, latency = numbers
            done[0] += rows
            latency[bisect_left(BOUNDS, seconds)] += 1.0
            latency[-1] += seconds

    def in_flight(self, change: int) -> None:
        """A request came (+1) or its answer left (-1)."""
        self._in_flight[0] += change

    def error(self, model: str, kind: str) -> None:
        """Count a request that was refused or failed."""
        self._count(ERRORS, model, kind)

    def shadow_dropped(self, model: str) -> None:
        """Count a request that the shadow version did not score."""
        self._count(SHADOW_DROPPED, model)

    def probed(self, model: str, status: int) -> None:
        """Count an answer to the probe, in place of `answered` and `error`."""
        self._count(PROBES, model, _status_class(status))

    def log_queue(self, records: int, oldest_seconds: float) -> None:
        """Say how many records wait to be on disk, and for how long the oldest has."""
        self._log_queue[0] = records
        self._log_lag[0] = oldest_seconds

    def loaded(self, model: str, version: int, role: str, digest: str, at: float) -> None:
        """Say that the worker answers with a version from now on.

        Args:
            model: its declared name.
            version: in the registry.
            role: champion, challenger or shadow.
            digest: sha256 of the artifact's manifest.
            at: seconds since the epoch.
        """
        self._series(LOADED, model, str(version), role, digest)[0] = at
        # Made now, so that no request meets a full disk.
        self._new_answer(model, version, role, 200)
        for stage in STAGES:
            self._new_stage(model, stage)

    def unloaded(self, model: str, version: int, role: str, digest: str) -> None:
        """Say that the worker no longer answers with a version in this role."""
        self._series(LOADED, model, str(version), role, digest)[0] = 0.0

    def took_up(self, model: str, generation: int) -> None:
        """Say which change of the live versions the worker answers by."""
        self._series(GENERATION, model)[0] = float(generation)

    def rollout_refused(self, model: str, refused: bool) -> None:
        """Say whether the version on its way up takes no part in this worker."""
        self._series(ROLLOUT_REFUSED, model)[0] = float(refused)

    def close(self) -> None:
        """Count no more; what was counted stays counted."""
        self._file.close()

    def _series(self, family: Family, *labels: str) -> memoryview:
        return self._file.series((family.name, labels), family.slots)

    def _new_stage(self, model: str, name: str) -> memoryview:
        if name not in STAGES:
            raise ValueError(f"{name!r} is no stage; stages are {', '.join(STAGES)}")
        return self._stages.setdefault((model, name), self._series(STAGE_SECONDS, model, name))

    def _new_answer(
        self, model: str, version: int, role: str, status: int
    ) -> tuple[memoryview, ...]:
        served = (model, str(version) if version else "", role)
        numbers = [self._series(REQUESTS, *served, _status_class(status))]
        if status < 400:
            numbers += [self._series(family, *served) for family in (ROWS, REQUEST_SECONDS)]
        return self._answers.setdefault((model, version, role, status), tuple(numbers))

    def _count(self, family: Family, *labels: str) -> None:
        key = (family.name, *labels)
        try:
            numbers = self._counters[key]
        except KeyError:
            numbers = self._counters.setdefault(key, self._series(family, *labels))
        numbers[0] += 1.0


def _status_class(status: int) -> str:
    return f"{status // 100}xx"
