"""What the stage ``validated`` says of itself: its assets, and what their checks demand."""

from dagster import AssetCheckSpec, AssetKey, AssetSpec

from ml_platform.core import names
from ml_platform.lifecycle.automation import FOLLOW_INPUTS
from ml_platform.lifecycle.source import Source
from ml_platform.lifecycle.table_metadata import STORAGE

_DEMANDS = {
    names.VOLUME: "The row count is as usual: neither far fewer nor far more than before.",
    names.NULL_SPIKE: "No column is null more often than it was before.",
    names.DUPLICATES: "No more rows than before repeat a key, or another row where none is known.",
    names.CATEGORY_EXPLOSION: "No text column has far more distinct values than before.",
    names.SCHEMA: "The landed file has the columns, with their types, of the last that was good.",
}


def asset_specs(source: Source) -> list[AssetSpec]:
    """``<table>/validated`` and ``<table>/quarantine``."""
    spec = source.spec
    good, bad = names.validated(spec.name), names.quarantine(spec.name)
    common = {"owners": list(spec.owners), "tags": spec.tags, "kinds": {"spark", STORAGE}}
    upstream = [AssetKey(list(names.raw(spec.name)))]
    return [
        AssetSpec(
            key=AssetKey(list(bad)),
            deps=upstream,
            description=(
                f"Rows of `{spec.name}` that break its contract, as landed, each with the list of "
                "reasons (column, check, value). Grain: one row per refused row."
            ),
            automation_condition=FOLLOW_INPUTS,
            skippable=True,
            **common,
        ),
        AssetSpec(
            key=AssetKey(list(good)),
            deps=upstream,
            description=f"{spec.description}\n\nRows that keep the contract "
            f"`{source.contract.__name__}`, typed. Source: `{spec.name}/raw`.",
            automation_condition=FOLLOW_INPUTS,
            # A blocked partition keeps its last good version.
            skippable=True,
            **common,
        ),
    ]


def check_specs(source: Source) -> list[AssetCheckSpec]:
    """The checks of ``<table>/validated``; those that block hold up whatever follows."""
    asset = AssetKey(list(names.validated(source.spec.name)))
    every = source.partitions
    return [
        AssetCheckSpec(
            names.CONTRACT,
            asset=asset,
            blocking=True,
            partitions_def=every,
            description="The share of rows that break the contract is within its limit.",
        ),
        AssetCheckSpec(
            names.REFUSED_ROWS,
            asset=asset,
            partitions_def=every,
            description="No row breaks the contract. Only warns: `contract` says what is too many.",
        ),
        AssetCheckSpec(
            names.CONSERVATION,
            asset=asset,
            blocking=True,
            partitions_def=every,
            description="Rows landed = rows validated + rows quarantined.",
        ),
        *(
            AssetCheckSpec(check, asset=asset, partitions_def=every, description=demand)
            for check, demand in _DEMANDS.items()
        ),
        AssetCheckSpec(
            names.QUALITY,
            asset=asset,
            blocking=True,
            partitions_def=every,
            description=f"None of {', '.join(_DEMANDS)} failed: else the last good rows stay.",
        ),
    ]
