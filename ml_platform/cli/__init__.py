"""The ``ml-platform`` command: one file per command, heavy imports inside the commands."""

from ml_platform.cli.main import main

__all__ = ["main"]
