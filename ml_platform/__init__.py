"""ml_platform: declare a model, get a loop.

``SourceTable`` and ``ManagedModel`` are the two component types a team writes in ``defs.yaml``,
``Platform`` the one that watches over all of them.
"""

from typing import Any

__version__ = "0.1.0"

__all__ = ["ManagedModel", "Platform", "SourceTable", "__version__"]

_COMPONENTS = {
    "SourceTable": "ml_platform.components.source_table",
    "ManagedModel": "ml_platform.components.managed_model",
    "Platform": "ml_platform.components.platform",
}


def __getattr__(name: str) -> Any:
    # Dagster is imported only when a component is asked for: core and serving never need it.
    if name not in _COMPONENTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_COMPONENTS[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_COMPONENTS})
