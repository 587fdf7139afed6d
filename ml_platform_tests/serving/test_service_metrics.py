import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as openmetrics_families,
)
from prometheus_client.parser import text_string_to_metric_families

from ml_platform.serving.metric_families import FAMILIES, STAGES
from ml_platform.serving.metrics_exposition import exposition
from ml_platform.serving.metrics_file import MetricsFile
from ml_platform.serving.metrics_folder import forget, gather, in_flight_of_all
from ml_platform.serving.service_metrics import ServiceMetrics

MODEL = "flight_delay"


def samples(folder: Path) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    text = exposition(folder)[0].decode()
    families = text_string_to_metric_families(text)
    return {(s.name, frozenset(s.labels.items())): s.value for f in families for s in f.samples}


def value(folder: Path, name: str, **labels: str) -> float | None:
    return samples(folder).get((name, frozenset(labels.items())))


def served(version: int = 3, role: str = "champion") -> dict[str, str]:
    return {"model": MODEL, "version": str(version), "role": role}


def answer(metrics: ServiceMetrics, seconds: float = 0.003, rows: int = 2) -> None:
    metrics.in_flight(1)
    for stage in STAGES:
        metrics.stage(MODEL, stage, seconds / (1 if stage == "total" else 10))
    metrics.answered(MODEL, 3, "champion", 200, rows, seconds)
    metrics.in_flight(-1)


def worker(folder: Path, answers: int, stays: bool) -> None:
    metrics = ServiceMetrics(folder)
    metrics.loaded(MODEL, 3, "champion", "abc", 100.0)
    for _ in range(answers):
        answer(metrics)
    if stays:
        metrics.in_flight(1)
        (folder / f"{os.getpid()}.done").touch()
        time.sleep(60)


def start(folder: Path, answers: int, stays: bool = False) -> multiprocessing.Process:
    process = multiprocessing.get_context("spawn").Process(
        target=worker, args=(folder, answers, stays)
    )
    process.start()
    return process


def wait_until_done(folder: Path, process: multiprocessing.Process) -> None:
    until = time.monotonic() + 600
    while not (folder / f"{process.pid}.done").exists():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_what_is_counted_is_what_prometheus_reads(tmp_path: Path) -> None:
    metrics = ServiceMetrics(tmp_path)
    for seconds in (0.0001, 0.003, 0.003, 20.0):
        answer(metrics, seconds)
    metrics.answered(MODEL, 3, "champion", 201, 1, 0.003)
    metrics.answered("", 0, "", 404, 0, 0.001)
    metrics.error("", "no_model")
    metrics.shadow_dropped(MODEL)
    metrics.probed(MODEL, 200)
    metrics.log_queue(7, 0.25)
    assert value(tmp_path, "ml_platform_requests_total", **served(), status="2xx") == 5
    nothing = {"model": "", "version": "", "role": ""}
    assert value(tmp_path, "ml_platform_requests_total", **nothing, status="4xx") == 1
    assert value(tmp_path, "ml_platform_rows_total", **served()) == 9
    assert value(tmp_path, "ml_platform_errors_total", model="", kind="no_model") == 1
    assert value(tmp_path, "ml_platform_shadow_dropped_total", model=MODEL) == 1
    assert value(tmp_path, "ml_platform_probes_total", model=MODEL, status="2xx") == 1
    assert value(tmp_path, "ml_platform_log_queue") == 7
    assert value(tmp_path, "ml_platform_log_lag_seconds") == 0.25
    assert value(tmp_path, "ml_platform_in_flight") == 0
    assert value(tmp_path, "ml_platform_workers") == 1


def test_a_time_counts_in_each_bucket_whose_bound_it_does_not_exceed(tmp_path: Path) -> None:
    metrics = ServiceMetrics(tmp_path)
    for seconds in (0.00005, 0.005, 0.0051, 11.0):
        metrics.stage(MODEL, "total", seconds)
    buckets = {
        bound: value(
            tmp_path, "ml_platform_stage_seconds_bucket", model=MODEL, stage="total", le=bound
        )
        for bound in ("5e-05", "0.0025", "0.005", "0.01", "10.0", "+Inf")
    }
    assert list(buckets.values()) == [1, 1, 2, 3, 3, 4]
    labels = {"model": MODEL, "stage": "total"}
    assert value(tmp_path, "ml_platform_stage_seconds_count", **labels) == 4
    sum_of_all = value(tmp_path, "ml_platform_stage_seconds_sum", **labels)
    assert sum_of_all == pytest.approx(11.01015)


def test_a_refusal_does_not_make_predictions_look_fast(tmp_path: Path) -> None:
    metrics = ServiceMetrics(tmp_path)
    metrics.answered(MODEL, 3, "champion", 422, 5, 0.0001)
    assert value(tmp_path, "ml_platform_request_seconds_count", **served()) is None
    assert value(tmp_path, "ml_platform_rows_total", **served()) is None


def test_openmetrics_is_given_to_those_who_ask_for_it(tmp_path: Path) -> None:
    metrics = ServiceMetrics(tmp_path)
    metrics.loaded(MODEL, 3, "champion", "abc", 1e9)
    answer(metrics)
    text, kind = exposition(tmp_path, "application/openmetrics-text; version=1.0.0; q=.9, */*;q=.1")
    assert kind.startswith("application/openmetrics-text; version=1.0.0")
    found = {family.name for family in openmetrics_families(text.decode())}
    assert {family.name for family in FAMILIES} <= found


