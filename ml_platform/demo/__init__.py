"""The loop on real flights, run by Dagster's own daemon: the demo lands files and watches."""

from ml_platform.demo.show import run

__all__ = ["run"]
