"""Promotion: a candidate that the gate let through becomes champion, on record first.

Where a rollout is declared and there is a champion already, it begins its rollout instead, and the
rollout sensor promotes it. A version with other inputs than the champion's cannot be rolled out,
and waits for a person.

A run that dies between the line of the ledger and the move of the alias leaves the line and the
former champion. The step done again makes the move; if nobody does it again, the retraining sensor
makes it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from dagster import AssetExecutionContext, AssetsDefinition, MaterializeResult, asset

from ml_platform.core import names
from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.core.rollout.plan import stages
from ml_platform.core.rollout.running import running
from ml_platform.core.rollout.step import Cause, Move, Step, recorded, rollout_id, started
from ml_platform.lifecycle.challenger import challenger_of, require_gate
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.record import record
from ml_platform.lifecycle.rollout_inputs import inputs_beyond
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.registry_resource import RegistryResource
from ml_platform.stores import rollout_moves
from ml_platform.stores.champion_moves import carry_out
from ml_platform.stores.lake import Lake
from ml_platform.stores.ledger import Ledger
from ml_platform.stores.model_registry import ModelRegistry
from ml_platform.stores.registered_version import RegisteredVersion

AWAITING_APPROVAL = "awaiting_approval"


def champion_asset(model: Model) -> AssetsDefinition:
    """The asset ``<model>/champion``."""
    automatic = model.spec.promotion.approval == "automatic"

    @asset(
        key=list(model.path(names.CHAMPION)),
        deps=[model.key(names.EVALUATION)],
        description=(
            "The version that scores from now on: the registry's alias `champion` moves, the "
            "former champion stays addressable as `previous`. "
            + (
                f"{'Its rollout' if model.spec.serving.rollout else 'Promotion'} is automatic once "
                "the gate passed."
                if automatic
                else "A person approves with `ml-platform promote`."
            )
        ),
        **(model.common("mlflow") | {"kinds": {"mlflow"}}),
    )
    def champion(
        context: AssetExecutionContext, lake: LakeResource, registry: RegistryResource
    ) -> MaterializeResult:
        versions = registry.open()
        challenger = challenger_of(context, versions, model.name)
        former = versions.champion(model.name)
        # Done again after the alias moved, nothing is left to judge.
        if former is None or former.version != challenger.version:
            require_gate(challenger, former)
        opened = lake.open()
        if automatic and former is not None and _rolled_out(model, former, challenger):
            if beyond := inputs_beyond(former, challenger):
                entry = _not_comparable(context, model, opened, former, challenger, beyond)
            else:
                entry = start_rollout(context, model, opened, versions, former, challenger)
        else:
            entry = _promoted(context, model, opened, former, challenger)
            if automatic:
                carry_out(versions, entry)
        return MaterializeResult(
            metadata={
                "model_version": challenger.version,
                "verdict": entry.verdict,
                "reason": entry.reason,
                "mlflow_run": challenger.run_id,
            }
        )

    return champion


def _rolled_out(model: Model, former: RegisteredVersion, challenger: RegisteredVersion) -> bool:
    return model.spec.serving.rollout is not None and former.version != challenger.version


def _promoted(
    context: AssetExecutionContext,
    model: Model,
    lake: Lake,
    former: RegisteredVersion | None,
    challenger: RegisteredVersion,
) -> LedgerEntry:
    automatic = model.spec.promotion.approval == "automatic"
    passed = f"version {challenger.version} passed the gate"
    replaced = f"version {former.version}" if former else "no champion before"
    waits = f"{passed} and waits for a person's approval"
    return record(
        context,
        lake,
        model.name,
        kind=EntryKind.PROMOTION if automatic else EntryKind.OUTCOME,
        verdict="promoted" if automatic else AWAITING_APPROVAL,
        reason=f"{passed}; it replaces {replaced}" if automatic else waits,
        model_version=challenger.version,
        evidence={"former": former.version if former else None},
    )


def _not_comparable(
    context: AssetExecutionContext,
    model: Model,
    lake: Lake,
    former: RegisteredVersion,
    challenger: RegisteredVersion,
    beyond: Sequence[str],
) -> LedgerEntry:
    """Record that a version must be promoted at once, by a person who knows what clients send."""
    return record(
        context,
        lake,
        model.name,
        kind=EntryKind.OUTCOME,
        verdict=AWAITING_APPROVAL,
        reason=(
            f"version {challenger.version} passed the gate, but no rollout can compare it with "
            f"version {former.version}: it needs inputs that requests to that version do not "
            f"have ({', '.join(beyond)}). Once clients send them, a person promotes it at once: "
            f"ml-platform promote {model.name} {challenger.version}"
        ),
        model_version=challenger.version,
        evidence={"former": former.version, "inputs": list(beyond)},
    )


def start_rollout(
    context: AssetExecutionContext,
    model: Model,
    lake: Lake,
    registry: ModelRegistry,
    former: RegisteredVersion,
    challenger: RegisteredVersion,
) -> LedgerEntry:
    """Begin the rollout of a version, in place of one that is under way.

    Each line is on record before it is carried out. What the same run began already is
    left where it stands by now; if it was cut short, the rollout sensor finishes it.
    """
    assert model.spec.serving.rollout is not None
    ledger, entry_id = Ledger(lake), rollout_id(context.run.run_id)
    past = ledger.entries(model=model.name)
    if begun := [each for each in past if each.entry_id == entry_id]:
        return begun[0]
    if (standing := running(past)) is not None:
        reason = f"version {challenger.version} passed the gate and takes its place"
        step = Step(Move.END, Cause.REPLACED, reason)
        over = recorded(step, standing, decided_at=datetime.now(UTC))
        ledger.append(over)
        rollout_moves.carry_out(registry, over)
    line = started(
        model.name,
        challenger.version,
        former.version,
        stages(model.spec.serving.rollout)[0],
        # After the end of the one before it, so that the ledger keeps their order.
        decided_at=datetime.now(UTC),
        as_of=context.run.tags.get(names.TAG_AS_OF, ""),
        run_id=context.run.run_id,
        refers_to=context.run.tags.get(names.TAG_DECISION),
        entry_id=entry_id,
    )
    ledger.append(line)
    rollout_moves.carry_out(registry, line)
    return line
