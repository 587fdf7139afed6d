"""The contract of a source table, as it is declared under defs/sources."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import ml_platform
from ml_platform.cli.declarations import declarations_in, known
from ml_platform.core.errors import ConfigError

if TYPE_CHECKING:
    from ml_platform.spark.contract import CompiledContract

SOURCES = Path(ml_platform.__file__).parent / "defs" / "sources"


def declared_contract(source: str) -> CompiledContract:
    """The contract that a source table is declared with now.

    Raises:
        ConfigError: there is no such source, or its declaration or contract is not in order.
    """
    from pydantic import ValidationError

    from ml_platform.components.declared_module import declared_class
    from ml_platform.core.source_spec import SourceSpec
    from ml_platform.spark.contract import compile_contract

    declared = {found["name"]: (path, found) for path, found in declarations_in(SOURCES)}
    path, attributes = declared[known("source", source, declared)]
    try:
        spec = SourceSpec.model_validate(attributes)
    except ValidationError as error:
        raise ConfigError(f"{path}: {error.errors()[0]['msg']}") from error
    package = f"{ml_platform.__name__}.defs.sources.{path.parent.name}"
    model = declared_class(package, spec.contract, "contract")
    return compile_contract(model, spec.partitions.calendar)
