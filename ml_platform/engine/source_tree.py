"""Whether the project's own source files changed since they were loaded."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
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
    """Path, time and size of each file; what an editor takes away meanwhile is simply not there.

    Hidden files are left out: editors keep locks and copies under such names, some of them links
    to nowhere.
    """
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith((".", "__pycache__")):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _stamps(entry.path)
        elif entry.name.endswith(WATCHED):
            with suppress(OSError):
                seen = entry.stat()
                yield entry.path, (seen.st_mtime_ns, seen.st_size)
