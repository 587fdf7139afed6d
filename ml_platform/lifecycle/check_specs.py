"""The checks of an asset as Dagster has them, from the catalogue."""

from __future__ import annotations

from collections.abc import Collection

from dagster import AssetCheckSpec, AssetKey, PartitionsDefinition

from ml_platform.core.checks.catalogue import of_stage
from ml_platform.core.checks.check import Check


def check_specs(
    asset: tuple[str, ...],
    partitions: PartitionsDefinition | None = None,
    without: Collection[str] = (),
) -> list[AssetCheckSpec]:
    """The specs of all checks of an asset's stage, in the order of the catalogue.

    Args:
        asset: its path, which ends with the stage.
        partitions: of the asset; None where it has none.
        without: names of checks that this declaration does not ask for, or another step makes.
    """
    return [
        check_spec(check, asset, partitions)
        for check in of_stage(asset[-1])
        if check.name not in without
    ]


def check_spec(
    check: Check, asset: tuple[str, ...], partitions: PartitionsDefinition | None = None
) -> AssetCheckSpec:
    """The spec of one check on an asset."""
    return AssetCheckSpec(
        check.name,
        asset=AssetKey(list(asset)),
        blocking=check.blocking,
        partitions_def=partitions,
        description=check.demand,
    )
