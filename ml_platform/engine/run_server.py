"""A process that has everything imported and forks itself for each Dagster run.

A run started by Dagster's default launcher pays seconds of imports before its first step. Here
they are paid once: the server stays single-threaded and opens nothing, so that a fork of it is a
clean process with warm imports. ``python -m ml_platform.engine.run_server --help`` says how it is
started.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import select
import signal
import socket
import sys
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

import click

from ml_platform.engine.preload import preload
from ml_platform.engine.run_child import execute
from ml_platform.engine.run_children import RunChildren
from ml_platform.engine.run_socket import Message, receive, send
from ml_platform.engine.source_tree import SourceTree
from ml_platform.engine.spark_server import warm_up

# What a server hands to itself when it starts anew over changed sources.
HANDED_OVER = "ML_PLATFORM_RUN_SERVER"
TICK_SECONDS = 0.5
STOP_SECONDS = 8.0

_log = logging.getLogger("ml_platform.run_server")


@dataclass(frozen=True)
class Launch:
    """A run that this forked process is to execute.

    Attributes:
        run_id: Dagster's id of the run.
        arguments: what ``dagster api execute_run`` takes, as JSON.
    """

    run_id: str
    arguments: str


@dataclass
class RunServer:
    """Listens for launches, forks, and knows how each run's process ended.

    Attributes:
        listener: the listening Unix socket.
        sources: the project's files as they were when they were imported.
        children: the processes forked so far.
        stopping: set by SIGTERM and SIGINT.
    """

    listener: socket.socket
    sources: SourceTree
    children: RunChildren = field(default_factory=RunChildren)
    stopping: bool = False

    def serve(self) -> Launch | None:
        """Serve until told to stop.

        Returns:
            None in the server itself, once it is told to stop; the launch in a forked child.
        """
        while not self.stopping:
            waiting, _, _ = select.select([self.listener], [], [], TICK_SECONDS)
            self.children.reap()
            if self.sources.changed():
                self._start_anew()  # what waits stays in the listener's queue meanwhile
            if waiting:
                launch = self._answer_one()
                if launch is not None:
                    return launch
        return None

    def stop(self, *_: object) -> None:
        """Leave ``serve`` at its next turn; fits as a signal handler."""
        self.stopping = True

    def _answer_one(self) -> Launch | None:
        connection, _ = self.listener.accept()
        with connection:
            connection.settimeout(5.0)
            try:
                message = receive(connection)
                if message["do"] == "launch" and self.fork(message["run_id"]):
                    return Launch(message["run_id"], message["arguments"])
                send(connection, self._answer(message))
            except (OSError, ValueError, KeyError) as trouble:
                _log.warning("a request was dropped: %r", trouble)
        return None

    def fork(self, run_id: str) -> bool:
        """Fork a child for a run and remember it; true in the child."""
        pid = os.fork()
        if pid == 0:
            self.listener.close()
            return True
        self.children.alive[run_id] = pid
        return False

    def _answer(self, message: Message) -> Message:
        run_id = message["run_id"]
        match message["do"]:
            case "launch":
                return {"ok": True, "pid": self.children.alive[run_id]}
            case "terminate":
                return {"ok": self.children.interrupt(run_id)}
            case "health":
                alive = run_id in self.children.alive
                return {"ok": True, "alive": alive, "exit_code": self.children.ended.get(run_id)}
            case unknown:
                return {"ok": False, "error": f"unknown request {unknown!r}"}

    def _start_anew(self) -> None:
        """Replace this process's program by a fresh one that knows the same children."""
        _log.info("sources changed: loading again")
        self.listener.set_inheritable(True)
        os.environ[HANDED_OVER] = json.dumps(
            {
                "listener": self.listener.fileno(),
                "alive": self.children.alive,
                "ended": self.children.ended,
            }
        )
        os.execv(sys.executable, sys.orig_argv)


def open_server(path: Path, sources: SourceTree) -> RunServer:
    """A server on a new socket, or on that of the program this one replaces."""
    handed_over = os.environ.pop(HANDED_OVER, None)
    if handed_over:
        state = json.loads(handed_over)
        children = RunChildren(state["alive"], OrderedDict(state["ended"]))
        return RunServer(socket.socket(fileno=state["listener"]), sources, children)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    path.chmod(0o600)
    return RunServer(listener, sources)


@click.command()
@click.option("--socket", "path", type=click.Path(path_type=Path), required=True)
@click.option("--module", required=True, help="The definitions to load.")
@click.option("--logs", type=click.Path(path_type=Path), required=True, help="One log per run.")
@click.option("--root", type=click.Path(path_type=Path), required=True, help="Sources to watch.")
def main(path: Path, module: str, logs: Path, root: Path) -> None:
    """Load the definitions, listen on the socket and fork a process for each run."""
    logging.basicConfig(format="%(asctime)s %(message)s")
    _log.setLevel(logging.INFO)
    is_new = HANDED_OVER not in os.environ
    server = open_server(path, SourceTree(root))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, server.stop)
    preload(module)
    gc.collect()
    gc.freeze()  # so that a collection in a child does not copy the pages it shares with the server
    server.listener.listen(64)
    remote = os.environ.get("SPARK_REMOTE")
    if is_new and remote and server.fork("warm-up"):
        warm_up(remote)
    else:
        _serve_and_clear(server, path, logs)


def _serve_and_clear(server: RunServer, path: Path, logs: Path) -> None:
    launch = server.serve()
    if launch is not None:
        execute(launch.run_id, launch.arguments, logs)
        return
    server.listener.close()
    path.unlink(missing_ok=True)
    server.children.end_all(STOP_SECONDS)


if __name__ == "__main__":
    main()
