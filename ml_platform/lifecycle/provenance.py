"""What a model version is made of, as its artifact and the registry record it."""

import json
from collections.abc import Mapping
from typing import Any

from dagster import AssetExecutionContext, Failure

from ml_platform.core import names
from ml_platform.lifecycle.model import Model
from ml_platform.stores.code_revision import code_revision


def provenance_of(context: AssetExecutionContext, model: Model, version: int) -> dict[str, Any]:
    """What the version is made of: enough to make it again."""
    made = training_set_of(context, model)
    tags = context.run.tags
    return {
        "training_set_version": version,
        "training_set_digest": made["digest"].value,
        "data_versions": made["data_versions"].value,
        "code_revision": code_revision(),
        "dagster_run_id": context.run.run_id,
        "decision": tags.get(names.TAG_DECISION, "by hand"),
        "cause": tags.get(names.TAG_CAUSE, "by hand"),
        "as_of": tags.get(names.TAG_AS_OF, ""),
    }


def training_set_of(context: AssetExecutionContext, model: Model) -> Mapping[str, Any]:
    """What the newest training set recorded of itself.

    Raises:
        Failure: there is none.
    """
    event = context.instance.get_latest_materialization_event(model.key(names.TRAINING_SET))
    if event is None or event.asset_materialization is None:
        raise Failure(f"{model.name} has no training set: materialise it first")
    return event.asset_materialization.metadata


def as_tags(provenance: Mapping[str, Any]) -> dict[str, str]:
    """The same as the registry keeps it: text, JSON where it is none."""
    return {name: v if isinstance(v, str) else json.dumps(v) for name, v in provenance.items()}
