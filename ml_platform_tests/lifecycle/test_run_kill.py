"""A real SIGKILL of a run between two of its stages."""

from __future__ import annotations

import os
import signal
from subprocess import Popen

import pytest

from ml_platform.core import names
from ml_platform.core.verdict import Verdict
from ml_platform.stores.lake import LakeTable
from ml_platform_tests.end_to_end.loop import Loop
from ml_platform_tests.end_to_end.trained import DAY, succeeded
from ml_platform_tests.lifecycle.run_process import start
from ml_platform_tests.waiting import wait_until

STAGES = (names.PREDICTIONS, names.INFERENCE_LOG)


def kill_once_written(run: Popen[bytes], table: LakeTable) -> None:
    """Kill a run and its Spark as soon as it has committed a further version of a table."""
    before = table.version()

    def written() -> bool:
        assert run.poll() is None, "the run ended by itself"
        return table.version() != before

    try:
        wait_until(written, "a further version of the table", pause=0.01)
    finally:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()


@pytest.mark.slow
def test_a_run_killed_between_its_predictions_and_the_log_leaves_each_logged_once(
    own: Loop,
) -> None:
    model = own.model
    predictions, log = (own.lake.table(model.table(stage)) for stage in STAGES)
    log.replace_arrow(log.read_arrow([DAY]).slice(0, 0), [DAY])

    kill_once_written(start(own.home, DAY, *STAGES), predictions)
    assert own.rows(log.name, DAY) == []
    succeeded(own.run_stages(STAGES, day=DAY))

    predicted = {row["request_id"] for row in own.rows(predictions.name, DAY)}
    logged = [row["request_id"] for row in own.rows(log.name, DAY)]
    assert len(predicted) > 500
    assert sorted(logged) == sorted(predicted)
    found = own.finding(model.path(names.INFERENCE_LOG), names.LOGGED_ONCE, DAY)
    assert found.verdict is Verdict.PASSED
    assert found.numbers["added"] == found.numbers["predictions"] == len(predicted)
