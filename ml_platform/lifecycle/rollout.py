"""Rollout: a sensor that reads what a new version did so far and takes the next step with it."""

from collections.abc import Mapping
from datetime import UTC, datetime

from dagster import (
    AssetSelection,
    DefaultSensorStatus,
    SensorDefinition,
    SensorEvaluationContext,
    SkipReason,
    sensor,
)

from ml_platform.core import names
from ml_platform.core.errors import ConfigError, UserError
from ml_platform.core.ledger import LedgerEntry, Past
from ml_platform.core.rollout.counted import Counted
from ml_platform.core.rollout.policy import decide
from ml_platform.core.rollout.running import Rollout, running
from ml_platform.core.rollout.step import Cause, Move, Step, recorded
from ml_platform.core.service_level.counters import Counters
from ml_platform.core.serving_spec import RolloutSpec
from ml_platform.core.spec_errors import not_among
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.rollout_facts import gather_facts
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.registry_resource import RegistryResource
from ml_platform.stores import champion_moves, rollout_moves
from ml_platform.stores.ledger import Ledger
from ml_platform.stores.model_registry import ModelRegistry
from ml_platform.stores.settings import Settings
from ml_platform.stores.version_counters import version_counters


def rollout_sensor(model: Model, tick_seconds: int) -> SensorDefinition:
    """The sensor ``<model>_rollout``, of a model with a declared rollout.

    Raises:
        ConfigError: requests are to be told apart by a column that they do not have.
    """
    declared = model.spec.serving.rollout
    assert declared is not None
    _check_key(model, declared)

    @sensor(
        name=f"{model.name}_rollout",
        asset_selection=AssetSelection.assets(model.key(names.CHAMPION)),
        minimum_interval_seconds=tick_seconds,
        default_status=DefaultSensorStatus.RUNNING,
        description=(
            "Watches the version that is on its way to become champion: errors, slow answers, "
            "divergence and loss beside the champion's. Takes the next step, promotes it or rolls "
            "it back, each on record first."
        ),
    )
    def rollout(
        context: SensorEvaluationContext, lake: LakeResource, registry: RegistryResource
    ) -> SkipReason:
        opened, versions, now = lake.open(), registry.open(), datetime.now(UTC)
        ledger = Ledger(opened)
        past = ledger.lines(model.name)
        if champion_moves.finish(versions, past, now):
            return SkipReason("the champion was moved as the ledger says: that had been cut short")
        if (line := rollout_moves.pending(versions, past)) is not None:
            done = rollout_moves.finish(versions, line, now)
            return SkipReason(
                f"{line.verdict}: {'had been cut short' if done else 'in the making'}"
            )
        standing = running(past)
        if standing is None:
            return SkipReason("no rollout is under way")
        counted = _count(model, standing, context.cursor)
        if isinstance(counted, Counted):
            context.update_cursor(counted.to_json())
        asked = counted if isinstance(counted, str) else counted.since
        facts = gather_facts(model, opened, versions, standing, asked, now)
        step = decide(declared, standing, facts)
        return take(ledger, versions, past, standing, step, now)

    return rollout


def _check_key(model: Model, declared: RolloutSpec) -> None:
    known = dict.fromkeys((*model.spec.key, *model.inputs))
    for column in declared.key:
        if column not in known:
            told = not_among(column, known, "serving.rollout.key")
            raise ConfigError(f"model {model.name}: {told}")


def _count(model: Model, rollout: Rollout, cursor: str | None) -> Counted | str:
    """What the endpoint counted since the rollout began, or why it could not be asked."""
    try:
        settings = Settings.from_env()
        url = settings.endpoint_url
        if url is None:
            return "no endpoint runs"
        found: Mapping[int, Counters] = version_counters(
            url, model.name, settings.read_endpoint_token()
        )
    except UserError as error:
        return str(error)
    return Counted.from_json(cursor, rollout.entry_id).after(found)


def take(
    ledger: Ledger,
    registry: ModelRegistry,
    past: Past,
    rollout: Rollout,
    step: Step,
    now: datetime,
) -> SkipReason:
    """Put a step on record and then make it; a hold is recorded once for each cause and stage.

    Where somebody else wrote to the ledger since it was read, a person who ended the rollout for
    one, nothing is done: the next tick decides on what is true then.
    """
    line = recorded(step, rollout, decided_at=now)
    told = SkipReason(f"{step.move}: {step.reason}")
    if step.cause is Cause.FEW_REQUESTS or _on_record(line, past):
        return told
    if len(ledger.lines(rollout.model)) != len(past):
        return SkipReason(f"the ledger has a new line; looks again before: {step.reason}")
    ledger.append(line)
    if step.move is Move.PROMOTE:
        champion_moves.carry_out(registry, line)
    else:
        rollout_moves.carry_out(registry, line)
    return told


def _on_record(line: LedgerEntry, past: Past) -> bool:
    return any(each.entry_id == line.entry_id for each in past)
