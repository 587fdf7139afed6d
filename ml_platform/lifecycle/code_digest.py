"""A digest of the code and declarations that are in force."""

import sys
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

_SUFFIXES = {".py", ".yaml", ".yml"}


def code_digest(modules: Iterable[str]) -> str:
    """Of all sources of the packages that some modules, and the platform itself, belong to.

    Args:
        modules: by name, as imported.
    """
    packages = sorted({name.split(".", 1)[0] for name in (__name__, *modules)})
    digest = sha256()
    for package in packages:
        for root in getattr(sys.modules.get(package), "__path__", ()):
            for path in sorted(Path(root).rglob("*")):
                if path.suffix in _SUFFIXES and path.is_file():
                    digest.update(path.relative_to(root).as_posix().encode())
                    digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
