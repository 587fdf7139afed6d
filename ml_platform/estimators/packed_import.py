"""Python's import system, told where the packed modules of a version lie."""

from __future__ import annotations

import ast
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import CodeType, ModuleType

_PREFIX = "_feature_code_"


def private_name(digest: str) -> str:
    """The top-level name under which code with a digest is loaded.

    >>> private_name("0123456789abcdef0123")
    '_feature_code_0123456789abcdef'
    """
    return _PREFIX + digest[:16]


def provide(root: str, folder: Path) -> None:
    """Let ``import <root>.<module>`` find the modules packed into a folder.

    Code that this process has loaded already stays loaded: its digest says that it is the same.
    """
    _FINDER.folders.setdefault(root, folder)
    if not _FINDER.folders[root].exists():
        _FINDER.folders[root] = folder
    if _FINDER not in sys.meta_path:
        sys.meta_path.insert(0, _FINDER)


class _Finder(MetaPathFinder):
    """Finds packed modules, and only those."""

    def __init__(self) -> None:
        self.folders: dict[str, Path] = {}

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        root, _, module = fullname.partition(".")
        folder = self.folders.get(root)
        if folder is None:
            return None
        place = folder / module.replace(".", "/")
        if place.is_dir():
            return _package(fullname, place, root, folder)
        file = place.with_suffix(".py")
        if not file.is_file():
            return None
        loader = _Loader(fullname, str(file), root, folder)
        return importlib.util.spec_from_file_location(fullname, file, loader=loader)


def _package(
    name: str, place: Path, root: str, folder: Path
) -> importlib.machinery.ModuleSpec | None:
    init = place / "__init__.py"
    if not init.is_file():
        spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [str(place)]
        return spec
    return importlib.util.spec_from_file_location(
        name,
        init,
        loader=_Loader(name, str(init), root, folder),
        submodule_search_locations=[str(place)],
    )


class _Loader(importlib.machinery.SourceFileLoader):
    """Compiles a packed source; its imports of packed modules are directed to the copies."""

    def __init__(self, fullname: str, path: str, root: str, folder: Path) -> None:
        super().__init__(fullname, path)
        self._root, self._folder = root, folder

    def get_code(self, fullname: str) -> CodeType:
        """The code, always from the source: nothing compiled is kept beside an artifact."""
        path = self.get_filename(fullname)
        tree = ast.parse(self.get_data(path), path)
        directed = _Directed(self._root, self._folder).visit(tree)
        return compile(ast.fix_missing_locations(directed), path, "exec", dont_inherit=True)


class _Directed(ast.NodeTransformer):
    """Rewrites absolute imports of packed modules; relative ones are right by themselves."""

    def __init__(self, root: str, folder: Path) -> None:
        self._root, self._folder = root, folder

    def visit_Import(self, node: ast.Import) -> ast.Import:
        for alias in node.names:
            if self._is_packed(alias.name):
                alias.asname = alias.asname or alias.name
                alias.name = f"{self._root}.{alias.name}"
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom:
        if node.level == 0 and node.module:
            submodules = (f"{node.module}.{alias.name}" for alias in node.names)
            if any(map(self._is_packed, (node.module, *submodules))):
                node.module = f"{self._root}.{node.module}"
        return node

    def _is_packed(self, name: str) -> bool:
        """Whether it is a module of its own here, and not only a folder on the way to one."""
        place = self._folder / name.replace(".", "/")
        return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


_FINDER = _Finder()
