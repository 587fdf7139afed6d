"""Dagster's run launcher of this platform: a fork of the warm run server, else the default way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.launcher import (
    CheckRunHealthResult,
    DefaultRunLauncher,
    LaunchRunContext,
    WorkerStatus,
)
from dagster._core.storage.tags import GRPC_INFO_TAG
from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult, ExecuteRunArgs
from dagster._serdes import ConfigurableClassData, deserialize_value, serialize_value

from ml_platform.engine.run_socket import Message, ask

TAG_WORKER = "ml_platform/run_worker"


class WarmRunLauncher(DefaultRunLauncher):
    """Asks the run server to fork a process for the run.

    Where no run server listens, the run is launched by the code server as Dagster does by default,
    so that ``dagster dev`` or a daemon of one's own work over the same instance.
    """

    def __init__(self, socket: str, inst_data: ConfigurableClassData | None = None) -> None:
        """Remember the path of the run server's Unix socket."""
        super().__init__(inst_data)
        self._socket = Path(socket)

    @classmethod
    def config_type(cls) -> dict[str, dg.Field]:  # type: ignore[override]
        """What dagster.yaml may say: where the run server listens."""
        return {"socket": dg.Field(dg.StringSource, description="The run server's Unix socket.")}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData, config_value: Mapping[str, Any]
    ) -> WarmRunLauncher:
        """Build the launcher from dagster.yaml."""
        return cls(inst_data=inst_data, **config_value)

    def launch_run(self, context: LaunchRunContext) -> None:
        """Launch by the run server, or by the code server where there is none."""
        answer = self._ask_launch(context)
        if answer is None:
            super().launch_run(context)
            return
        run = context.dagster_run
        self._instance.add_run_tags(run.run_id, {TAG_WORKER: str(answer["pid"])})
        self._instance.report_engine_event(
            f"Forked a warm process for the run (pid: {answer['pid']}).", run, cls=type(self)
        )

    def terminate(self, run_id: str) -> bool:
        """Interrupt the run's process; it then records the run as cancelled."""
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return False
        if GRPC_INFO_TAG in run.tags:
            return super().terminate(run_id)
        self._instance.report_run_canceling(run)
        answer = ask(self._socket, {"do": "terminate", "run_id": run_id})
        return answer is not None and bool(answer["ok"])

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Run monitoring can see a run whose process died."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Whether the run's process is there, or how it ended."""
        if GRPC_INFO_TAG in run.tags:
            return self._default_health(run)
        answer = ask(self._socket, {"do": "health", "run_id": run.run_id})
        if answer is None:
            return CheckRunHealthResult(WorkerStatus.NOT_FOUND, "The run server is gone.")
        return _health(answer)

    def _ask_launch(self, context: LaunchRunContext) -> Message | None:
        origin = context.job_code_origin
        if origin is None:
            return None
        run_id = context.dagster_run.run_id
        arguments = ExecuteRunArgs(origin, run_id, self._instance.get_ref())
        return ask(
            self._socket,
            {"do": "launch", "run_id": run_id, "arguments": serialize_value(arguments)},
        )

    def _default_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        client = self._get_grpc_client_for_termination(run.run_id)
        if client is None:
            return CheckRunHealthResult(WorkerStatus.SUCCESS, "The run has finished.")
        try:
            said = client.can_cancel_execution(CanCancelExecutionRequest(run_id=run.run_id))
        except DagsterUserCodeUnreachableError as error:
            return CheckRunHealthResult(WorkerStatus.NOT_FOUND, str(error))
        if deserialize_value(said, CanCancelExecutionResult).can_cancel:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.NOT_FOUND, "The run's process is gone.")


def _health(answer: Message) -> CheckRunHealthResult:
    if answer["alive"]:
        return CheckRunHealthResult(WorkerStatus.RUNNING)
    code = answer["exit_code"]
    if code == 0:
        return CheckRunHealthResult(WorkerStatus.SUCCESS)
    if code is None:
        return CheckRunHealthResult(WorkerStatus.NOT_FOUND, "The run's process is not known.")
    how = f"killed by signal {-code}" if code < 0 else f"exit code {code}"
    return CheckRunHealthResult(WorkerStatus.FAILED, f"The run's process ended: {how}.")