def test_a_version_is_told_as_long_as_some_worker_has_it(tmp_path: Path) -> None:
    metrics, other = ServiceMetrics(tmp_path), ServiceMetrics(tmp_path)
    loaded = {**served(), "digest": "abc"}
    metrics.loaded(MODEL, 3, "champion", "abc", 100.0)
    other.loaded(MODEL, 3, "champion", "abc", 105.0)
    assert value(tmp_path, "ml_platform_model_info", **loaded) == 1
    assert value(tmp_path, "ml_platform_model_workers", **loaded) == 2
    assert value(tmp_path, "ml_platform_model_loaded_timestamp_seconds", **loaded) == 105
    metrics.took_up(MODEL, 7)
    other.took_up(MODEL, 6)
    assert value(tmp_path, "ml_platform_model_generation", model=MODEL) == 6
    for each in (metrics, other):
        each.unloaded(MODEL, 3, "champion", "abc")
        each.loaded(MODEL, 4, "champion", "def", 110.0)
    names = {name for name, labels in samples(tmp_path) if ("version", "3") in labels}
    assert not any(name.startswith("ml_platform_model") for name in names)


def test_an_unknown_stage_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="parse, features, predict, log, total"):
        ServiceMetrics(tmp_path).stage(MODEL, "encode", 0.1)


def test_workers_of_all_times_are_summed_and_a_killed_one_stays_counted(tmp_path: Path) -> None:
    own = ServiceMetrics(tmp_path)
    answer(own)
    first = [start(tmp_path, 300, stays=True), start(tmp_path, 200, stays=True)]
    for process in first:
        wait_until_done(tmp_path, process)
    labels = {**served(), "status": "2xx"}
    assert value(tmp_path, "ml_platform_requests_total", **labels) == 501
    assert value(tmp_path, "ml_platform_workers") == 3
    assert in_flight_of_all(tmp_path) == 2
    assert first[0].pid
    os.kill(first[0].pid, signal.SIGKILL)
    first[0].join()
    for _ in range(2):  # folded once, then read from the sum
        assert value(tmp_path, "ml_platform_requests_total", **labels) == 501
        assert value(tmp_path, "ml_platform_stage_seconds_count", model=MODEL, stage="log") == 501
    assert in_flight_of_all(tmp_path) == 1
    loaded = {**served(), "digest": "abc"}
    assert value(tmp_path, "ml_platform_model_workers", **loaded) == 1
    first[1].kill()
    first[1].join()
    start(tmp_path, 7).join()
    assert value(tmp_path, "ml_platform_requests_total", **labels) == 508
    assert in_flight_of_all(tmp_path) == 0


def test_what_is_read_while_workers_count_and_die_never_goes_down(tmp_path: Path) -> None:
    labels = {**served(), "status": "2xx"}
    processes = [start(tmp_path, 20_000) for _ in range(2)]
    seen = [0.0]
    while any(process.is_alive() for process in processes):
        seen.append(value(tmp_path, "ml_platform_requests_total", **labels) or 0.0)
    seen.append(value(tmp_path, "ml_platform_requests_total", **labels) or 0.0)
    assert seen == sorted(seen)
    assert seen[-1] == 40_000


def test_a_reader_killed_before_it_removed_what_it_folded_counts_nothing_twice(
    tmp_path: Path,
) -> None:
    metrics = ServiceMetrics(tmp_path)
    answer(metrics)
    [file] = tmp_path.glob("*.worker")
    content = file.read_bytes()
    metrics.close()
    gather(tmp_path)
    file.write_bytes(content)
    assert value(tmp_path, "ml_platform_rows_total", **served()) == 2
    assert not list(tmp_path.glob("*.worker"))


def test_more_series_than_a_page_holds_are_kept(tmp_path: Path) -> None:
    metrics = ServiceMetrics(tmp_path)
    for version in range(1, 1001):
        metrics.answered(MODEL, version, "champion", 200, version, 0.001)
    for version in (1, 500, 1000):
        assert value(tmp_path, "ml_platform_rows_total", **served(version)) == version


def test_a_label_that_fits_into_no_page_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        ServiceMetrics(tmp_path).error("m" * 70_000, "invalid")


def test_a_new_start_forgets_the_dead_and_leaves_the_living(tmp_path: Path) -> None:
    living, dead, folded = (ServiceMetrics(tmp_path) for _ in range(3))
    unnamed = tmp_path / ".1-1.worker"
    unnamed.touch()
    os.utime(unnamed, (0, 0))
    for metrics in (living, dead, folded):
        answer(metrics)
    folded.close()
    gather(tmp_path)
    dead.close()
    forget(tmp_path)
    assert value(tmp_path, "ml_platform_rows_total", **served()) == 2
    assert not unnamed.exists()


def test_nothing_is_in_flight_where_no_worker_ever_was(tmp_path: Path) -> None:
    assert in_flight_of_all(tmp_path / "none") == 0


def test_a_worker_that_starts_this_moment_has_nothing_in_flight(tmp_path: Path) -> None:
    MetricsFile(tmp_path)
    assert in_flight_of_all(tmp_path) == 0
    ServiceMetrics(tmp_path).in_flight(1)
    assert in_flight_of_all(tmp_path) == 1


def test_a_disk_that_takes_a_part_of_a_page_is_asked_for_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.pwrite

    def part(file: int, content: bytes, at: int) -> int:
        return whole(file, content[:10_000], at)

    monkeypatch.setattr(os, "pwrite", part)
    made = MetricsFile(tmp_path)
    assert made.path.stat().st_size == 1 << 16
    made.series(("last", ()), 8000)[-1] = 1.0
