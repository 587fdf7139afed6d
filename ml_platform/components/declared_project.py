"""What a project declares, as a plan compares it: tables with their columns, models with code."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from ml_platform.components.managed_model import ManagedModel
from ml_platform.components.project_documents import documents_of
from ml_platform.components.source_table import SourceTable
from ml_platform.core.declaration.plan import DeclaredModel, DeclaredTable
from ml_platform.core.model_spec import ModelSpec
from ml_platform.core.source_spec import SourceSpec
from ml_platform.estimators.packed_code import pack


def declared_project(
    defs: Path, package: str
) -> tuple[Sequence[DeclaredTable], Sequence[DeclaredModel]]:
    """The tables and models of a project in which `check_project` finds nothing wrong.

    Args:
        defs: the folder of its declarations.
        package: dotted name of that folder.

    Raises:
        ConfigError: code that a version must keep cannot be kept; the message names file and line.
    """
    documents, _ = documents_of(defs, package)
    kinds = {id(each): _kind(each.kind) for each in documents}
    tables = [
        SourceTable(SourceSpec.model_validate(each.attributes), each.package)
        for each in documents
        if kinds[id(each)] is SourceTable
    ]
    models = [
        ManagedModel(ModelSpec.model_validate(each.attributes), each.package)
        for each in documents
        if kinds[id(each)] is ManagedModel
    ]
    return [_table(each) for each in tables], [_model(each) for each in models]


def _kind(name: str) -> object:
    module, _, kind = name.rpartition(".")
    return getattr(import_module(module), kind)


def _table(component: SourceTable) -> DeclaredTable:
    source = component.source()
    columns = {field.name: field.dataType.simpleString() for field in source.compiled.spark_schema}
    return DeclaredTable(component.spec.name, columns, component.spec.partitions.calendar)


def _model(component: ManagedModel) -> DeclaredModel:
    preprocess, features = component.code()
    return DeclaredModel(
        component.spec,
        preprocess.INPUTS,
        pack(preprocess.__name__).digest,
        pack(features.__name__).digest,
    )
