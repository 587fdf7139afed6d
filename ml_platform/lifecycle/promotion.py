"""Promotion: a candidate that the gate let through becomes champion, on record first.

A run that dies between the line of the ledger and the move of the alias leaves the line and the
former champion. The step done again makes the move; if nobody does it again, the retraining sensor
makes it.
"""

from dagster import AssetExecutionContext, AssetsDefinition, MaterializeResult, asset

from ml_platform.core import names
from ml_platform.core.ledger import EntryKind
from ml_platform.lifecycle.challenger import challenger_of, require_gate
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.record import record
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.registry_resource import RegistryResource
from ml_platform.stores.champion_moves import carry_out

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
                "Promotion is automatic once the gate passed."
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
        replaced = f"version {former.version}" if former else "no champion before"
        entry = record(
            context,
            lake.open(),
            model.name,
            kind=EntryKind.PROMOTION if automatic else EntryKind.OUTCOME,
            verdict="promoted" if automatic else AWAITING_APPROVAL,
            reason=f"version {challenger.version} passed the gate; it replaces {replaced}"
            if automatic
            else f"version {challenger.version} passed the gate and waits for a person's approval",
            model_version=challenger.version,
            evidence={"former": former.version if former else None},
        )
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
