"""Service report: latency, errors and availability of the endpoint by the hour, as promised."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from dagster import (
    AssetExecutionContext,
    AssetsDefinition,
    AssetSelection,
    DefaultScheduleStatus,
    RunRequest,
    ScheduleDefinition,
    ScheduleEvaluationContext,
    SkipReason,
    asset,
    schedule,
)

from ml_platform.core import names
from ml_platform.core.check_outcome import CheckOutcome
from ml_platform.core.service_level.availability import availability_outcome, budget_left
from ml_platform.core.service_level.latency import latency_outcome
from ml_platform.core.service_level.probe import counted
from ml_platform.core.service_level.service_hour import (
    HOUR,
    ServiceHour,
    counted_p99_ms,
    hour_of,
)
from ml_platform.core.serving_spec import ObjectivesSpec
from ml_platform.lifecycle.answered_requests import answered_requests
from ml_platform.lifecycle.check_results import written_whole
from ml_platform.lifecycle.check_specs import check_specs
from ml_platform.lifecycle.error_budget import judged_budget
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.optional_checks import optional_checks
from ml_platform.lifecycle.service_figure import service_figure
from ml_platform.lifecycle.service_hours import RESTATED, service_hours, write_hours
from ml_platform.lifecycle.table_metadata import table_metadata
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.stores.lake import Lake
from ml_platform.stores.probe_log import ProbeLog


def service_report_asset(model: Model) -> AssetsDefinition:
    """The asset ``<model>/service_report`` and its checks against the objectives."""
    path = model.path(names.SERVICE_REPORT)

    @optional_checks
    @asset(
        key=list(path),
        deps=[model.key(names.REQUEST_LOG)],
        description=(
            "What the endpoint did: requests, errors, p50, p95 and p99 of the answers in the "
            "inference log, and availability by the probe, which asks for a golden row. Hours of "
            "wall time, UTC; the last day is restated, as the log comes late. Grain: one row per "
            "hour in which anything was seen."
        ),
        check_specs=check_specs(path),
        **model.common("python"),
    )
    def service_report(context: AssetExecutionContext, lake: LakeResource) -> Iterator[object]:
        now, opened = datetime.now(UTC), lake.open()
        objectives, log = model.spec.serving.objectives, ProbeLog(opened, model.name)
        began = hour_of(now - RESTATED)
        requests = answered_requests(model, opened, began)
        probes = log.since(began - HOUR)
        hours = service_hours(model, opened, probes, requests, now)
        metadata = _reported(model, opened, hours)
        outcomes = {
            names.LATENCY_OBJECTIVE: latency_outcome(
                requests.latencies(objectives.p99_ms),
                objectives.p99_ms,
                counted_p99_ms(counted(probes, began, now)),
            ),
            names.AVAILABILITY_OBJECTIVE: _availability(hours, objectives, now),
            names.ERROR_BUDGET: judged_budget(log, objectives, now),
        }
        yield from written_whole(path, metadata, outcomes)

    return service_report


def service_report_schedule(model: Model) -> ScheduleDefinition:
    """The schedule ``<model>_service_report``: after each hour in which the endpoint was probed."""

    @schedule(
        name=f"{model.name}_{names.SERVICE_REPORT}",
        target=AssetSelection.assets(model.key(names.SERVICE_REPORT)),
        cron_schedule="3 * * * *",
        execution_timezone="UTC",
        default_status=DefaultScheduleStatus.RUNNING,
        description="Reports on the endpoint after each hour in which it was probed.",
    )
    def service_report(
        context: ScheduleEvaluationContext, lake: LakeResource
    ) -> RunRequest | SkipReason:
        now = context.scheduled_execution_time
        if not ProbeLog(lake.open(), model.name).since(hour_of(now) - HOUR):
            return SkipReason("the endpoint was not probed in the last hour")
        return RunRequest(run_key=hour_of(now).isoformat())

    return service_report


def _reported(model: Model, lake: Lake, hours: Sequence[ServiceHour]) -> dict[str, object]:
    """Write the hours, and what Dagster shows of them."""
    if not hours:
        return {"rows": 0}
    written = write_hours(model, lake, hours)
    table = lake.table(model.table(names.SERVICE_REPORT))
    newest = {name: value for name, value in hours[-1].to_row().items() if name != "hour"}
    return {
        **table_metadata(table, written),
        **{name: value for name, value in newest.items() if value is not None},
        "hour": hours[-1].hour.isoformat(timespec="minutes"),
        "hours": service_figure(hours, model.spec.serving.objectives),
    }


def _availability(
    hours: Sequence[ServiceHour], objectives: ObjectivesSpec, now: datetime
) -> CheckOutcome:
    """The check of the probes, with what requests say of the same budget beside it."""
    period = [each for each in hours if each.hour > now - objectives.window]
    probes, failed = (sum(getattr(each, n) for each in period) for n in ("probes", "failed_probes"))
    outcome = availability_outcome(probes, failed, objectives.availability, objectives.window)
    requests, bad = (sum(getattr(each, n) for each in period) for n in ("requests", "failed"))
    left = {
        "probe_budget_left": budget_left(probes, failed, objectives.availability),
        "request_budget_left": budget_left(requests, bad, objectives.availability),
        "requests": requests,
        "failed_requests": bad,
    }
    return CheckOutcome(outcome.verdict, outcome.sentence, {**outcome.numbers, **left})
