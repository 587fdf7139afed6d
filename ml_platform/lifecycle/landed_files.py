"""The files that lie in the landing folder of a source."""

import re
from collections.abc import Iterator

from ml_platform.core.landing import LandedFile
from ml_platform.lifecycle.source import Source


def landed_files(source: Source) -> Iterator[LandedFile]:
    """Every file that lies in the landing folder of a source, in order of partition."""
    pattern = source.spec.landing.path
    before, after = pattern.split("{partition}", 1)
    named = re.compile(re.escape(before) + r"(?P<partition>[^/]+)" + re.escape(after))
    root = source.landing_root
    for path in sorted(root.glob(pattern.replace("{partition}", "*"))):
        found = named.fullmatch(path.relative_to(root).as_posix())
        if found and path.is_file():
            seen = path.stat()
            yield LandedFile(
                source.spec.name, found["partition"], str(path), seen.st_size, seen.st_mtime
            )
