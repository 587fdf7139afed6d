"""The files that lie in the landing folder of a source, and what is in them."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ml_platform.core.landing import Handled, LandedFile
from ml_platform.lifecycle.source import Source

_READ_AT_A_LOOK = 256 * 2**20
"""Bytes of landed files that one look reads: a second's work, whatever lies there."""


def landed_files(source: Source) -> Iterator[LandedFile]:
    """Every file in the landing folder of a source; of no partition where its name tells none."""
    names, root = source.spec.landing_names, source.landing_root
    for path in sorted(root.glob(names.glob)):
        if path.is_file():
            yield source.file(names.partition_of(path.relative_to(root).as_posix()) or "", path)


@dataclass
class Digests:
    """The SHA-256 of landed files, each read once in the life of a process as long as it lies."""

    _known: dict[str, tuple[str, str]] = field(default_factory=dict)
    _left: int = 0

    def begin(self) -> None:
        """A look begins, and may read as much as any other."""
        self._left = _READ_AT_A_LOOK

    def of(self, file: LandedFile, handled: Mapping[str, Handled]) -> LandedFile | None:
        """The file with its digest; None where it has to wait for a later look to be read.

        What is new may go without: the run that takes it in reads it anyway. What was written
        again is read, since the same bytes ask for nothing, unless its size says already that
        they are others, or it is so large that taking it in again is no dearer.
        """
        before = handled.get(file.name)
        if before and before.looks_like(file):
            return file
        looked, sha256 = self._known.get(file.path, ("", ""))
        if looked == file.fingerprint:
            return replace(file, sha256=sha256)
        if file.size > _READ_AT_A_LOOK:
            return file
        if file.size > self._left:
            touched = before and before.sha256 and before.size == file.size
            return None if touched else file
        self._left -= file.size
        with Path(file.path).open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        self._known[file.path] = (file.fingerprint, sha256)
        return replace(file, sha256=sha256)
