"""What every run imports, imported once before the runs are forked.

Only imports: no network channel, no thread pool, no database connection may be opened here,
because none of them survives a fork.
"""

from __future__ import annotations

import importlib
import logging
import threading
import time
import traceback

LIBRARIES = (
    "dagster",
    # what Dagster itself imports only once a run starts
    "dagster._cli",
    "dagster._core.execution.plan.active",
    "dagster._core.executor.in_process",
    "dagster._core.instance.factory",
    "dagster._core.storage.local_compute_log_manager",
    "dagster._core.storage.migration",
    "dagster._core.storage.sqlite_storage",
    "dagster._core.system_config.composite_descent",
    "dagster._core.workspace.autodiscovery",
    "dagster._daemon",
    "dagster._utils.test.definitions",
    "sqlalchemy.dialects.sqlite",
    # what assets import
    "pandas",
    "pyarrow.parquet",
    "pyarrow.compute",
    "scipy.stats",
    "xgboost",
    "deltalake",
    "pyspark.sql.connect.session",
    "pyspark.sql.connect.functions",
    "pandera.pyspark",
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
    "mlflow",
    "mlflow.pyfunc",
    "mlflow.store.tracking.sqlalchemy_store",
    "mlflow.store.model_registry.sqlalchemy_store",
    "apprise",
)

_log = logging.getLogger("ml_platform.run_server")


def preload(module: str) -> None:
    """Import the libraries and the definitions that runs will ask for.

    A project that cannot be imported is reported in the log and left to the run, which then
    records the same error where its reader looks for it.
    """
    started = time.monotonic()
    for library in LIBRARIES:
        importlib.import_module(library)
    try:
        _load_definitions(module)
    except Exception:
        _log.error("%s cannot be loaded:\n%s", module, traceback.format_exc())
    seconds = time.monotonic() - started
    _log.info("loaded in %.1f s, threads: %d", seconds, threading.active_count())


def _load_definitions(module: str) -> None:
    """Import a module and build what its Definitions declare, which Dagster then keeps."""
    import dagster as dg

    for value in vars(importlib.import_module(module)).values():
        if isinstance(value, dg.Definitions):
            dg.Definitions.validate_loadable(value)
