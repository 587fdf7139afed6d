"""A module, or a class of one, that a declaration names and that lies beside its defs.yaml."""

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from dagster import ComponentLoadContext

from ml_platform.core.errors import ConfigError


def declared_module(package: str, name: str, key: str) -> ModuleType:
    """Import a module that lies beside a declaration.

    Args:
        package: dotted name of the declaration's package.
        name: as declared.
        key: of the declaration, for the message.

    Raises:
        ConfigError: there is none, or it cannot be imported.
    """
    dotted, where = f"{package}.{name}", place_of(package, key)
    try:
        return import_module(dotted)
    except ModuleNotFoundError as error:
        if error.name and dotted.startswith(error.name):
            raise ConfigError(
                f'{where}: "{name}" is declared, but there is no {name}.py beside defs.yaml'
            ) from error
        raise ConfigError(f"{where}: {name}.py cannot be imported: {error}") from error


def declared_class(package: str, declared: str, key: str) -> type[Any]:
    """The class that a declaration such as ``contract.Flights`` names.

    Args:
        package: dotted name of the declaration's package.
        declared: module and class, as declared.
        key: of the declaration, for the message.

    Raises:
        ConfigError: the module or the class does not exist; the message lists those there are.
    """
    name, _, wanted = declared.rpartition(".")
    module = declared_module(package, name, key)
    there = {
        found: value
        for found, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__
    }
    if wanted not in there:
        raise ConfigError(
            f'{place_of(package, key)}: "{wanted}" is not in {name}.py, which has '
            f"{', '.join(there) or 'no classes'}"
        )
    return there[wanted]


def place_of(package: str, key: str) -> str:
    """A key of a declaration, for a message.

    >>> place_of("ml_platform.defs.sources.flights", "contract")
    'ml_platform/defs/sources/flights/defs.yaml, contract'
    """
    return f"{package.replace('.', '/')}/defs.yaml, {key}"


def package_of(context: ComponentLoadContext) -> str:
    """Dotted name of the package that holds the declaration being loaded."""
    inside = Path(context.path).relative_to(context.defs_module_path)
    return ".".join([context.defs_module_name, *inside.parts])
