"""What a module imports, read from its source: nothing is run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

NOT_SERVED = (
    *("pandas", "polars", "pyspark", "pyarrow", "pandera"),
    *("dagster", "mlflow", "deltalake", "matplotlib"),
)
"""What the endpoint does without: it answers with numpy and the model's trees alone."""


class Import(NamedTuple):
    """A module that is imported, with the line that does it."""

    module: str
    line: int


def imports_of(source: str, package: str) -> list[Import]:
    """Every import of a source text, relative ones by their full name.

    Args:
        source: of a Python module.
        package: dotted name of the package that the module is in.

    Raises:
        SyntaxError: it is no Python.

    >>> imports_of("from .words import WORDS\\nimport numpy as np", "shop.model")
    [Import(module='shop.model.words', line=1), Import(module='numpy', line=2)]
    """
    return list(_imports(ast.parse(source), package))


def unserved(found: Import) -> str | None:
    """What is wrong with an import of code that the endpoint runs; None where nothing is.

    >>> unserved(Import("numpy.typing", 3))
    """
    library = found.module.split(".")[0]
    if library not in NOT_SERVED:
        return None
    return (
        f"it imports {library}, and the endpoint, which runs this code for each request, does "
        "without: take numpy here, and do the rest in features.py"
    )


def _imports(tree: ast.AST, package: str) -> Iterator[Import]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(each.name, node.lineno) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from _from(node, package)


def _from(node: ast.ImportFrom, package: str) -> Iterator[Import]:
    above = package.split(".")[: len(package.split(".")) - node.level + 1]
    base = ".".join([*above, *filter(None, [node.module])]) if node.level else str(node.module)
    if node.level and node.module is None:
        yield from (Import(f"{base}.{each.name}", node.lineno) for each in node.names)
    else:
        yield Import(base, node.lineno)
