"""The plan: what is declared now against what runs, and what follows, before anything is loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ml_platform.core.declaration.plan.consequence import Consequence, report
from ml_platform.core.declaration.plan.models import of_models
from ml_platform.core.declaration.plan.standing import (
    Champion,
    DeclaredModel,
    DeclaredTable,
    RunningModel,
    RunningTable,
)
from ml_platform.core.declaration.plan.tables import of_tables

__all__ = [
    "Champion",
    "Consequence",
    "DeclaredModel",
    "DeclaredTable",
    "RunningModel",
    "RunningTable",
    "plan",
    "report",
]


def plan(
    tables: Sequence[DeclaredTable],
    models: Sequence[DeclaredModel],
    running_tables: Mapping[str, RunningTable],
    running_models: Mapping[str, RunningModel],
    retired: frozenset[str] = frozenset(),
) -> list[Consequence]:
    """Everything that differs, in a sentence each: tables first, then models.

    Args:
        tables: as declared now.
        models: as declared now.
        running_tables: in the lake, by name.
        running_models: on record in the home, by name.
        retired: tables and models that a person gives up: that they are gone is no fault.
    """
    champions = {name: each.champion for name, each in running_models.items() if each.champion}
    return [
        *of_tables(tables, running_tables, champions, retired),
        *of_models(models, running_models, running_tables, retired),
    ]
