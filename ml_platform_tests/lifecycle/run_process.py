"""Another process that runs stages of a loop; a test starts it and kills it.

``python -m ml_platform_tests.lifecycle.run_process <home> <day> <stage> ...``
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from dagster import DagsterInstance

from ml_platform_tests.end_to_end.loop import MODEL, SMALL, Loop


def start(home: Path, day: str, *stages: str) -> subprocess.Popen[bytes]:
    """Start it with a Spark of its own, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "ml_platform_tests.lifecycle.run_process", str(home), day, *stages],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
        start_new_session=True,
    )


def main(home: str, day: str, *stages: str) -> None:
    """Run the stages of the model on a day of the loop that lives in a folder."""
    from ml_platform.spark.session import open_session

    open_session(None, Path(home) / "scratch")
    with DagsterInstance.ephemeral() as instance:
        Loop(Path(home), instance, {MODEL: SMALL}).run_stages(stages, day=day)


if __name__ == "__main__":
    main(*sys.argv[1:])
