"""A module, or a class of one, that a declaration names and that lies beside its defs.yaml."""

import os
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from traceback import extract_tb
from types import ModuleType
from typing import Any

from dagster import ComponentLoadContext

from ml_platform.core.declaration.mistake import DeclarationError, Mistake


def declared_module(package: str, name: str, key: str) -> ModuleType:
    """Import a module that lies beside a declaration.

    Args:
        package: dotted name of the declaration's package.
        name: as declared.
        key: of the declaration, for the message.

    Raises:
        DeclarationError: there is none, or it cannot be imported; with the file and line at fault.
    """
    dotted, file = f"{package}.{name}", f"{name.replace('.', '/')}.py"
    try:
        return import_module(dotted)
    except ModuleNotFoundError as error:
        if _is_the_module(error.name, dotted, package):
            message = f'"{name}" is declared, but there is no {file} beside defs.yaml'
            raise _refused(package, Mistake("defs.yaml", key, message)) from error
        raise _refused(package, _unimportable(file, error, package)) from error
    except Exception as error:
        raise _refused(package, _unimportable(file, error, package)) from error


def code_mistake(file: str, error: Exception, package: str, what: str) -> Mistake:
    """What is wrong with a team's code that raised: the innermost line of it, and why.

    Args:
        file: beside the declaration, that was imported or called.
        error: what was raised.
        package: dotted name of the declaration's package.
        what: what was being done, as the beginning of a sentence.
    """
    raised = f"{type(error).__name__}: {error}"
    if isinstance(error, SyntaxError) and error.filename and not isinstance(error, ImportError):
        place, raised = (error.filename, error.lineno), f"{type(error).__name__}: {error.msg}"
    else:
        place = _innermost(error, package) or (None, None)
    path, line = place
    return Mistake(file if path is None else _beside(path, package), "", f"{what}: {raised}", line)


def _unimportable(file: str, error: Exception, package: str) -> Mistake:
    return code_mistake(file, error, package, f"{file} cannot be imported")


def _is_the_module(missing: str | None, dotted: str, package: str) -> bool:
    """Whether what is missing is the declared module, or a folder of its own that it lies in."""
    within = f"{missing}."
    return missing == dotted or (dotted.startswith(within) and within.startswith(f"{package}."))


def _innermost(error: Exception, package: str) -> tuple[str, int | None] | None:
    """The last line of the team's own code on the way to an error."""
    root = package.split(".")[0]
    folder = str(folder_of(root)) + os.sep
    own = folder_of(package)
    frames = [f for f in extract_tb(error.__traceback__) if f.filename.startswith(folder)]
    inside = [f for f in frames if Path(f.filename).is_relative_to(own)]
    return (inside[-1].filename, inside[-1].lineno) if inside else None


def folder_of(package: str) -> Path:
    """The folder of a package, which need not hold an ``__init__.py``."""
    root, *inner = package.split(".")
    spec = find_spec(root)
    places = list(spec.submodule_search_locations or []) if spec else []
    return Path(places[0] if places else root, *inner)


def _beside(path: str, package: str) -> str:
    return os.path.relpath(path, folder_of(package)).replace(os.sep, "/")


def _refused(package: str, mistake: Mistake) -> DeclarationError:
    return DeclarationError(package.replace(".", "/"), [mistake])


def declared_class(package: str, declared: str, key: str) -> type[Any]:
    """The class that a declaration such as ``contract.Flights`` names.

    Args:
        package: dotted name of the declaration's package.
        declared: module and class, as declared.
        key: of the declaration, for the message.

    Raises:
        DeclarationError: the module or the class does not exist; the message lists those there are.
    """
    name, _, wanted = declared.rpartition(".")
    module = declared_module(package, name, key)
    there = {
        found: value
        for found, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__
    }
    if wanted not in there:
        message = f'"{wanted}" is not in {name}.py, which has {", ".join(there) or "no classes"}'
        raise _refused(package, Mistake("defs.yaml", key, message))
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
