"""Run a script where a peer is installed: their dependencies exclude each other's and ours.

python -m benchmarks.peers.environment makes both environments.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

PEERS = ("nannyml", "evidently", "mlserver", "bentoml")
_HERE = Path(__file__).parent
_ENVIRONMENTS = _HERE.parents[1] / ".venv-peers"


def peer_python(name: str) -> Path:
    """The interpreter that has a peer, at the versions of ``<name>.txt``; made when it is missing.

    Args:
        name: one of `PEERS`.

    Raises:
        subprocess.CalledProcessError: the packages could not be installed.
    """
    pins = _HERE / f"{name}.txt"
    folder = _ENVIRONMENTS / name
    stamp, digest = folder / ".installed", hashlib.sha256(pins.read_bytes()).hexdigest()
    python = folder / "bin" / "python"
    _ENVIRONMENTS.mkdir(exist_ok=True)
    with (_ENVIRONMENTS / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != digest:
            subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
            # The pins are complete; pip must not add what they leave out (CUDA for xgboost).
            install = [python, "-m", "pip", "install", "-q", "--no-deps", "-r", pins]
            subprocess.run(install, check=True)
            stamp.write_text(digest)
    return python


def run_peer(name: str, script: Path, given: Any, timeout: float = 600.0) -> Any:
    """Run a script in a peer's environment; it reads one JSON file and writes another.

    Args:
        name: one of `PEERS`.
        script: called with two paths: of the JSON that it reads, and of the JSON that it writes.
        given: what it reads. Arrays go as paths of files that both sides know.
        timeout: seconds.

    Raises:
        subprocess.CalledProcessError: the script failed; what it printed is on standard error.
    """
    with tempfile.TemporaryDirectory(prefix="peer") as folder:
        asked, answered = Path(folder) / "in.json", Path(folder) / "out.json"
        asked.write_text(json.dumps(given), encoding="utf-8")
        command = [peer_python(name), script, asked, answered]
        subprocess.run(command, check=True, timeout=timeout, stdout=sys.stderr)
        return json.loads(answered.read_text(encoding="utf-8"))


if __name__ == "__main__":
    for peer in PEERS:
        print(peer_python(peer))
