"""The lake: every table of the platform, one Delta folder each under one root."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ml_platform.core.errors import StoreError
from ml_platform.stores.lake_commit import Commit
from ml_platform.stores.lake_table import LakeTable

__all__ = ["Commit", "Lake", "LakeTable"]

TABLE_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)*")
LOCAL = "file://"
LOG = "_delta_log"


class Lake:
    """Tables under one root folder.

    >>> Lake("/data/lake").table("flights/raw").uri
    '/data/lake/flights/raw'
    """

    def __init__(self, root: str) -> None:
        """Open a lake.

        Args:
            root: a local folder (a path or a ``file://`` address); it need not exist yet.

        Raises:
            StoreError: for another kind of store, or a folder that engines would read differently.
        """
        local = root.removeprefix(LOCAL)
        if "://" in local:
            raise StoreError(f"the lake root {root!r} is not a local folder; only those work yet")
        if "%" in local:  # Spark and delta-rs disagree on what it escapes
            raise StoreError(f"the lake root {root!r} must not contain '%'")
        self.root = Path(local).absolute()

    def table(self, name: str) -> LakeTable:
        """A table by its name, whether or not it has been written.

        Args:
            name: words joined with ``/``, e.g. ``flights/raw``.

        Raises:
            StoreError: for a name that is no relative path of plain words.
        """
        if not TABLE_NAME.fullmatch(name):
            raise StoreError(
                f"{name!r} is no table name: use letters, digits, '_', '-' and '.', "
                "with '/' between the parts"
            )
        return LakeTable(name, self.root / name)

    def tables(self) -> list[LakeTable]:
        """Every table that has been written, by name."""
        found = []
        for folder, below, _ in os.walk(self.root):
            if LOG in below:
                found.append(self.table(Path(folder).relative_to(self.root).as_posix()))
                below.clear()  # what lies below a table are its own folders
        return sorted(found, key=lambda table: table.name)
