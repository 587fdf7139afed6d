"""Whether the project's own source files changed since they were loaded."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

WATCHED = (".py", ".yaml")


class SourceTree:
    """The Python and YAML files under a folder, as they were when this value was made."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._seen = self._stamps()

    def changed(self) -> bool:
        """Whether a file was added, removed or written since."""
        return self._stamps() != self._seen

    def _stamps(self) -> dict[str, tuple[int, int]]:
        return dict(_stamps(self.root))


def _stamps(folder: str | Path) -> Iterator[tuple[str, tuple[int, int]]]:
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            if not entry.name.startswith((".", "__pycache__")):
                yield from _stamps(entry.path)
        elif entry.name.endswith(WATCHED):
            seen = entry.stat()
            yield entry.path, (seen.st_mtime_ns, seen.st_size)
