"""The files that lie in the landing folder of a source."""

from collections.abc import Iterator

from ml_platform.core.landing import LandedFile
from ml_platform.lifecycle.source import Source


def landed_files(source: Source) -> Iterator[LandedFile]:
    """Every file in the landing folder of a source; of no partition where its name tells none."""
    names, root = source.spec.landing_names, source.landing_root
    for path in sorted(root.glob(names.glob)):
        if path.is_file():
            seen = path.stat()
            partition = names.partition_of(path.relative_to(root).as_posix()) or ""
            yield LandedFile(source.spec.name, partition, str(path), seen.st_size, seen.st_mtime)
