"""What runs in a home, as a plan compares it: tables of the lake and the models' live versions."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ml_platform.core import names

if TYPE_CHECKING:
    from ml_platform.cli.state import State
    from ml_platform.core.declaration.plan import Champion, RunningModel, RunningTable
    from ml_platform.stores.lake import LakeTable
    from ml_platform.stores.registered_version import RegisteredVersion

_SPARK = {"byte": "tinyint", "short": "smallint", "integer": "int", "long": "bigint"}
_VALIDATED, _OF_MODELS = "validated", (names.FEATURES, names.INFERENCE_LOG)


def running(state: State) -> tuple[Mapping[str, RunningTable], Mapping[str, RunningModel]]:
    """The tables of the lake and the models on record, by name."""
    from ml_platform.core.declaration.plan import RunningTable

    written = {each.name: each for each in state.lake.tables()}
    of_models = set(state.registry.models())
    tables = {}
    for name, table in written.items():
        owner, _, stage = name.partition("/")
        if stage == _VALIDATED:
            tables[owner] = RunningTable(_columns(table), table.partitions())
        elif stage in _OF_MODELS:
            of_models.add(owner)
    return tables, {name: _model(state, name, written) for name in sorted(of_models)}


def _model(state: State, name: str, written: Mapping[str, LakeTable]) -> RunningModel:
    from ml_platform.core.declaration.plan import RunningModel

    features = written.get(names.table_of(names.of_model(name, names.FEATURES)))
    champion = state.registry.champion(name)
    return RunningModel(
        champion=champion and _champion(champion),
        log=names.table_of(names.of_model(name, names.INFERENCE_LOG)) in written,
        features=_columns(features) if features else {},
        partitions=len(features.partitions()) if features else 0,
    )


def _champion(version: RegisteredVersion) -> Champion | None:
    """The live version as its artifact has it; None of one that no release wrote so."""
    from pydantic import ValidationError

    from ml_platform.core.declaration.plan import Champion
    from ml_platform.core.errors import StoreError
    from ml_platform.core.model_spec import ModelSpec

    try:
        kept: Mapping[str, Any] = json.loads((version.path / "spec.json").read_text())
        return Champion(
            version.version,
            ModelSpec.model_validate(kept["spec"]),
            kept["input_columns"],
            kept.get("code_sha256"),
            kept.get("batch_code_sha256"),
            frozenset(_words(version.path / "batch_code")),
        )
    except (OSError, KeyError, ValidationError) as error:
        raise StoreError(
            f"version {version.version} of {version.model} cannot be compared: its artifact "
            f"{version.path} cannot be read: {error}"
        ) from error


def _words(folder: Path) -> Iterator[str]:
    """The words in the texts of a version's own code, column names among them."""
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from re.findall(r"\w+", node.value)
            elif isinstance(node, ast.Attribute):
                yield node.attr


def _columns(table: LakeTable) -> dict[str, str]:
    """Columns of a table, by Spark's names of types, without those of the platform."""
    types = table.types()
    return {
        name: _SPARK.get(str(kind), str(kind))
        for name, kind in types.items()
        if name != names.PARTITION and not name.startswith("_")
    }
