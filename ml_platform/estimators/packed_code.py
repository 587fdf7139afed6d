"""The feature code of a version, packed into its artifact and loaded from there alone.

What a version answers depends on its code as much as on its trees. So the module that makes its
features is kept with it, and with it whatever that module imports of the team's own code. It is
loaded under a private name made of the code's digest: two versions with different code live side
by side in one process, and neither sees what the project's source says today. Imports of the
team's own modules are directed to the packed copies; libraries come from the environment.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import ModuleType

from ml_platform.core.errors import ConfigError, StoreError
from ml_platform.estimators.packed_import import private_name, provide

CODE_FOLDER = "code"
"""Where the code lies inside an artifact that the endpoint needs too."""
BATCH_CODE_FOLDER = "batch_code"
"""Where the code lies that makes the features of whole days on Spark: no endpoint loads it."""
LARGEST_DATA = 2**20
"""Bytes of one data file beside the code; what is larger is no vocabulary any more."""
_LIBRARY = "ml_platform"
_DECLARED = (f"{_LIBRARY}.defs", f"{_LIBRARY}.examples")
_DATA = (".json", ".csv", ".tsv", ".txt", ".yaml", ".yml")


@dataclass(frozen=True)
class PackedCode:
    """Modules, and data files that their source names.

    Attributes:
        module: dotted name of the module that was asked for.
        files: by path below the code folder, the bytes of each file.
    """

    module: str
    files: Mapping[str, bytes]

    @property
    def digest(self) -> str:
        """The sha256 of all of it: the version of the feature code."""
        return code_digest({path: sha256(text).hexdigest() for path, text in self.files.items()})

    def write(self, artifact: Path, folder: str = CODE_FOLDER) -> list[str]:
        """Write the files below an artifact's folder; returns their paths relative to it."""
        for path, text in self.files.items():
            file = artifact / folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text)
        return [f"{folder}/{path}" for path in self.files]


def code_digest(digests: Mapping[str, str]) -> str:
    """One digest of the digests of all files, by path.

    >>> code_digest({"a.py": "1", "b.py": "2"}) == code_digest({"b.py": "2", "a.py": "1"})
    True
    """
    return sha256(
        "\n".join(f"{path} {digests[path]}" for path in sorted(digests)).encode()
    ).hexdigest()


def pack(module: str) -> PackedCode:
    """Gather a module and what it imports of the team's own code.

    A team's own are the modules of the same top-level package, and any that are not installed; a
    package's ``__init__`` is among them only where something is imported from it by name.

    Raises:
        ConfigError: something cannot be packed; the message names the file, the line and the way
            out.
    """
    files: dict[str, bytes] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        source = _source(name)
        path = _path_in_code(name, source)
        if path in files:
            continue
        text = source.read_bytes()
        files[path] = text
        files |= _data_files(name, source, text.decode())
        waiting += _own_imports(name, source, module.partition(".")[0])
    return PackedCode(module, dict(sorted(files.items())))


def load_packed(folder: Path, module: str, digest: str, inside: str = CODE_FOLDER) -> ModuleType:
    """Load a packed module from an artifact whose files were verified.

    Args:
        folder: the artifact.
        module: dotted name under which it was packed.
        digest: of the packed code; the same code is loaded once in a process.
        inside: where in the artifact the code lies.

    Raises:
        StoreError: it cannot be executed here; the message says what it lacks.
    """
    code = folder / inside
    root = private_name(digest)
    provide(root, code)
    try:
        found = importlib.import_module(f"{root}.{module}")
        for path in sorted(code.rglob("*.py")):  # the artifact may be gone when a function runs
            importlib.import_module(f"{root}.{_module_at(path.relative_to(code))}")
    except Exception as error:
        raise StoreError(
            f"the feature code that {folder} was trained with does not load here: "
            f"{type(error).__name__}: {error}"
        ) from error
    return found


def _module_at(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _source(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None or not found.origin.endswith(".py"):
        raise ConfigError(f"the feature code imports {name}, which is no Python file to be packed")
    return Path(found.origin)


def _path_in_code(name: str, source: Path) -> str:
    inside = name.replace(".", "/")
    return f"{inside}/__init__.py" if source.name == "__init__.py" else f"{inside}.py"


def _data_files(name: str, source: Path, text: str) -> dict[str, bytes]:
    """Small files beside a module that its source names, such as a vocabulary."""
    folder = name.replace(".", "/")
    if source.name != "__init__.py":
        folder = folder.rpartition("/")[0]
    found = {}
    for file in sorted(source.parent.iterdir()):
        if file.suffix in _DATA and file.is_file() and file.name in text:
            if file.stat().st_size > LARGEST_DATA:
                raise ConfigError(
                    f"{source.name} reads {file.name}, which is larger than the "
                    f"{LARGEST_DATA} bytes that are kept with a version"
                )
            found[f"{folder}/{file.name}"] = file.read_bytes()
    return found


def _own_imports(name: str, source: Path, top: str) -> Iterator[str]:
    package = name if source.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(source.read_bytes(), str(source))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if is_own(alias.name, top):
                    _refuse_bare(alias, node, source)
                    yield alias.name
        elif isinstance(node, ast.ImportFrom):
            whole = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            yield from _from_import(whole, node, top)


def _from_import(module: str, node: ast.ImportFrom, top: str) -> Iterator[str]:
    submodules = [f"{module}.{alias.name}" for alias in node.names]
    own = [each for each in submodules if is_own(each, top) and _exists(each)]
    yield from own
    if len(own) < len(submodules) and is_own(module, top):
        yield module


def _exists(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # its parent is a module without modules below it
        return False


def _refuse_bare(alias: ast.alias, node: ast.Import, source: Path) -> None:
    if "." in alias.name and alias.asname is None:
        parent, _, last = alias.name.rpartition(".")
        raise ConfigError(
            f"{source.name}, line {node.lineno}: write `from {parent} import {last}` instead of "
            f"`import {alias.name}`, so that the version can keep its own copy"
        )


def is_own(name: str, top: str) -> bool:
    """Whether a module is the team's own code, to be kept with a version.

    Args:
        name: dotted name of an imported module.
        top: the top-level package of the feature code.
    """
    if name.partition(".")[0] == _LIBRARY:
        return name.startswith(tuple(f"{each}." for each in _DECLARED)) or name in _DECLARED
    if name.partition(".")[0] == top:
        return True
    return _lies_outside_what_is_installed(name)


def _lies_outside_what_is_installed(name: str) -> bool:
    if name.partition(".")[0] in sys.stdlib_module_names:
        return False
    try:
        found = importlib.util.find_spec(name.partition(".")[0])
    except (ImportError, ValueError):
        return False
    if found is None or not found.origin or not found.origin.endswith(".py"):
        return False
    installed = [sysconfig.get_path(each) for each in ("purelib", "platlib", "stdlib")]
    return not any(Path(found.origin).is_relative_to(each) for each in installed)
