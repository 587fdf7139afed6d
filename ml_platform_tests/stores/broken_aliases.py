"""A registry that can be read as before, and fails where an alias is to move."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def break_aliases(home: Path) -> None:
    """From now on no version can change its role."""
    with closing(sqlite3.connect(home / "mlflow.db")) as database, database:
        for change in ("INSERT", "UPDATE"):
            database.execute(
                f"CREATE TRIGGER no_{change} BEFORE {change} ON registered_model_aliases "
                "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
            )


def mend_aliases(home: Path) -> None:
    """Roles can change again."""
    with closing(sqlite3.connect(home / "mlflow.db")) as database, database:
        for change in ("INSERT", "UPDATE"):
            database.execute(f"DROP TRIGGER no_{change}")
