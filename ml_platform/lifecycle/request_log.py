"""Request log: what the endpoint answered, moved from its durable log into the inference log."""

from collections.abc import Iterator

from dagster import (
    AssetCheckKey,
    AssetExecutionContext,
    AssetsDefinition,
    AssetSelection,
    DagsterInstance,
    DefaultSensorStatus,
    RunRequest,
    RunsFilter,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    asset,
    sensor,
)

from ml_platform.core import names
from ml_platform.core.errors import ConfigError
from ml_platform.core.moved_requests import lag_outcome, moved_outcome
from ml_platform.core.verdict import Verdict
from ml_platform.lifecycle.check_results import written_whole
from ml_platform.lifecycle.check_specs import check_specs
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.optional_checks import optional_checks
from ml_platform.lifecycle.policy_facts import IN_PROGRESS
from ml_platform.lifecycle.request_mover import RequestMover
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.stores.lake import Lake
from ml_platform.stores.request_log.where import open_reader
from ml_platform.stores.settings import Settings

Tick = SensorResult | SkipReason


def request_log_asset(model: Model) -> AssetsDefinition:
    """The asset ``<model>/request_log`` and its checks that nothing is lost, doubled or late.

    Raises:
        ConfigError: a column to redact is no input of the model, or part of its key.
    """
    _check_redaction(model)
    path = model.path(names.REQUEST_LOG)
    move_every = model.spec.serving.log.move_every

    @optional_checks
    @asset(
        key=list(path),
        deps=[model.key(names.CHAMPION)],
        description=(
            "Answered requests, moved from the endpoint's durable log into the inference log with "
            "the source `online`: rows and how far the log was read are one commit. Grain: one "
            "row per row of a request."
        ),
        check_specs=check_specs(path, without=[names.LIVE_PARITY]),
        **model.common(),
    )
    def request_log(context: AssetExecutionContext, lake: LakeResource) -> Iterator[object]:
        mover = request_mover(model, lake.open())
        oldest = mover.oldest()
        moves = mover.move()
        counted = moved_outcome(mover.count(moves))
        gone = [] if counted.verdict is Verdict.FAILED else mover.forget_the_dead()
        metadata = {"rows": sum(moves.rows.values()), "logs_removed": len(gone)}
        if moves.version is not None:
            metadata["delta_version"] = moves.version
        outcomes = {names.MOVED_ONCE: counted, names.LOG_LAG: lag_outcome(oldest, move_every)}
        yield from written_whole(path, metadata, outcomes)

    return request_log


def request_log_sensor(model: Model) -> SensorDefinition:
    """The sensor ``<model>_request_log``: a run where something waits and none is under way."""
    key = model.key(names.REQUEST_LOG)
    own_checks = [AssetCheckKey(key, check) for check in (names.MOVED_ONCE, names.LOG_LAG)]

    @sensor(
        name=f"{model.name}_request_log",
        # Its own checks and no other: live parity needs Spark and the registry, once a day.
        asset_selection=AssetSelection.assets(key).without_checks()
        | AssetSelection.checks(*own_checks),
        minimum_interval_seconds=round(model.spec.serving.log.move_every.total_seconds()),
        default_status=DefaultSensorStatus.RUNNING,
        description="Has answered requests moved to the inference log, one run at a time.",
    )
    def request_log(context: SensorEvaluationContext, lake: LakeResource) -> Tick:
        if _under_way(model, context.instance):
            return SkipReason("requests are being moved")
        if request_mover(model, lake.open()).oldest() is None:
            return SkipReason("no answered request waits to be moved")
        tags = {names.TAG_TRIGGER: "request_log", names.TAG_MOVES: model.name}
        # Named, since a request for an asset alone runs every check that it has.
        asked = RunRequest(asset_selection=[key], asset_check_keys=own_checks, tags=tags)
        return SensorResult(run_requests=[asked])

    return request_log


def request_mover(model: Model, lake: Lake) -> RequestMover:
    """The mover of this installation's log."""
    return RequestMover(model, lake, open_reader(Settings.from_env().request_log, model.name))


def _under_way(model: Model, instance: DagsterInstance) -> bool:
    ours = RunsFilter(tags={names.TAG_MOVES: model.name}, statuses=IN_PROGRESS)
    return bool(instance.get_runs(ours, limit=1))


def _check_redaction(model: Model) -> None:
    place = f"model {model.name}: serving.log.redact"
    for column in model.spec.serving.log.redact:
        if column in model.spec.key:
            raise ConfigError(
                f'{place}: "{column}" is part of the key, which labels are matched by; use a key '
                "without personal data"
            )
        if column not in model.inputs:
            raise ConfigError(
                f'{place}: "{column}" is no input; inputs are {", ".join(model.inputs)}'
            )
