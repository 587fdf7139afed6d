"""The example's model as its declaration says, without a home."""

from __future__ import annotations

from ml_platform.components.managed_model import ManagedModel
from ml_platform.components.source_table import SourceTable
from ml_platform.core.model_spec import ModelSpec
from ml_platform.core.source_spec import SourceSpec
from ml_platform.lifecycle.model import Model
from ml_platform_tests.end_to_end.loop import MODEL, TABLES, declared


def declared_model() -> Model:
    tables = [
        SourceTable(
            SourceSpec.model_validate(declared("sources", table)),
            f"ml_platform.defs.sources.{table}",
        )
        for table in TABLES
    ]
    spec = ModelSpec.model_validate(declared("models", MODEL))
    return ManagedModel(spec, f"ml_platform.defs.models.{MODEL}").model(tables)
