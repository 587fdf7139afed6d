"""Which revision of the code is running."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path


@cache
def code_revision() -> str:
    """The git commit of the code, with ``+changes`` when files differ from it.

    ``unknown`` where the package does not run from a git checkout: an installed wheel has none.
    """
    here = Path(__file__).parent
    try:
        commit = _git(here, "rev-parse", "HEAD")
        changed = _git(here, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{commit}+changes" if changed else commit


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=folder, capture_output=True, text=True, check=True, timeout=10
    )
    return done.stdout.strip()
