"""Which candidate a stage of a retraining works on, and whether the gate let it through."""

from dagster import AssetExecutionContext, Failure

from ml_platform.stores.model_registry import CHALLENGER, ModelRegistry
from ml_platform.stores.registered_version import RegisteredVersion

GATE = "gate"
JUDGED_AGAINST = "judged_against"
PASSED = "passed"
NOBODY = "nobody"


def challenger_of(
    context: AssetExecutionContext, registry: ModelRegistry, model: str
) -> RegisteredVersion:
    """The version that this run trained; in a run that trained none, the present challenger.

    Raises:
        Failure: there is none.
    """
    trained = [
        version
        for version in registry.versions(model)
        if version.tags.get("dagster_run_id") == context.run.run_id
    ]
    found = trained[-1] if trained else registry.by_alias(model, CHALLENGER)
    if found is None:
        raise Failure(f"{model} has no candidate: materialise {model}/candidate first")
    return registry.version(model, found.version)


def verdict_tags(passed: bool, champion: RegisteredVersion | None) -> dict[str, str]:
    """What the evaluation records with a version."""
    return {GATE: PASSED if passed else "refused", JUDGED_AGAINST: _name(champion)}


def require_gate(challenger: RegisteredVersion, champion: RegisteredVersion | None) -> None:
    """Refuse to promote what the gate did not let through, or judged against somebody else.

    Raises:
        Failure: with the reason, in words.
    """
    name = f"version {challenger.version}"
    if challenger.tags.get(GATE) != PASSED:
        raise Failure(f"{name} was not let through by the gate: materialise the evaluation first")
    if challenger.tags.get(JUDGED_AGAINST) != _name(champion):
        raise Failure(
            f"{name} was judged against version {challenger.tags.get(JUDGED_AGAINST)}, but the "
            f"champion is now {_name(champion)}: somebody moved it since; evaluate again"
        )


def _name(champion: RegisteredVersion | None) -> str:
    return str(champion.version) if champion else NOBODY
