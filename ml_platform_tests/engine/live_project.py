"""A project with one small table, launched with the command a person launches it with."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
import yaml

import ml_platform
from ml_platform.core.ingestion.calendar import Calendar
from ml_platform.core.source_spec import Partitions
from ml_platform.stores.lake import Lake
from ml_platform_tests.waiting import PATIENCE, wait_until

PACKAGE = Path(ml_platform.__file__).parent
CONTRACT = '''"""What an order looks like."""

import pandera.pyspark as pa
import pyspark.sql.types as T


class Orders(pa.DataFrameModel):
    """One row per order."""

    number: T.LongType = pa.Field(description="Number of the order")
    amount: T.DoubleType = pa.Field(ge=0.0, description="What it cost")
'''


@dataclass
class LiveProject:
    """The project in a folder, and `ml-platform up` over it."""

    folder: Path
    partitions: Partitions

    @property
    def calendar(self) -> Calendar:
        return self.partitions.calendar

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def screen(self) -> Path:
        return self.folder / "screen.txt"

    def write(self) -> None:
        """Lay down the project: the package as installed, with other declarations."""
        shutil.copytree(
            PACKAGE,
            self.folder / "ml_platform",
            ignore=shutil.ignore_patterns("__pycache__", "defs"),
        )
        shutil.copy(PACKAGE.parent / "pyproject.toml", self.folder)
        platform = "ml_platform/defs/platform"
        shutil.copytree(PACKAGE.parent / platform, self.folder / platform)
        table = self.folder / "ml_platform" / "defs" / "sources" / "orders"
        table.mkdir(parents=True)
        (table / "contract.py").write_text(CONTRACT)
        attributes = {
            "name": "orders",
            "landing": {"format": "csv", "path": "orders/{partition}.csv"},
            "partitions": self.partitions.model_dump(mode="json", exclude_none=True),
            "contract": "contract.Orders",
        }
        declared = {"type": "ml_platform.SourceTable", "attributes": attributes}
        (table / "defs.yaml").write_text(yaml.safe_dump(declared))
        for package in (table, table.parent, table.parent.parent):
            (package / "__init__.py").touch()

    def land(self, name: str, rows: int = 20) -> Path:
        """Move a file in whole."""
        path = self.home / "landing" / "orders" / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        lines = ["number,amount", *(f"{number},{number}.5" for number in range(rows))]
        unfinished.write_text("\n".join(lines) + "\n")
        unfinished.replace(path)
        return path

    def rows(self, stage: str) -> dict[str, int]:
        """Rows by partition of a stage of the table."""
        table = Lake(str(self.home / "lake")).table(f"orders/{stage}")
        return dict(table.row_counts()) if table.exists() else {}

    @contextmanager
    def up(self) -> Iterator[psutil.Process]:
        """`ml-platform up`, from when it says that it runs until Ctrl-C."""
        environment = os.environ | {
            "ML_PLATFORM_HOME": str(self.home),
            "PYTHONPATH": str(self.folder),
        }
        command = [str(Path(sys.executable).with_name("ml-platform")), "up"]
        with self.screen.open("w") as screen:
            started = subprocess.Popen(
                command, cwd=self.folder, env=environment, stdout=screen, stderr=screen
            )
            try:
                wait_until(lambda: self._runs(started), "up says that it runs", pause=0.5)
                yield psutil.Process(started.pid)
            finally:
                started.send_signal(signal.SIGINT)
                started.wait(PATIENCE)

    def _runs(self, started: subprocess.Popen[bytes]) -> bool:
        assert started.poll() is None, self.screen.read_text()
        return "Running" in self.screen.read_text()


def day_that_ends_in(seconds: float) -> tuple[Partitions, str, datetime]:
    """Days that begin so late that the present one ends soon; its key and when it ends."""
    end = datetime.fromtimestamp((datetime.now(UTC).timestamp() + seconds) // 60 * 60 + 60, UTC)
    partitions = Partitions.model_validate(
        {"every": "day", "start": "2026-01-01", "offset": f"{end.hour * 60 + end.minute} minutes"}
    )
    day = partitions.calendar.partition_at(datetime.now(UTC))
    assert partitions.calendar.window(day).end == end
    return partitions, day, end
