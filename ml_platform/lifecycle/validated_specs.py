"""What the stage ``validated`` says of its assets."""

from dagster import AssetKey, AssetSpec

from ml_platform.core import names
from ml_platform.lifecycle.automation import FOLLOW_INPUTS
from ml_platform.lifecycle.source import Source
from ml_platform.lifecycle.table_metadata import STORAGE


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
