"""Removing the files that no young version of a table needs."""

from __future__ import annotations

import math
from collections.abc import Collection
from datetime import timedelta

from ml_platform.stores.lake_snapshot import Snapshot
from ml_platform.stores.lake_staging import sweep_staging


def vacuum(snapshot: Snapshot, retention: timedelta, keep: Collection[int] = ()) -> int:
    """Remove files of old versions, and what killed writes left behind; return how many.

    Args:
        snapshot: the newest version.
        retention: rounded up to hours.
        keep: versions that stay readable however old they are.
    """
    kept = sorted(version for version in set(keep) if version <= snapshot.version)
    removed = snapshot.delta.vacuum(
        retention_hours=math.ceil(retention / timedelta(hours=1)),
        dry_run=False,
        enforce_retention_duration=False,
        full=True,
        keep_versions=kept or None,
    )
    return len(removed) + sweep_staging(snapshot.root, retention)
