"""What is wrong with the code beside a model's declaration, alone and against its tables."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from ml_platform.core.declaration.imports import Import, imports_of, unserved
from ml_platform.core.declaration.inputs import features_mistakes, inputs_mistakes
from ml_platform.core.declaration.mistake import Mistake
from ml_platform.core.declaration.model_columns import lineage_mistakes, model_column_mistakes
from ml_platform.core.model_spec import ModelSpec
from ml_platform.lifecycle.source import Source


def code_mistakes(preprocess: ModuleType, features: ModuleType) -> Iterator[Mistake]:
    """What is wrong with a model's two modules, whatever tables there are.

    Args:
        preprocess: has ``INPUTS``, ``FEATURES`` and ``transform``.
        features: has ``features``.
    """
    of_requests, of_days = file_of(preprocess), file_of(features)
    for message in inputs_mistakes(preprocess.INPUTS):
        yield Mistake(of_requests, "INPUTS", message)
    for message in features_mistakes(preprocess.FEATURES):
        yield Mistake(of_requests, "FEATURES", message)
    if not _takes(preprocess.transform, 1):
        yield Mistake(of_requests, "transform", "expected a function of the columns")
    yield from _served(preprocess)
    if not _takes(features.features, 3):
        message = "expected a function of primary, lookups and history"
        yield Mistake(of_days, "features", message)
    back = getattr(features, "LOOKBACK_DAYS", 0)
    if isinstance(back, bool) or not isinstance(back, int) or back < 0:
        message = f"given {back!r}; expected a whole number of days, such as 14"
        yield Mistake(of_days, "LOOKBACK_DAYS", message)


def column_mistakes(
    spec: ModelSpec, preprocess: ModuleType, features: ModuleType, sources: Mapping[str, Source]
) -> Iterator[Mistake]:
    """What declaration and code say of columns that the contracts do not have.

    Args:
        spec: the declaration.
        preprocess: a module without mistakes of its own.
        features: the same.
        sources: the tables that the model reads.
    """
    contracts = {
        name: {field.name: field.dataType.simpleString() for field in source.compiled.spark_schema}
        for name, source in sources.items()
    }
    yield from model_column_mistakes(spec, list(preprocess.INPUTS), contracts)
    for message in lineage_mistakes(getattr(features, "LINEAGE", {}), contracts):
        yield Mistake(file_of(features), "LINEAGE", message)


def file_of(module: ModuleType) -> str:
    """The file of a module beside a declaration.

    >>> import ml_platform.core.errors as errors
    >>> file_of(errors)
    'errors.py'
    """
    return Path(str(module.__file__)).name


def _takes(function: object, arguments: int) -> bool:
    try:
        inspect.signature(function).bind(*range(arguments))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return True


def _served(preprocess: ModuleType) -> Iterator[Mistake]:
    """Imports that the endpoint does without, in preprocessing and in what it imports beside it."""
    package = preprocess.__name__.rpartition(".")[0]
    root = package.split(".")[0]
    waiting = [Import(preprocess.__name__, 0)]
    known: set[str] = set()
    while waiting:
        name = waiting.pop().module
        file = _source(name)
        if name in known or file is None:
            continue
        known.add(name)
        found = imports_of(file.read_text(encoding="utf-8"), name.rpartition(".")[0])
        for each in found:
            if message := unserved(each):
                yield Mistake(file.name, "", message, each.line)
        # The platform's own modules are served already.
        waiting += [each for each in found if _beside(each.module, package, root)]


def _beside(module: str, package: str, root: str) -> bool:
    return module.startswith(f"{package}.") or (
        module.split(".")[0] == root and root != "ml_platform"
    )


def _source(module: str) -> Path | None:
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:
        return None
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return None
    return Path(spec.origin)
